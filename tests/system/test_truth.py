"""What the APIs show of calls is what Asterisk says itself: `asterisk -rx` while they go on, its own
records after them; for two tenants at once."""

import re

from call_flow import bridged, ext, fixtures, make, start, talk
from lab import eventually

site, quiet = fixtures("truth")


def channels(site):
    """Channels by account code, as Asterisk's command line lists them."""
    found = {}
    for line in site.lab.cli("core show channels concise")[1].splitlines():
        fields = line.split("!")
        if len(fields) > 12:
            found.setdefault(fields[8], set()).add((fields[0], fields[4]))
    return found


def shown(site, tenant, key):
    rows = site.proxy("CHANNELS", tenant=tenant, key=key, format="json").json()
    return {(row["channel"], row["state"]) for row in rows}


def test_channels_states_and_queues_are_those_of_asterisk(site):
    for number in ("100", "101"):
        made = site.openapi("POST", "/extensions", key=site.north_key, tenant="NORTH", json={
            "number": number, "tech": "PJSIP", "password": f"secret-{number}"})
        assert made.status_code == 201, made.text
    assert site.lab.register([(f"{number}-NORTH", f"secret-{number}") for number in ("100", "101")]) == []
    queue = make(site, "queues", name="Waiting", number="830", queue={"timeout": 100},
                 members=[{"extension_id": site.ids["104"]}, {"extension_id": site.ids["102"], "paused": 1}])
    demo = start(site, "101", 120000)
    north = site.lab.call("100-NORTH", "secret-100", "101", 120000)
    waiting = start(site, "830", 120000, source="103")
    eventually(lambda: len([it for it in site.lab.channels() if it.startswith("PJSIP/")]) == 6)
    eventually(lambda: len([it for it in channels(site)["NORTH"] if it[1] == "Up"]) == 2)

    # the same channels in the same states, each tenant its own; the leg by which the queue rings has no account
    # code and belongs to the call it is part of
    def of(tenant):
        return channels(site)[tenant] | (channels(site).get("", set()) if tenant == "DEMO" else set())

    for tenant, key in (("DEMO", site.key), ("NORTH", site.north_key)):
        eventually(lambda: shown(site, tenant, key) == of(tenant))
        count = site.proxy("COUNTCHANNELS", tenant=tenant, key=key, nodename="srv02").text
        assert int(count) == len(of(tenant))
    assert int(site.proxy("COUNTCALLS", tenant=None, key=site.global_key).text) == 3

    # phones
    for number, word in (("100", "INUSE"), ("101", "INUSE"), ("104", "RINGING"), ("102", "NOT_INUSE")):
        with site.lab.ami() as manager:
            assert manager.action("Getvar", Variable=f"DEVICE_STATE(PJSIP/{number}-DEMO)")["Value"] == word
        eventually(lambda: site.openapi("GET", f"/extensions/{site.ids[number]}").json()[
            "related"]["state"]["st_state"] == word)

    # the queue: who waits, who rings, who is paused
    text = site.lab.cli(f"queue show {queue['id']}")[1]
    assert "has 1 calls" in text and re.search(r"102-DEMO.*paused", text), text
    agents = site.info("AGENTS", id=str(queue["id"]), format="json").json()
    assert len(agents) == 2 and "104" in str(agents) and "102" in str(agents)
    north_sees = site.proxy("INFO", info="AGENTS", id=str(queue["id"]), tenant="NORTH", key=site.north_key,
                            format="json").text
    assert "DEMO" not in north_sees
    for number in ("100", "103"):
        site.proxy("HANGUP", number=number)
    site.proxy("HANGUP", number="100", tenant="NORTH", key=site.north_key)
    for call in (demo, north, waiting):
        assert call.result()[0] == "answered"
    eventually(lambda: shown(site, "DEMO", site.key) == set())


def test_records_are_those_of_asterisk(site):
    make(site, "shortnumbers", number="840", destnumber="101")
    talk(site, "101", 300)  # answered
    talk(site, "103")  # busy
    talk(site, "104", source="102")  # nobody
    call = start(site, "104", 1000, source="101", cancel_ms=500)  # given up
    call.result()
    call = start(site, "840", 60000, source="102")
    eventually(lambda: bridged(site, "101", "102"))
    site.proxy("HANGUP", number="102")
    call.result()
    eventually(site.quiet)
    own = site.lab.records("tenant = 'DEMO'")
    assert len(own) >= 5

    def same():
        rows = {(row["uniqueid"], row["dstchannel"]): row for row in site.info(
            "CDRS", format="json", start="2000-01-01", end="2100-01-01").json()}
        return [(it["uniqueid"], it["dstchannel"]) for it in own] and all(
            (it["uniqueid"], it["dstchannel"]) in rows for it in own) and rows

    rows = eventually(same)
    for it in own:
        row = rows[(it["uniqueid"], it["dstchannel"])]
        for column in ("src", "dst", "disposition", "billsec", "linkedid", "realsrc", "lastdst"):
            assert str(row[column] or "") == str(it[column] or ""), (column, row, it)
    assert {it["disposition"] for it in own} >= {"ANSWERED", "BUSY", "NO ANSWER"}


def test_the_queue_log_is_that_of_asterisk(site):
    queue = make(site, "queues", name="Logged", number="831", members=[{"extension_id": site.ids["104"]}],
                 nobodyhome=[ext(site, "101")])
    call = start(site, "831", 60000, source="102")
    eventually(lambda: "has 1 calls" in site.lab.cli(f"queue show {queue['id']}")[1])
    site.proxy("HANGUP", number="102")
    assert call.result()[0] == "answered"
    events = eventually(lambda: [row["event"] for row in site.lab.sql(
        "SELECT event FROM queue_log WHERE queuename = ? ORDER BY id", str(queue["id"]))
        if row["event"] in ("ENTERQUEUE", "ABANDON")])
    assert events[0] == "ENTERQUEUE" and eventually(lambda: "ABANDON" in [row["event"] for row in site.lab.sql(
        "SELECT event FROM queue_log WHERE queuename = ?", str(queue["id"]))])
    told = site.info("QUEUELOGS", format="json", start="2000-01-01", end="2100-01-01").json()
    assert [it for it in told if it["qu_name"] == "Logged"], told
