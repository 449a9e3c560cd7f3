"""What Asterisk makes of the objects of the OpenAPI: each is created through openapi.php on the running
host and then called by phones, without a reload of anything."""

import array
import datetime
import io
import wave

import pytest

from call_flow import (answered_by, bridged, change, channel, connect, during, ext, fixtures, landed, leave_message,
                       listed, make, mediafile, outside, reach, reach_from_outside, records, speak,
                       start, talk)
from lab import eventually

site, quiet = fixtures("callflow")


# --- queues


def test_a_queue_rings_its_members(site):
    queue = make(site, "queues", name="Support", number="800",
                 queue={"strategy": "ringall", "timeout": 10},
                 members=[{"extension_id": site.ids["101"], "penalty": 0}])
    assert queue["related"]["realtime"]["strategy"] == "ringall"
    name = str(queue["id"])

    def busy_member():
        return [item for item in listed(site, "QueueStatus", Queue=name)
                if item["Event"] == "QueueMember" and item["Status"] == "2"]

    call = start(site, "800", 60000)
    [member] = eventually(busy_member)
    assert member["Name"] == "101-DEMO"
    # the tenant sees its member, which is rung as Local/AG-..., and nobody else does
    [seen] = eventually(lambda: site.info("AGENTS", id=name, format="json").json())
    assert "101-DEMO" in str(seen), seen
    connect(site, call)
    taken = eventually(lambda: [it for it in site.proxy(
        "AGENT", action="listqueues", extension="101", format="json").json()
        if it["qu_number"] == "800" and str(it["callstaken"]) == "1"])
    assert taken
    landed(site, "800", "Queue Support")
    answered_by(site, "800", "101-DEMO")
    events = [row["event"] for row in site.lab.sql(
        "SELECT event FROM queue_log WHERE queuename = ? AND callid LIKE 'srv%'", name)]
    assert events[:2] == ["ENTERQUEUE", "CONNECT"] and events[2].startswith("COMPLETE")


def test_a_queue_takes_members_as_raw_rows_and_changed_at_once(site):
    interface = f"Local/AG-000-NF-{site.ids['102']}@fromotherpbx/n"
    queue = make(site, "queues", qu_name="Sales", qu_number="801", members=[
        {"membername": "102", "interface": interface, "state_interface": "Custom:102",
         "member_device": "102", "penalty": 0, "paused": 0}])
    reach(site, "801")
    landed(site, "801", "Queue Sales")
    answered_by(site, "801", "102-DEMO")
    change(site, f"queues/{queue['id']}", members=[{"extension_id": site.ids["101"]}])
    reach(site, "801")
    answered_by(site, "801", "101-DEMO")


def test_where_calls_go_that_a_queue_does_not_take(site):
    queue = make(site, "queues", name="Slow", number="802", qu_timeout="1",
                 queue={"timeout": 10, "maxlen": 1},
                 members=[{"extension_id": site.ids["104"]}],
                 timeout_destination=[ext(site, "101")], full=[ext(site, "102")])
    reach(site, "802")
    landed(site, "802", "101-DEMO")
    change(site, f"queues/{queue['id']}", qu_timeout="60")
    waiting = start(site, "802", 30000)
    eventually(lambda: [it for it in listed(site, "QueueStatus", Queue=str(queue["id"]))
                        if it["Event"] == "QueueEntry"])
    second = start(site, "802", 30000, source="101")
    eventually(lambda: [row for row in site.proxy("CHANNELS", format="json").json()
                        if row["channel"].startswith("PJSIP/102-") and row["bridgeid"]])
    site.proxy("HANGUP", number="102")
    assert second.result() == ["answered", "ended"]
    records(site, "802", lastdst="102-DEMO", realsrc="101-DEMO", disposition="ANSWERED")
    site.proxy("HANGUP", number="100")
    assert waiting.result() == ["answered", "ended"]


def test_where_calls_go_that_nobody_in_a_queue_can_take(site):
    queue = make(site, "queues", name="Empty", number="805", nobodyhome=[ext(site, "101")])
    reach(site, "805")
    landed(site, "805", "101-DEMO")
    change(site, f"queues/{queue['id']}", nofreemember=[ext(site, "102")],
           members=[{"extension_id": site.ids["101"], "paused": 1}])
    reach(site, "805")
    landed(site, "805", "102-DEMO")
    change(site, f"queues/{queue['id']}", members=[{"extension_id": site.ids["101"]}])
    reach(site, "805")
    landed(site, "805", "Queue Empty")
    answered_by(site, "805", "101-DEMO")


def test_a_caller_hears_a_message_before_a_queue_and_leaves_it_with_a_key(site):
    sound = mediafile(site, "Just a moment", 0.2)
    queue = make(site, "queues", name="Doors", number="806", members=[{"extension_id": site.ids["104"]}],
                 beforeringing=[f"PLAYBACK-{sound}"], exitkey=[ext(site, "102")],
                 periodicannounce=[f"MEDIAFILE-{sound}"])
    with site.lab.ami() as manager:
        played = []

        def heard(event):
            played.append(event.get("AppData"))
            return event.get("Application") == "Queue" and event.get("Event") == "Newexten"

        call = start(site, "806", 60000, digits="5" * 8)  # those before the queue do nothing
        manager.wait(heard)
        assert [it for it in played if it and it.endswith(f"/media/DEMO/{sound}")]
    connect(site, call)
    landed(site, "806", "102-DEMO")
    [row] = site.lab.sql("SELECT * FROM asterisk_queue WHERE name = ?", str(queue["id"]))
    assert row["periodic_announce"].endswith(f"/media/DEMO/{sound}")


def test_a_queue_plays_the_tenants_music(site):
    sound = mediafile(site, "Jingle", 5)
    music = make(site, "musiconholds", name="Support Hold", mediafiles=[sound])
    name = music["related"]["realtime"]["name"]
    queue = make(site, "queues", name="Musical", number="803", qu_timeout="1", musiconhold=name,
                 queue={"timeout": 10}, members=[{"extension_id": site.ids["104"]}],
                 timeout_destination=[ext(site, "101")])
    # its own, and the tenant's default
    for fields in ({"path": f"queues/{queue['id']}"}, {"path": f"musiconholds/{music['id']}",
                                                      "default": True}):
        change(site, **fields)
        with site.lab.ami() as manager:
            call = start(site, "803", 300)
            begun = manager.wait(lambda event: event.get("Event") == "MusicOnHoldStart")
            assert begun["Class"] == name
            call.result()  # and no complaint about a file that is not there
        change(site, f"queues/{queue['id']}", musiconhold="default")
    [entry] = site.lab.sql("SELECT * FROM asterisk_musiconhold_entry WHERE name = ?", name)
    assert entry["entry"].endswith(f"/media/DEMO/{sound}")
    change(site, f"musiconholds/{music['id']}", default=False)


# --- groups


def test_a_hunt_list_rings_all_or_one_after_the_other(site):
    hunt = make(site, "huntlists", name="Hunters", number="820", type="RINGALL", ringtime="5",
                members=[ext(site, "104"), ext(site, "102")])
    reach(site, "820")
    landed(site, "820", "Hunt List Hunters")
    answered_by(site, "820", "102-DEMO")

    # 104 rings for a second and has to give way
    change(site, f"huntlists/{hunt['id']}", type="SEQUENTIAL", ringtime="1")
    with site.lab.ami() as manager:
        call = start(site, "820", 300)
        rung = [manager.wait(lambda event: event.get("Event") == "DialBegin"
                             and event["DestChannel"].startswith("PJSIP/"))["DestChannel"]
                for _ in range(2)]
        assert call.result() == ["answered", "hung up"]
    assert [name[:14] for name in rung] == ["PJSIP/104-DEMO", "PJSIP/102-DEMO"]
    answered_by(site, "820", "102-DEMO")

    change(site, f"huntlists/{hunt['id']}", members=[ext(site, "104")],
           huntlist_timeout=[ext(site, "101")])
    reach(site, "820")
    landed(site, "820", "101-DEMO")


def test_a_hunt_list_asks_its_members_and_skips_the_busy(site):
    hunt = make(site, "huntlists", name="Askers", number="821", type="SEQUENTIAL", ringtime="30",
                hu_requestconfirm="on", hu_checkinuse="on",
                hu_confirmmessage_id=mediafile(site, "Take it?", 0.2),
                members=[ext(site, "101"), ext(site, "102")], huntlist_timeout=["SPECIAL-2"])
    with site.lab.ami() as manager:
        # 101 and 102 answer but do not press 1
        call = start(site, "821", 60000)
        asked = [manager.wait(lambda event: event.get("Event") == "DialEnd"
                              and event["DestChannel"].startswith("PJSIP/"))
                 for _ in range(2)]
        assert [(event["DestChannel"][6:14], event["DialStatus"]) for event in asked] == [
            ("101-DEMO", "ANSWER"), ("102-DEMO", "ANSWER")]
        assert call.result() == ["refused 486"]
    change(site, f"huntlists/{hunt['id']}", hu_requestconfirm="")
    first = start(site, "101", 60000, source="103")
    eventually(lambda: bridged(site, "101", "103"))
    call = start(site, "821", 60000)
    eventually(lambda: [row for row in site.proxy("CHANNELS", format="json").json()
                        if row["channel"].startswith("PJSIP/102-") and row["bridgeid"]])
    for number in ("102", "101"):
        site.proxy("HANGUP", number=number)
    assert first.result()[0] == call.result()[0] == "answered"
    assert "101-DEMO" not in [leg["lastdst"] for leg in site.info(
        "CDRS", format="json", firstdst="821").json()[-4:] if leg["disposition"] == "ANSWERED"]


def test_a_lamp_goes_out_however_many_hang_up_at_once(site):
    # Symptom: a phone was in use for ever after a call, so queues and hunt lists passed it by. Caller
    # and called count the channels at the same moment, and the older count was shown last.
    for step, what in enumerate(("Set(CHANNEL(hangup_handler_push)=lamp,out,1(${EXTEN}))",
                                 "Gosub(lamp,calling,1(${EXTEN}))", "Answer()", "Wait(60)"), 1):
        site.lab.cli(f"dialplan add extension _X.,{step},{what} into lamps")
    phones = range(1901, 1921)
    with site.lab.ami() as manager:
        for phone in phones:
            manager.action("Originate", Channel=f"Local/{phone}@lamps", Context="lamps", Exten=phone,
                           Priority="1", Async="true")
        for _ in phones:
            manager.wait(lambda event: event.get("Event") == "OriginateResponse")
        site.lab.cli("channel request hangup all")
        eventually(site.quiet)
        assert {manager.action("Getvar", Variable=f"DEVICE_STATE(Custom:{phone})")["Value"]
                for phone in phones} == {"NOT_INUSE"}


def test_a_conference_is_joined_with_its_pin(site):
    room = make(site, "conferencerooms", name="Weekly", number="900", pin="1234", adminpin="4321",
                maxusers=10)
    assert room["related"]["meetme"]["confno"] == "900-DEMO"
    people = {number: start(site, "900", 60000, source=number, digits=f"{pin}#")
              for number, pin in (("100", "1234"), ("101", "4321"), ("102", "5555"))}

    def both():
        with site.lab.ami() as manager:
            if manager.action("ConfbridgeListRooms")["Response"] != "Success":
                return None
        inside = listed(site, "ConfbridgeList", Conference="900-DEMO")
        return inside if len(inside) == 2 else None

    inside = eventually(both)
    assert {(item["CallerIDNum"], item["Admin"]) for item in inside} == {
        ("100", "No"), ("101", "Yes")}
    for number, person in people.items():
        site.proxy("HANGUP", number=number)
        assert person.result() == ["answered", "ended"]
    landed(site, "900", "900-DEMO")
    # before its time, and after
    change(site, f"conferencerooms/{room['id']}", startdate="2999-01-01")
    assert talk(site, "900")[0].startswith("refused")
    change(site, f"conferencerooms/{room['id']}", startdate=None, enddate="2001-01-01 10:00")
    assert talk(site, "900")[0].startswith("refused")


def test_everybody_in_a_conference_has_his_time_in_it(site):
    # Symptom: who came second had a record of no seconds. Asterisk writes legs per pair, and that
    # of the second ends as he enters.
    make(site, "conferencerooms", name="Pairs", number="901")

    def inside(*numbers):
        rows = [row for row in site.proxy("CHANNELS", format="json").json()
                if row["application"] == "ConfBridge" and int(row["duration"]) >= 2]
        return sorted(row["channel"][6:9] for row in rows) == list(numbers)

    first = start(site, "901", 60000)
    eventually(lambda: inside("100"))
    second = start(site, "901", 60000, source="101")
    eventually(lambda: inside("100", "101"))
    for number in ("101", "100"):
        site.proxy("HANGUP", number=number)
    assert first.result() == second.result() == ["answered", "ended"]
    pair = records(site, "901", realsrc="100-DEMO", disposition="ANSWERED")
    own = eventually(lambda: [leg for leg in site.info("CDRS", format="json",
                                                       firstdst="901").json()
                              if leg["realsrc"] == "101-DEMO"])[0]
    assert pair["dstchannel"].startswith("PJSIP/101-DEMO-") and own["dstchannel"] == ""
    eventually(lambda: int(simple_of(site, "101", "901")["sc_duration"]) >= 1)


def simple_of(site, caller, number):
    return [it for it in site.info("SIMPLECDRS", format="json").json()
            if (it["sc_calleridnum"], it["sc_dialednum"]) == (caller, number)][-1]


def test_a_paging_group_makes_its_phones_listen(site):
    make(site, "paginggroups", name="All", number="830",
         members=[site.ids["101"], site.ids["102"]])

    def inside():
        rooms = {}
        for channel in listed(site, "CoreShowChannels"):
            rooms.setdefault(channel["BridgeId"], []).append(channel["Application"])
        return [apps for bridge, apps in rooms.items() if bridge and len(apps) == 3]

    during(site, start(site, "830", 60000), inside)
    landed(site, "830", "Paging All")


# --- choices


def test_an_ivr_follows_the_keys(site):
    ivr = make(site, "ivrs", name="Main", timeout="2", digit_timeout="1",
               ivr_1=[ext(site, "101")], key_2=[ext(site, "102")],
               destinations={"IVR_STAR": [ext(site, "102")], "CUSTOMIVR_42": [ext(site, "101")],
                             "IVR_TIMEOUT": [ext(site, "102")]},
               mediafile=[f"MEDIAFILE-{mediafile(site, 'Menu', 2)}"])
    did = make(site, "dids", number="39020000001", destination=[f"IVR-{ivr['id']}"])
    assert did["id"]
    for keys, where in (("1", "101"), ("2", "102"), ("*", "102"), ("42", "101"), ("", "102")):
        reach_from_outside(site, "39020000001", digits=keys)
        landed(site, "39020000001", f"{where}-DEMO")
    # a wrong key, asked again, and then the right one
    change(site, f"ivrs/{ivr['id']}", iv_looponwrongkeypress="on", iv_maxloops="2")
    change(site, f"ivrs/{ivr['id']}", destinations={"CUSTOMIVR_42": []})
    reach_from_outside(site, "39020000001", digits="91")
    landed(site, "39020000001", "101-DEMO")
    [row] = site.lab.sql("SELECT * FROM il_ivrlogs ORDER BY il_id DESC LIMIT 1")
    assert (row["il_iv_id"], row["il_key"], row["il_destination"], row["il_callerid"]) == (
        ivr["id"], "1", ext(site, "101"), "393331234567")


def test_an_ivr_lets_callers_dial_an_extension(site):
    ivr = make(site, "ivrs", name="Direct", timeout="2", digit_timeout="1",
               iv_allowanyextension="on")
    make(site, "dids", number="39020000002", destination=[f"IVR-{ivr['id']}"])
    reach_from_outside(site, "39020000002", digits="102")
    landed(site, "39020000002", "102-DEMO")


def test_a_condition_decides(site):
    today = datetime.date.today().isoweekday()
    rows = [{"param1": str(today), "param2": "00:00", "param3": "23:59"}]
    question = make(site, "conditions", name="Open", type="WEEKTIME", extended_infos=rows,
                    yes=[ext(site, "101")], no=[ext(site, "102")])
    make(site, "dids", number="39020000003", destination=[f"CONDITION-{question['id']}"])

    def asked(where, caller="393331234567"):
        reach_from_outside(site, "39020000003", caller)
        landed(site, "39020000003", f"{where}-DEMO")

    asked("101")
    rows[0]["param1"] = str((today + 2) % 7 + 1)  # neither today nor tomorrow nor yesterday
    change(site, f"conditions/{question['id']}", extended_infos=rows)
    asked("102")
    change(site, f"conditions/{question['id']}", type="SIMPLECALLERID", co_param1="^3933")
    asked("101")
    asked("102", "447700900123")
    change(site, f"conditions/{question['id']}", type="DATELESSER", co_param1="2001-01-01")
    asked("102")
    change(site, f"conditions/{question['id']}", type="DATEGREATER", co_param1="2001-01-01")
    asked("101")


def test_a_flow_switches_calls_however_it_is_set(site):
    flow = make(site, "flows", name="Night", number="61", state="NOT_INUSE",
                destination=[ext(site, "102")])
    make(site, "dids", number="39020000004",
         destination=[f"FLOW-{flow['id']}", ext(site, "101")])

    def led_to(where):
        reach_from_outside(site, "39020000004")
        landed(site, "39020000004", f"{where}-DEMO")

    def state():
        return site.openapi("GET", f"/flows/{flow['id']}").json()["related"]["state"]["st_state"]

    led_to("101")
    assert site.proxy("SETFLOW", number="61", state="INUSE").text == "OK"
    led_to("102")
    assert site.info("FLOW", id=str(flow["id"])).text == "INUSE"
    change(site, f"flows/{flow['id']}", state="NOT_INUSE")
    led_to("101")
    site.lab.cli("devstate change Custom:61-DEMO INUSE")
    led_to("102")
    eventually(lambda: state() == "INUSE")
    # by dialling it
    assert talk(site, "61")[0] == "answered"
    eventually(lambda: state() == "NOT_INUSE")
    led_to("101")


def test_a_flow_hands_its_value_to_a_condition(site):
    question = make(site, "conditions", name="Season", type="VARIABLEVALUE", co_param1="season",
                    co_param2="summer", yes=[ext(site, "101")], no=[ext(site, "102")])
    flow = make(site, "flows", name="Season", number="62", variable_name="season",
                fl_value_for_inuse="summer", fl_value_for_notinuse="winter", state="INUSE",
                destination=[f"CONDITION-{question['id']}"])
    make(site, "dids", number="39020000005", destination=[f"FLOW-{flow['id']}"])
    reach_from_outside(site, "39020000005")
    landed(site, "39020000005", "101-DEMO")
    assert site.proxy("SETFLOW", number="62", value="winter").text == "OK"
    reach_from_outside(site, "39020000005")
    landed(site, "39020000005", "102-DEMO")


def test_a_condition_asks_for_a_value_of_the_tenant(site):
    [country] = site.lab.sql("SELECT al_id FROM al_variables WHERE al_name = 'COUNTRYCODE'")
    variable = make(site, "tenantvariables", variable_id=country["al_id"], value="39")
    question = make(site, "conditions", name="Italy", type="VARIABLEVALUE",
                    co_param1="COUNTRYCODE", co_param2="39", yes=[ext(site, "101")],
                    no=[ext(site, "102")])
    make(site, "dids", number="39020000008", destination=[f"CONDITION-{question['id']}"])
    reach_from_outside(site, "39020000008")
    landed(site, "39020000008", "101-DEMO")
    change(site, f"tenantvariables/{variable['id']}", value="44")
    reach_from_outside(site, "39020000008")
    landed(site, "39020000008", "102-DEMO")


def test_feature_codes_and_short_numbers(site):
    make(site, "shortnumbers", number="5", destination="101")
    site_global(site, "shortnumbers", number="6", destination="102")
    make(site, "featurecodes", code="*56", destination=[ext(site, "101")])
    site_global(site, "featurecodes", code="*57", comment="Echo", destination=["SPECIAL-6"])
    for number, where in (("5", "101"), ("6", "102"), ("*56", "101")):
        reach(site, number)
        landed(site, number, f"{where}-DEMO")
    assert talk(site, "*57") == ["answered", "hung up"]
    assert landed(site, "*57", "Feature *57")["lastapp"] == "Echo"


def test_a_cron_job_calls_its_destinations(site):
    job = make(site, "cronjobs", name="Bell", destination=[ext(site, "101")])
    assert not site.lab.channels()
    answer = change(site, f"cronjobs/{job['id']}", run="yes")
    assert answer["cr_run"] == "yes" or answer["cr_laststarted"]
    eventually(lambda: bridged(site, "101") or [
        row for row in site.proxy("CHANNELS", format="json").json()
        if row["channel"].startswith("PJSIP/101-") and row["bridgeid"]])
    site.proxy("HANGUP", number="101")
    leg = landed(site, f"cronjob-{job['id']}", "101-DEMO")
    assert leg["userfield"] == "[local]"
    after = site.openapi("GET", f"/cronjobs/{job['id']}").json()
    assert after["cr_run"] == "" and after["cr_laststarted"] <= after["cr_lastended"]


def site_global(site, path, **fields):
    answer = site.host.post(f"/mirtapbx/openapi.php/{path}?global=yes", json=fields,
                            headers={"X-API-Key": site.global_key})
    assert answer.status_code == 201, answer.text
    return answer.json()


# --- in from outside and out


def test_a_did_leads_where_its_destinations_say_now(site):
    did = make(site, "dids", number="5551234", country="39", area="02",
               destination=[ext(site, "101")])
    reach_from_outside(site, "39025551234")
    landed(site, "39025551234", "101-DEMO", userfield="[inbound]", realsrc="393331234567")
    change(site, f"dids/{did['id']}", destinations={"DID": [ext(site, "102")]})
    reach_from_outside(site, "39025551234")
    landed(site, "39025551234", "102-DEMO")
    change(site, f"dids/{did['id']}", di_unconditionalstatus="on",
           destinations={"DID-UNCONDITIONAL": [ext(site, "101")]})
    reach_from_outside(site, "39025551234")
    landed(site, "39025551234", "101-DEMO")
    assert site.openapi("DELETE", f"/dids/{did['id']}").status_code == 200
    assert outside(site, "39025551234") == ["refused 404"]


def test_a_blacklisted_caller_is_turned_away(site):
    make(site, "dids", number="39020000006", destination=[ext(site, "101")])
    entry = make(site, "calleridblacklists", callerid="393339999999", reason="nuisance")
    assert outside(site, "39020000006", "393339999999")[0].startswith("refused")
    reach_from_outside(site, "39020000006", "393338888888")
    assert site.openapi("DELETE", f"/calleridblacklists/{entry['id']}").status_code == 200
    reach_from_outside(site, "39020000006", "393339999999")
    site_global(site, "calleridblacklists", callerid="393338888888")
    assert outside(site, "39020000006", "393338888888")[0].startswith("refused")


def test_a_disa_gives_a_line_for_its_pin(site):
    disa = make(site, "disas", name="Inside", pin="7788", outbound="on", digitstimeout="1",
                mediafile_id=mediafile(site, "Your number", 0.2),
                calleridnum="3902000")
    make(site, "dids", number="39020000007", destination=[f"DISA-{disa['id']}"])
    reach_from_outside(site, "39020000007", digits="7788#102#")
    leg = landed(site, "39020000007", "102-DEMO")
    assert leg["src"] == "3902000"
    reach_from_outside(site, "39020000007", digits="7788#0299999999#")
    landed(site, "39020000007", "0299999999")
    change(site, f"disas/{disa['id']}", outbound="")
    assert outside(site, "39020000007", ms=30000, digits="7788#0299999999#") == ["answered", "ended"]
    # the box of a number that anybody can claim to be
    assert outside(site, "39020000007", "100", ms=30000, digits="7788#*97#") == ["answered", "ended"]


def test_the_rules_of_a_routing_profile_choose_the_provider(site):
    trunk = {"key": site.global_key, "tenant": None}
    world = make(site, "providers", **trunk, name="World", peername="world", tech="PJSIP",
                 host=f"127.0.0.2:{site.lab.provider_port}")
    # a provider that answers every call with 486
    full = make(site, "providers", **trunk, name="Full", peername="full", tech="PJSIP",
                host=f"127.0.0.1:{site.lab.phone_port('103-DEMO')}", ignore_busy="on")
    off = make(site, "providers", **trunk, name="Off", peername="off", disabled="on")
    profile = make(site, "routingprofiles", **trunk, name="Office")
    rules = [("^800.*", off["id"], "", 0), ("^800.*", full["id"], "", 0),
             ("^800.*", world["id"], "39", 0), ("^0[1-9].*", world["id"], "0039", 1)]
    for order, (regex, to, add, delete) in enumerate(rules):
        site.lab.sql("INSERT INTO dl_dialingrules (dl_rp_id, dl_name, dl_regex, dl_pr_id,"
                     " dl_adddigits, dl_deldigits, dl_order) VALUES (?, ?, ?, ?, ?, ?, ?)",
                     profile["id"], regex, regex, to, add, delete, order)
    reach(site, "0299999999")  # no profile: the provider of the lab
    assert landed(site, "0299999999", "0299999999")["dstchannel"].startswith("PJSIP/provider-")
    change(site, f"extensions/{site.ids['100']}", ex_rp_id=profile["id"])
    try:
        reach(site, "0299999999")
        leg = landed(site, "0299999999", "0299999999", userfield="[outbound]")
        assert leg["dstchannel"].startswith("PJSIP/world-")
        assert "0039299999999@world" in site.lab.records(
            "uniqueid = ?", leg["uniqueid"])[0]["lastdata"]
        # the first provider is disabled, the second full: the third takes the call
        reach(site, "800123")
        assert landed(site, "800123", "800123")["dstchannel"].startswith("PJSIP/world-")
        change(site, f"providers/{full['id']}", **trunk, ignore_busy="")
        assert talk(site, "800123") == ["refused 486"]
        assert talk(site, "7123456789") == ["refused 404"]  # no rule
        # no profile of one's own: the tenant's
        change(site, f"extensions/{site.ids['100']}", ex_rp_id=None)
        [tenant] = site.lab.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")
        change(site, f"tenants/{tenant['te_id']}", **trunk, routing_profile_id=profile["id"])
        reach(site, "0288888888")
        leg = landed(site, "0288888888", "0288888888")
        assert leg["dstchannel"].startswith("PJSIP/world-")
    finally:
        change(site, f"extensions/{site.ids['100']}", ex_rp_id=None)
        change(site, "tenants/1", **trunk, routing_profile_id=None)


# --- extensions and boxes


def test_a_box_takes_a_message_that_every_dialect_serves(site):
    make(site, "voicemails", mailbox="200", fullname="Sales", password="1234",
         email="sales@example.com")
    leave_message(site, "*200", "200")
    landed(site, "*200", "Voicemail 200")
    [message] = eventually(lambda: site.proxy("VOICEMAIL", action="messages", mailbox="200",
                                              format="json").json())
    assert message["dir"].endswith("/INBOX") and "<100>" in message["callerid"]
    sound = site.proxy("VOICEMAIL", action="message", mailbox="200", msgid=message["msg_id"])
    assert sound.headers["Content-Type"] == "audio/x-wav"
    with wave.open(io.BytesIO(sound.content)) as heard:
        assert max(array.array("h", heard.readframes(heard.getnframes()))) > 3000
    with site.lab.ami() as manager:
        assert manager.action("MailboxCount", Mailbox="200@DEMO")["NewMessages"] == "1"
    count = site.rest("GET", "/voicemails/count/200")
    assert count.status_code == 200 and "1" in [item.text for item in count.xml.iter()], count.text
    for action, left in (("markread", ("0", "1")), ("markunread", ("1", "0")), ("delete", ("0", "0"))):
        assert site.proxy("VOICEMAIL", action=action, mailbox="200", msgid=message["msg_id"]).text == "OK"
        with site.lab.ami() as manager:
            counts = manager.action("MailboxCount", Mailbox="200@DEMO")
        assert (counts["NewMessages"], counts["OldMessages"]) == left, action


def test_a_message_is_copied_to_other_boxes_and_the_caller_goes_on(site):
    copy = make(site, "voicemails", mailbox="203", fullname="Copy", password="1234")
    make(site, "voicemails", mailbox="202", fullname="All", password="1234",
         broadcast=[f"VOICEMAIL-{copy['id']}"], follow=[ext(site, "102")])
    call = speak(site, "*202", "202")
    with site.lab.ami() as manager:
        manager.action("PlayDTMF", Channel=channel(site, "100"), Digit="#", Receive="true")
    connect(site, call)
    landed(site, "*202", "102-DEMO")
    for box in ("202", "203"):
        assert len(eventually(lambda: site.proxy("VOICEMAIL", action="messages", mailbox=box,
                                                 format="json").json())) == 1


def test_who_presses_0_in_a_box_reaches_the_operator(site):
    make(site, "voicemails", mailbox="201", fullname="Office", password="1234",
         destinations={"VOICEMAIL-OPERATOR": [ext(site, "102")]}, **{"operator": "yes"})
    reach(site, "*201", digits="0")
    records(site, "*201", lastdst="102-DEMO", disposition="ANSWERED")


def test_a_busy_extension_takes_a_message_under_its_own_number(site):
    change(site, f"extensions/{site.ids['103']}", onbusy=["SAMENUMBERVM"])
    leave_message(site, "103", "103")
    landed(site, "103", "Voicemail 103")
    assert eventually(lambda: site.proxy("VOICEMAIL", action="messages", mailbox="103",
                                         format="json").json())
    # to another extension, and to nobody
    change(site, f"extensions/{site.ids['103']}", onbusy=[ext(site, "102")])
    reach(site, "103")
    landed(site, "103", "102-DEMO")
    change(site, f"extensions/{site.ids['103']}", onbusy=[], ex_onbusystatus="")
    assert site.openapi("GET", f"/extensions/{site.ids['103']}").json()["related"]["destinations"] == []


def test_every_call_can_be_sent_elsewhere(site):
    change(site, f"extensions/{site.ids['101']}", unconditional=[ext(site, "102")])
    reach(site, "101")
    landed(site, "101", "102-DEMO")
    change(site, f"extensions/{site.ids['101']}", ex_unconditionalstatus="")
    reach(site, "101")
    landed(site, "101", "101-DEMO")
    change(site, f"extensions/{site.ids['101']}", unconditional=[])


def test_who_is_not_at_his_phone_is_found_elsewhere(site):
    site.extension("260", ex_fmfmstatus="on", ex_fmfmnumber="0333111222")
    reach(site, "260")
    records(site, "260", lastdst="0333111222", disposition="ANSWERED")
    # two that look for each other end, and do not ring for ever
    change(site, "extensions/number/260", ex_fmfmnumber="261")
    site.extension("261", ex_fmfmstatus="on", ex_fmfmnumber="260")
    assert talk(site, "260")[0].startswith("refused")


def test_extensions_that_are_no_phone(site):
    make(site, "extensions", number="240", name="Mobile", tech="CUSTOM",
         ce_dialstring="PJSIP/0333111222@provider")
    reach(site, "240")
    leg = landed(site, "240", "240-DEMO")
    assert leg["dstchannel"].startswith("PJSIP/provider-")
    virtual = make(site, "extensions", number="241", name="Front desk", tech="VIRTUAL",
                   realextensions=[site.ids["102"], site.ids["104"]])
    reach(site, "241")
    landed(site, "241", "241-DEMO")
    # two that name each other end, and do not ring for ever
    other = make(site, "extensions", number="242", name="Loop", tech="VIRTUAL",
                 realextensions=[virtual["id"]])
    change(site, f"extensions/{virtual['id']}", realextensions=[other["id"]])
    assert talk(site, "242")[0].startswith("refused")


# --- calls that are put through


def simple(site, number):
    return [it for it in site.info("SIMPLECDRS", format="json").json()
            if it["sc_dialednum"] == number][-1]


def test_a_call_that_is_transferred(site):
    site.extension("250")  # a number of its own, so that the records are too
    change(site, "extensions/number/250", unconditional=[ext(site, "101")])
    call = start(site, "250", 60000)
    eventually(lambda: bridged(site, "100", "101"))
    assert site.proxy("TRANSFER", channel=channel(site, "100"), dest="102"
                      ).text == "Success|Redirect successful|"
    eventually(lambda: bridged(site, "100", "102"))
    site.proxy("HANGUP", number="102")
    assert call.result() == ["answered", "ended"]
    legs = eventually(lambda: [leg for leg in site.info("CDRS", format="json",
                                                        firstdst="250").json()
                               if leg["lastdst"] == "102-DEMO"])
    assert (legs[0]["realsrc"], legs[0]["disposition"]) == ("100-DEMO", "ANSWERED")
    told = simple(site, "250")
    assert (told["sc_calleridnum"], told["sc_disposition"]) == ("100", "ANSWERED")


@pytest.mark.parametrize("who, left", [("100", "101"), ("101", "100")])
def test_a_call_that_is_transferred_after_asking(site, who, left):
    call = start(site, "101", 60000)
    eventually(lambda: bridged(site, "100", "101"))
    assert site.proxy("ATXTRANSFER", channel=channel(site, who), dest="102"
                      ).text == "Success|Atxfer successfully queued|"
    # who transfers asks 102 first, the other waits
    eventually(lambda: [row for row in site.proxy("CHANNELS", format="json").json()
                        if row["channel"].startswith("PJSIP/102-") and row["bridgeid"]])
    site.proxy("HANGUP", channel=channel(site, who))
    eventually(lambda: bridged(site, left, "102"))
    site.proxy("HANGUP", number="102")
    assert call.result()[0] == "answered"
    records(site, "101", lastdst="102-DEMO", disposition="ANSWERED")


def test_a_queue_call_is_recorded_and_told(site):
    make(site, "queues", name="Recorded", number="804", qu_alwaysrecord="on",
         members=[{"extension_id": site.ids["101"]}])
    reach(site, "804")
    leg = landed(site, "804", "Queue Recorded", realsrc="100-DEMO", src="100", dst="804")
    assert leg["start"] <= leg["answer"] <= leg["end"] and leg["lastapp"] == "Queue"
    sound = eventually(lambda: site.info("recording", id=leg["uniqueid"]).content)
    assert sound[:4] == b"RIFF"
    answered_by(site, "804", "101-DEMO")
