"""What columns of extensions, queues, rooms, DIDs, trunks and menus do to calls, one call or two each."""

import contextlib
import http.server
import itertools
import threading

import pytest

from call_flow import (answered_by, bridged, change, channel, ext, fixtures, landed, make, mediafile, outside, reach,
                       reach_from_outside, records, start, talk)
from lab import eventually

site, quiet = fixtures("columns", outgoing={"allow_private": True})
_numbers = itertools.count(100)


def did(site, *destinations, **fields):
    number = f"39020002{next(_numbers)}"
    row = make(site, "dids", number=number, destination=list(destinations), **fields)
    return number, row["id"]


@pytest.fixture
def phone(site):
    """Changes extensions, and makes what it changed empty afterwards."""
    done = []

    def changed(number, **fields):
        done.append((number, fields))
        return change(site, f"extensions/{site.ids[number]}", **fields)

    yield changed
    for number, fields in done:
        change(site, f"extensions/{site.ids[number]}", **{
            name: [] if isinstance(value, list) else None if name.endswith("_id") else "" for name, value in fields.items()})


def says(text):
    """A step of a call's dialplan that holds the text."""
    return lambda event: event.get("Event") == "Newexten" and text in event.get("AppData", "")


def played(sound):
    return lambda event: says(f"/media/DEMO/{sound}")(event) and event["Application"] in ("Playback", "Read", "ExecIf")


# --- extensions


def test_numbers_outside_get_a_prefix_by_their_length(site, phone):
    phone("100", ex_prefix="99", ex_mindigitprefix="9", ex_maxdigitprefix="10")
    for number, sent in (("0299999999", "990299999999"), ("02999999991", "02999999991"), ("02999999", "02999999")):
        reach(site, number)
        assert landed(site, number, sent)["dstchannel"].startswith("PJSIP/provider-")
    reach(site, "112")  # emergency calls are dialled as they are
    landed(site, "112", "112")


def test_a_call_outside_rings_as_long_as_the_extension_says(site, phone):
    phone("100", ex_outboundtimeout="7")
    with site.lab.ami() as manager:
        call = start(site, "0299999999", 60000)
        manager.wait(lambda event: event.get("Application") == "Dial"
                     and event.get("AppData", "").startswith("PJSIP/0299999999@provider,7,"))
    eventually(site.talking)
    site.proxy("HANGUP", number="100")
    assert call.result() == ["answered", "ended"]


def test_rules_change_the_caller_id_outside(site, phone):
    site.lab.sql("INSERT INTO ca_callerids (ca_id, ca_te_id, ca_name) VALUES (7, 1, 'Area'), (8, 0, 'Trunk')")
    site.lab.sql("INSERT INTO ca_calleridrules (cx_ca_id, cx_regex, cx_replacement, cx_order)"
                 " VALUES (7, '^1', '0277\\0', 0), (8, '^0277', '+39\\0', 0)")
    phone("100", ex_cr_id=7)
    reach(site, "0299999991")
    assert landed(site, "0299999991", "0299999991")["src"] == "0277100"
    # over it the rules of the provider
    trunk = {"key": site.global_key, "tenant": None}
    world = make(site, "providers", **trunk, name="World", peername="world", tech="PJSIP",
                 host=f"127.0.0.2:{site.lab.provider_port}", calleridmod_id=8)
    profile = make(site, "routingprofiles", **trunk, name="Office")
    site.lab.sql("INSERT INTO dl_dialingrules (dl_rp_id, dl_name, dl_regex, dl_pr_id) VALUES (?, 'All', '.', ?)",
                 profile["id"], world["id"])
    phone("100", ex_rp_id=profile["id"])
    reach(site, "0299999992")
    leg = landed(site, "0299999992", "0299999992")
    assert (leg["src"], leg["dstchannel"][:12]) == ("+390277100", "PJSIP/world-")


def test_who_is_found_elsewhere_is_told_who_calls(site):
    row = site.extension("262", ex_fmfmstatus="on", ex_fmfmnumber="101", ex_fmfmnumprefix="9", ex_fmfmnameprefix="For Ann ")
    with site.lab.ami() as manager:
        call = start(site, "262", 60000)
        ringing = manager.wait(lambda event: event.get("Event") == "DialBegin"
                               and event["DestChannel"].startswith("PJSIP/101-DEMO-"))
        assert (ringing["DestConnectedLineNum"], ringing["DestConnectedLineName"][:8]) == ("9100", "For Ann ")
        eventually(lambda: [row for row in site.proxy("CHANNELS", format="json").json()
                            if row["channel"].startswith("PJSIP/101-") and row["bridgeid"]])
        site.proxy("HANGUP", number="100")
        assert call.result() == ["answered", "ended"]
        change(site, f"extensions/{row['id']}", ex_fmfmnumber="0299999993", ex_fmfmcallerid="0244444",
               ex_fmfmnumprefix="", ex_fmfmnameprefix="")
        reach(site, "262")
    assert records(site, "262", lastdst="0299999993", disposition="ANSWERED")["src"] == "0244444"


def test_an_extension_has_music_of_its_own_and_may_answer_by_itself(site, phone):
    music = make(site, "musiconholds", name="Own", mediafiles=[mediafile(site, "Song", 5)])
    phone("101", ex_mu_id=music["id"], ex_autoanswer="on")
    with site.lab.ami() as manager:
        call = start(site, "101", 60000)
        dial = manager.wait(lambda event: event.get("Application") == "Dial" and "101-DEMO" in event.get("AppData", ""))
        assert "b(intercom^s^1)" in dial["AppData"]
        eventually(lambda: bridged(site, "100", "101"))
        # who is put on hold by 101 hears its music
        name = channel(site, "100")
        assert manager.action("Getvar", Channel=name, Variable="CHANNEL(musicclass)")["Value"] == f"moh-{music['id']}"
    site.proxy("HANGUP", number="100")
    assert call.result() == ["answered", "ended"]


def test_who_is_chosen_by_name_leads_elsewhere(site, phone):
    make(site, "voicemails", mailbox="104", fullname="Zack Quail", password="1234")
    phone("104", dialbyname=[ext(site, "102")])
    make(site, "featurecodes", code="*590", destinations={"FEATURE": ["SPECIAL-9"]})
    call = start(site, "*590", 60000, digits="782" + "1" * 6)
    eventually(lambda: bridged(site, "100", "102"))
    site.proxy("HANGUP", number="102")
    assert call.result()[0] == "answered"


# --- DIDs, routes


def test_a_did_takes_so_many_calls(site):
    number, _ = did(site, ext(site, "104"), di_maxchannels=1)
    first = site.lab.call_from_outside("393331234567", number, 60000)
    eventually(lambda: [it for it in site.lab.channels() if it.startswith("PJSIP/104-DEMO")])
    assert outside(site, number, "393337654321") == ["refused 486"]
    site.lab.cli("channel request hangup all")
    first.result()


def test_among_equal_rules_the_lighter_provider_and_the_heavier_rule_go_first(site, phone):
    trunk = {"key": site.global_key, "tenant": None}
    first, second = (make(site, "providers", **trunk, name=name, peername=name, tech="PJSIP", penalty=penalty,
                          host=f"127.0.0.2:{site.lab.provider_port}") for name, penalty in (("heavy", 5), ("light", 1)))
    profile = make(site, "routingprofiles", **trunk, name="Equal")
    rules = [{"provider": first["id"], "weight": 1}, {"provider": second["id"], "weight": 1}]
    for rule in rules:
        site.lab.sql("INSERT INTO dl_dialingrules (dl_rp_id, dl_name, dl_regex, dl_pr_id, dl_weight)"
                     " VALUES (?, 'Rule', '.', ?, ?)", profile["id"], rule["provider"], rule["weight"])
    phone("100", ex_rp_id=profile["id"])
    reach(site, "0299999994")
    assert landed(site, "0299999994", "0299999994")["dstchannel"].startswith("PJSIP/light-")
    change(site, f"providers/{first['id']}", **trunk, penalty=1)
    site.lab.sql("UPDATE dl_dialingrules SET dl_weight = 9 WHERE dl_pr_id = ?", first["id"])
    reach(site, "0299999995")
    assert landed(site, "0299999995", "0299999995")["dstchannel"].startswith("PJSIP/heavy-")


# --- queues and rooms


def test_a_member_takes_a_queue_call_with_1(site):
    sound = mediafile(site, "A call", 0.2)
    queue = make(site, "queues", name="Asks", number="860", members=[{"extension_id": site.ids["101"]}],
                 qu_agent_confirmmessage_me_id=sound, queue={"timeout": 20, "retry": 1})
    with site.lab.ami() as manager:
        call = start(site, "860", 60000)
        manager.wait(played(sound))
        asked = channel(site, "101")
        manager.action("PlayDTMF", Channel=asked, Digit="1", Receive="true")
        manager.wait(lambda event: event.get("Event") == "AgentConnect")
        site.proxy("HANGUP", number="100")
        assert call.result() == ["answered", "ended"]
        # who does not take it counts as busy
        call = start(site, "860", 60000)
        manager.wait(played(sound))
        manager.action("PlayDTMF", Channel=channel(site, "101"), Digit="2", Receive="true")
        manager.wait(lambda event: event.get("Event") == "AgentRingNoAnswer")
    site.proxy("HANGUP", number="100")
    assert call.result() == ["answered", "ended"]
    assert str(queue["id"])


def test_members_of_a_penalty_are_called(site):
    queue = make(site, "queues", name="Tiers", number="861", qu_minpenalty="2", qu_maxpenalty="3", members=[
        {"extension_id": site.ids["101"], "penalty": 1}, {"extension_id": site.ids["102"], "penalty": 2}])
    reach(site, "861")
    answered_by(site, "861", "102-DEMO")
    change(site, f"queues/{queue['id']}", qu_minpenalty="", qu_maxpenalty="1")
    reach(site, "861")
    answered_by(site, "861", "101-DEMO")


def test_who_gives_up_in_a_queue_is_called_back(site):
    queue = make(site, "queues", name="Sorry", number="862", qu_callbackabandoned="on", qu_callbackdelay="0",
                 members=[{"extension_id": site.ids["104"]}], oncallback=[ext(site, "102")])
    call = start(site, "862", 60000, source="101")
    eventually(lambda: "has 1 calls" in site.lab.cli(f"queue show {queue['id']}")[1])
    site.proxy("HANGUP", number="101")
    assert call.result() == ["answered", "ended"]
    eventually(lambda: {it[6:14] for it in site.lab.channels() if it.startswith("PJSIP/")}
               == {"101-DEMO", "102-DEMO"} and site.talking())
    site.proxy("HANGUP", number="101")


def test_a_queue_counts_from_nothing(site):
    queue = make(site, "queues", name="Counted", number="863", members=[{"extension_id": site.ids["101"]}])
    make(site, "featurecodes", code="*591", destinations={"FEATURE": [f"RESETQUEUESTATS-{queue['id']}", "SPECIAL-2"]})

    def counted():
        return f"C:{1}," in site.lab.cli(f"queue show {queue['id']}")[1]

    reach(site, "863")
    eventually(counted)
    assert talk(site, "*591") == ["refused 486"]
    eventually(lambda: not counted())


def test_a_room_says_what_it_was_given(site):
    sounds = [mediafile(site, name, 0.2) for name in ("PIN?", "Welcome", "Welcome, boss")]
    make(site, "conferencerooms", name="Talking", number="910", pin="1234", adminpin="4321",
         request_pin_mediafile_id=sounds[0], cr_pinenteredmeid=sounds[1], cr_adminpinenteredmeid=sounds[2])
    for pin, sound in (("1234", sounds[1]), ("4321", sounds[2])):
        with site.lab.ami() as manager:
            call = start(site, "910", 60000, digits=f"{pin}#")
            manager.wait(played(sounds[0]))
            manager.wait(played(sound))
        site.proxy("HANGUP", number="100")
        assert call.result() == ["answered", "ended"]


def test_a_paging_group_sends_its_header(site):
    make(site, "paginggroups", name="Loud", number="870", members=[site.ids["101"]], pa_manualheader="X-Volume: loud")
    with site.lab.ami() as manager:
        call = start(site, "870", 60000)
        manager.wait(says("PJSIP_HEADER(add,X-Volume)= loud"))
    eventually(lambda: [it for it in site.lab.channels() if it.startswith("PJSIP/101-DEMO")])
    site.proxy("HANGUP", number="100")
    assert call.result() == ["answered", "ended"]


# --- menus, DISA, parking, addresses


@contextlib.contextmanager
def listener():
    """An HTTP service; yields its address and what it was asked, as (method, path, body)."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append((self.command, self.path, body))
            self.send_response(204)
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_a_call_asks_an_address(site):
    with listener() as (address, asked):
        [row] = site.lab.sql("SELECT ct_id FROM ct_customtypes WHERE ct_code = 'HTTPREQUEST'")
        for method, body in (("GET", ""), ("POST", "a=b")):
            made = make(site, "customdestinations", name=method, type_id=row["ct_id"], cu_param1=f"{address}/x?y=1",
                        cu_param2=method, cu_param3=body)
            number, _ = did(site, f"CUSTOM-{made['id']}", ext(site, "101"))
            reach_from_outside(site, number, caller="0611223344")
            eventually(lambda: [it for it in asked if it[0] == method])
            [told] = [it for it in asked if it[0] == method]
            assert told[1].startswith("/x?y=1&callerid=0611223344&uniqueid=srv")
            assert told[1].endswith("&tenant=DEMO") and told[2].decode() == body


def test_a_menu_plays_once_and_in_its_language(site):
    sound = mediafile(site, "Once", 0.2)
    menu = make(site, "ivrs", name="Once", timeout="1", iv_loopontimeout="on", iv_maxloops="3",
                iv_loopplaymessageonce="on", iv_language="it", mediafile=[f"MEDIAFILE-{sound}"],
                destinations={"IVR_TIMEOUT": [ext(site, "101")]})
    number, _ = did(site, f"IVR-{menu['id']}")
    with site.lab.ami() as manager:
        heard = []

        def connected(event):
            heard.append(event)
            return event.get("Event") == "DialBegin" and event["DestChannel"].startswith("PJSIP/101-")

        call = site.lab.call_from_outside("393331234567", number, 60000)
        manager.wait(connected)
        # whichever of the providers at this address it is taken for
        name = eventually(lambda: next((it for it in site.lab.channels() if it.startswith("PJSIP/") and "-DEMO" not in it), None))
        assert manager.action("Getvar", Channel=name, Variable="CHANNEL(language)")["Value"] == "it"
    assert len([event for event in heard if event.get("Application") == "Read" and played(sound)(event)]) == 1
    assert len([event for event in heard if event.get("Application") == "Read"]) == 3
    eventually(site.talking)
    site.proxy("HANGUP", number="101")
    call.result()


def test_a_disa_gives_its_line_anew(site):
    disa = make(site, "disas", name="Again", pin="7788", digitstimeout="1", looponattempt="on")
    number, _ = did(site, f"DISA-{disa['id']}")
    with site.lab.ami() as manager:
        call = site.lab.call_from_outside("393331234567", number, 60000, digits="7788#103#")
        for _ in range(2):
            line = manager.wait(lambda event: event.get("Application") == "Read" and "NUMBER,dial" in event["AppData"])
        for digit in "102#":
            manager.action("PlayDTMF", Channel=line["Channel"], Digit=digit, Receive="true")
    eventually(site.talking)
    site.proxy("HANGUP", number="102")
    assert call.result() == ["answered", "ended"]
    landed(site, number, "102-DEMO")
    change(site, f"disas/{disa['id']}", looponattempt="")
    assert outside(site, number, ms=30000, digits="7788#103#") == ["answered", "ended"]


def test_a_parked_call_comes_back_after_its_time(site):
    assert site.proxy("SETTING", action="set", code="PARKTIMEOUT", value="1").text == "OK"
    number, _ = did(site, ext(site, "101"))
    make(site, "featurecodes", code="*592", destinations={"FEATURE": ["PARK"]})
    call = start(site, "*592", 60000)
    with site.lab.ami() as manager:
        parked = manager.wait(lambda event: event.get("Event") == "ParkedCall")
        assert parked["ParkingTimeout"] == "1"
        manager.wait(lambda event: event.get("Event") == "ParkedCallTimeOut")
    site.proxy("HANGUP", number="100")
    call.result()
    site.proxy("SETTING", action="set", code="PARKTIMEOUT", value="120")
