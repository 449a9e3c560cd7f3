"""What the APIs show of calls is what Asterisk says itself: `asterisk -rx` while they go on, its own
records after them; for two tenants at once."""

import re

from call_flow import bridged, change, channel, ext, fixtures, listed, make, start, talk
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


COLUMNS = ("src", "dst", "disposition", "billsec", "duration", "linkedid", "realsrc", "firstdst", "lastdst", "lastapp",
           "dstchannel")


def agree(site, tenant, key, least):
    """Asterisk's own records of a tenant, at least so many, once CDRS has the same."""
    eventually(site.quiet)
    eventually(lambda: len(site.lab.records("tenant = ?", tenant)) >= least)
    own = site.lab.records("tenant = ?", tenant)

    def told(it):
        return it["uniqueid"], it["dstchannel"], it["start"]

    def same():
        rows = {told(row): row for row in site.info("CDRS", tenant=tenant, key=key, format="json", start="2000-01-01",
                                                    end="2100-01-01").json()}
        return all(told(it) in rows for it in own) and rows

    rows = eventually(same)
    for it in own:
        row = rows[told(it)]
        for column in COLUMNS:
            assert str(row[column] or "") == str(it[column] or ""), (column, row, it)
    return own


def calls_told(site, tenant, key):
    """The newest calls, oldest first, as SIMPLECDRS has them: a row each."""
    return site.info("SIMPLECDRS", tenant=tenant, key=key, format="json", start="2000-01-01", end="2100-01-01").json()


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
    own = agree(site, "DEMO", site.key, 5)
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


def moved(site, number, who, by="102"):
    """The call to the number is one row, answered by one of these, and its last leg led to `by`."""
    own = agree(site, "DEMO", site.key, 1)
    [told] = eventually(lambda: [it for it in calls_told(site, "DEMO", site.key) if it["sc_dialednum"] == number])
    assert told["sc_disposition"] == "ANSWERED" and told["sc_calleridnum"] == "100", told
    assert told["sc_whoanswered"] in who, told
    legs = [it for it in own if it["firstdst"] == number]
    assert by in legs[-1]["dstchannel"] or by in legs[-1]["lastdst"], legs


def test_transferred_calls_are_one_call_of_true_legs(site):
    for number in ("850", "851"):
        make(site, "shortnumbers", number=number, destnumber="101")
    call = start(site, "850", 60000)
    eventually(lambda: bridged(site, "100", "101"))
    assert "successful" in site.proxy("TRANSFER", channel=channel(site, "100"), dest="102").text
    eventually(lambda: bridged(site, "100", "102"))
    site.proxy("HANGUP", number="102")
    assert call.result() == ["answered", "ended"]
    moved(site, "850", ("101-DEMO", "102-DEMO"))

    call = start(site, "851", 60000)
    eventually(lambda: bridged(site, "100", "101"))
    assert "success" in site.proxy("ATXTRANSFER", channel=channel(site, "101"), dest="102").text
    eventually(lambda: [row for row in site.proxy("CHANNELS", format="json").json()
                        if row["channel"].startswith("PJSIP/102-") and row["bridgeid"]])
    site.proxy("HANGUP", channel=channel(site, "101"))
    eventually(lambda: bridged(site, "100", "102"))
    site.proxy("HANGUP", number="102")
    assert call.result()[0] == "answered"
    moved(site, "851", ("101-DEMO", "102-DEMO"))


def parked(site):
    return listed(site, "ParkedCalls")


def test_parked_calls_are_those_of_a_tenant(site):
    make(site, "shortnumbers", number="852", destnumber="101")
    call = start(site, "852", 60000)
    eventually(lambda: bridged(site, "100", "101"))
    assert "successful" in site.proxy("TRANSFER", channel=channel(site, "100"), dest="700").text
    [it] = eventually(lambda: parked(site))
    assert it["ParkingSpace"] == "701" and it["ParkeeAccountCode"] == "DEMO"

    # the same number is another place in the other tenant, and empty
    for number in ("100", "101"):
        site.openapi("POST", "/extensions", key=site.north_key, tenant="NORTH", json={
            "number": number, "tech": "PJSIP", "password": f"secret-{number}"})
    assert site.lab.register([(f"{number}-NORTH", f"secret-{number}") for number in ("100", "101")]) == []
    stranger = site.lab.call("101-NORTH", "secret-101", "701", 60000)
    assert stranger.result()[0] in ("answered", "refused 404", "refused 603", "refused 480"), stranger
    assert len(parked(site)) == 1
    north = site.lab.call("100-NORTH", "secret-100", "700", 60000)
    eventually(lambda: len(parked(site)) == 2)
    assert {(it["ParkingSpace"], it["ParkeeAccountCode"]) for it in parked(site)} == {("701", "DEMO"), ("701", "NORTH")}

    taker = start(site, "701", 60000, source="102")
    eventually(lambda: bridged(site, "100", "102"))
    site.proxy("HANGUP", number="102")
    assert taker.result()[0] == "answered" and call.result()[0] == "answered"
    [it] = parked(site)
    assert it["ParkeeAccountCode"] == "NORTH"
    site.proxy("HANGUP", number="100", tenant="NORTH", key=site.north_key)
    north.result()
    moved(site, "852", ("101-DEMO", "102-DEMO"))
    agree(site, "NORTH", site.north_key, 2)

    # who is in a call parks the other by the keys of features.conf, in the same lot
    call = start(site, "852", 60000)
    eventually(lambda: bridged(site, "100", "101"))
    with site.lab.ami() as manager:
        presser = channel(site, "101")
        for digit in "#72":
            manager.action("PlayDTMF", Channel=presser, Digit=digit, Receive="true")
    [it] = eventually(lambda: parked(site))
    assert (it["Parkinglot"], it["ParkingSpace"], it["ParkeeAccountCode"]) == ("DEMO-701-720", "701", "DEMO")
    site.proxy("HANGUP", number="100")
    call.result()

    # other places are followed by the next call
    change(site, "tenants/1", key=site.global_key, pk_start=880, pk_end=881)
    call = start(site, "700", 60000)
    assert eventually(lambda: [it["ParkingSpace"] for it in parked(site)]) == ["880"]
    taker = start(site, "880", 60000, source="102")
    eventually(lambda: bridged(site, "100", "102"))
    site.proxy("HANGUP", number="102")
    taker.result(), call.result()


def test_picked_up_calls_are_those_of_a_tenant(site):
    for number in ("104", "102"):
        change(site, f"extensions/{site.ids[number]}", ex_callgroup="7", ex_pickupgroup="7", ex_dialtimeout="60")
    site.openapi("POST", "/extensions", key=site.north_key, tenant="NORTH", json={
        "number": "107", "tech": "PJSIP", "password": "secret-107", "callgroups": "7", "pickupgroups": "7"})
    assert site.lab.register([("107-NORTH", "secret-107")]) == []
    make(site, "shortnumbers", number="853", destnumber="104")
    call = start(site, "853", 60000)
    eventually(lambda: [it for found in channels(site).values() for it in found if it[1] == "Ringing"])
    stranger = site.lab.call("107-NORTH", "secret-107", "*8", 60000)
    assert stranger.result()[0].startswith("refused")
    taker = start(site, "*8", 60000, source="102")
    eventually(lambda: bridged(site, "100", "102"))
    site.proxy("HANGUP", number="102")
    assert taker.result()[0] == "answered" and call.result()[0] == "answered"
    moved(site, "853", ("102-DEMO",))
    for number in ("104", "102"):
        change(site, f"extensions/{site.ids[number]}", ex_callgroup="", ex_pickupgroup="")
    change(site, f"extensions/{site.ids['104']}", ex_dialtimeout="2")
