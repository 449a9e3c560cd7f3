"""Destinations that do something and let the call go on: agents, campaigns, phonebooks, DIDs, sounds,
custom destinations and specials. Each is a feature code that a phone dials, or the way of a DID."""

import itertools

import pytest

from call_flow import (answered_by, channel, change, ext, fixtures, landed, make, mediafile, outside, reach,
                       reach_from_outside, start, talk)
from lab import eventually

site, quiet = fixtures("actions")
_codes = itertools.count(100)


def code(site, *destinations):
    """A feature code that leads there."""
    number = f"*5{next(_codes)}"
    make(site, "featurecodes", code=number, destinations={"FEATURE": list(destinations)})
    return number


def did(site, *destinations, **fields):
    """A DID that leads there."""
    number = f"39020001{next(_codes)}"
    make(site, "dids", number=number, destination=list(destinations), **fields)
    return number


def custom(site, kind, **fields):
    """A custom destination of a type, as a tag."""
    [row] = site.lab.sql("SELECT ct_id FROM ct_customtypes WHERE ct_code = ?", kind)
    made = make(site, "customdestinations", name=f"{kind} {next(_codes)}", type_id=row["ct_id"], **fields)
    return f"CUSTOM-{made['id']}"


def campaign(site):
    """A campaign that a call may steer, and what tells its state."""
    row = make(site, "campaigns", name=f"Steered {next(_codes)}", state="STOPPED")
    return row["id"], lambda: site.openapi("GET", f"/campaigns/{row['id']}").json()["ca_state"]


def members(site, queue):
    return {row["membername"]: row for row in site.lab.sql(
        "SELECT * FROM queue_member WHERE queue_name = ?", str(queue["id"]))}


# --- agents


def test_agents_log_in_and_out_by_phone(site):
    queue = make(site, "queues", name="Desk", number="810", nobodyhome=["SPECIAL-2"])
    tag = f"-{queue['id']}"
    login, logout, toggle = (code(site, word + tag) for word in (
        "LOGINQUEUE", "LOGOUTQUEUE", "TOGGLELOGINQUEUE"))
    assert talk(site, "810") == ["refused 486"]
    for number, there in ((login, ["101-DEMO"]), (login, ["101-DEMO"]), (logout, []), (toggle, ["101-DEMO"])):
        assert talk(site, number, 3000, source="101")[0] == "answered"
        assert list(members(site, queue)) == there, number
    reach(site, "810")
    landed(site, "810", "Queue Desk")
    answered_by(site, "810", "101-DEMO")
    assert talk(site, code(site, "TOGGLELOGINADQUEUE" + tag), 3000, source="102")[0] == "answered"
    assert members(site, queue)["102-DEMO"]["interface"] == \
        f"Local/AG-000-AD-{site.ids['102']}@fromotherpbx/n"
    assert talk(site, code(site, "LOGOUTALLAGENTSFROMQUEUE" + tag), 3000)[0] == "answered"
    assert members(site, queue) == {}


def test_agents_pause_by_phone(site):
    queue = make(site, "queues", name="Calm", number="811", nofreemember=["SPECIAL-2"],
                 members=[{"extension_id": site.ids["101"]}])
    tag = f"-{queue['id']}"

    def paused():
        return [row["paused"] for row in members(site, queue).values()]

    for word, source, expected in (
            ("PAUSEQUEUE", "101", [1]), ("UNPAUSEQUEUE", "101", [0]), ("TOGGLEPAUSEQUEUE", "101", [1]),
            ("TOGGLEPAUSEQUEUE", "101", [0]), ("PAUSEALLAGENTSINQUEUE", "100", [1]),
            ("UNPAUSEALLAGENTSINQUEUE", "100", [0])):
        assert talk(site, code(site, word + tag), 3000, source=source)[0] == "answered"
        assert paused() == expected, word
        if expected == [1]:
            assert talk(site, "811") == ["refused 486"]
    reach(site, "811")
    answered_by(site, "811", "101-DEMO")


# --- campaigns and the do-not-call list


def test_campaigns_are_steered_by_calls(site):
    campaign = make(site, "campaigns", name="Spring", state="STOPPED")
    tag = f"-{campaign['id']}"

    def state():
        return site.openapi("GET", f"/campaigns/{campaign['id']}").json()["ca_state"]

    for word, expected in (("STARTCAMPAIGN", "ACTIVE"), ("PAUSECAMPAIGN", "PAUSED"),
                           ("UNPAUSECAMPAIGN", "ACTIVE"), ("STOPCAMPAIGN", "STOPPED")):
        assert talk(site, code(site, word + tag, "SPECIAL-2")) == ["refused 486"]
        assert state() == expected

    def numbers():
        return {row["cn_number"]: row for row in site.lab.sql(
            "SELECT * FROM cn_campaignnumbers WHERE cn_ca_id = ?", campaign["id"])}

    reach(site, "0299999999")
    eventually(lambda: site.lab.sql("SELECT 1 FROM sc_simplecdr WHERE sc_dialednum = '0299999999'"))
    for _ in range(2):
        assert talk(site, code(site, "ADDLATESTDIALEDOUTTOCAMPAIGN" + tag, "SPECIAL-2")) == ["refused 486"]
    assert list(numbers()) == ["0299999999"]
    site.lab.sql("UPDATE cn_campaignnumbers SET cn_disposition = 'NO ANSWER', cn_attempts = 3")
    assert talk(site, code(site, "REDIALNOTANSWEREDCAMPAIGN" + tag, "SPECIAL-2")) == ["refused 486"]
    assert numbers()["0299999999"]["cn_attempts"] == 0
    called = did(site, "ADDTODNCLIST-3", "REMOVECALLERFROMCAMPAIGN" + tag, ext(site, "101"))
    reach_from_outside(site, called, caller="0299999999")
    assert numbers() == {}
    assert [row["dn_number"] for row in site.lab.sql(
        "SELECT * FROM dn_donotcalls WHERE dn_te_id = 1")] == [called]
    eventually(lambda: site.lab.sql("SELECT 1 FROM sc_simplecdr WHERE sc_calleridnum = '0299999999'"))
    assert talk(site, code(site, "ADDLATESTDIALEDINTOCAMPAIGN" + tag, "SPECIAL-2")) == ["refused 486"]
    assert list(numbers()) == ["0299999999"]
    gone = code(site, "REMOVEFROMCAMPAIGN" + tag, "SPECIAL-2")
    site.lab.sql("UPDATE cn_campaignnumbers SET cn_number = ?", gone)
    assert talk(site, gone) == ["refused 486"]
    assert numbers() == {}


# --- phonebooks and caller ids


def test_phonebooks_name_and_route_callers(site):
    book = make(site, "phonebooks", name="People")
    for name, phone, routing in (("Ann O'Neill", "0611111111", "101"), ("Bob", "^06222", "102")):
        make(site, "phonebookentries", phonebook_id=book["id"],
             values={"NAME": name, "PHONE1": phone, "ROUTING": routing})
    tag = f"-{book['id']}"
    named = did(site, "CLIDNAMEBYPHONEBOOK" + tag, ext(site, "102"))
    reach_from_outside(site, named, caller="0611111111")
    assert landed(site, named, "102-DEMO")["clid"] == '"Ann O\'Neill" <0611111111>'
    exact = did(site, "EXACTPHONEBOOK" + tag, ext(site, "102"))
    reach_from_outside(site, exact, caller="0611111111")
    landed(site, exact, "101-DEMO")
    reach_from_outside(site, exact, caller="0622233333")  # an expression is no number here
    landed(site, exact, "102-DEMO")
    pattern = did(site, "PHONEBOOK" + tag, ext(site, "101"))
    reach_from_outside(site, pattern, caller="0622233333")
    landed(site, pattern, "102-DEMO")
    reach_from_outside(site, pattern, caller="0699999999")
    landed(site, pattern, "101-DEMO")


def test_a_callers_number_is_changed_by_rules(site):
    site.lab.sql("INSERT INTO ca_callerids (ca_id, ca_te_id, ca_name) VALUES (1, 1, 'National')")
    site.lab.sql("INSERT INTO ca_calleridrules (cx_ca_id, cx_regex, cx_replacement, cx_order)"
                 " VALUES (1, '^00', '\\0', 0), (1, '^06', '+39\\0', 1), (1, '.', '0', 2)")
    number = did(site, "CALLERIDMOD-1", ext(site, "101"))
    for caller, changed in (("0611223344", "+390611223344"), ("0039061", "0039061"), ("555", "0")):
        reach_from_outside(site, number, caller=caller)
        assert landed(site, number, "101-DEMO", src=changed)


# --- DIDs that are sent elsewhere


def test_a_did_is_sent_elsewhere_by_phone(site):
    number = f"39020001{next(_codes)}"
    row = make(site, "dids", number=number, destination=[ext(site, "101")], unconditional=[ext(site, "102")])
    tag = f"-{row['id']}"
    on, off, toggle, leads = (code(site, word + tag) for word in (
        "ENABLEUNCONDITIONALDID", "DISABLEUNCONDITIONALDID", "TOGGLEUNCONDITIONALDID", "SETUNCONDITIONALDID"))

    def goes_to(who):
        reach_from_outside(site, number)
        landed(site, number, who)

    for switch, who in ((on, "102-DEMO"), (off, "101-DEMO"), (toggle, "102-DEMO"), (toggle, "101-DEMO")):
        assert talk(site, switch, 3000)[0] == "answered"
        goes_to(who)
    assert talk(site, leads, 60000, digits="104#")[0] == "answered"
    assert site.openapi("GET", f"/dids/{row['id']}").json()["related"]["destinations"]["DID-UNCONDITIONAL"][0][
        "tag"] == ext(site, "104")
    for _ in range(2):
        assert talk(site, leads, 60000, digits="0299999999#")[0] == "answered"
    goes_to("0299999999")
    assert len(site.lab.sql("SELECT * FROM cu_customs WHERE cu_te_id = 1 AND cu_param1 = '0299999999'")) == 1


# --- sounds


def test_a_sound_is_cleared_and_recorded_anew(site):
    sound = mediafile(site, "Greeting", 0.5)
    clear = code(site, f"CLEARRECORDING-{sound}", "SPECIAL-2")
    for word in ("RERECORD", "RERECORDSILENT"):
        assert talk(site, clear) == ["refused 486"]
        assert site.openapi("GET", f"/mediafiles/{sound}").json()["me_md5"] is None
        call = start(site, code(site, f"{word}-{sound}", "SPECIAL-1"), 60000)
        with site.lab.ami() as manager:
            recorded = site.lab.home / f"media/DEMO/{sound}.new.wav"
            eventually(lambda: recorded.exists() and recorded.stat().st_size > 24000)
            manager.action("PlayDTMF", Channel=channel(site, "100"), Digit="#", Receive="true")
        assert call.result()[0] == "answered"
        now = eventually(lambda: [it for it in [site.openapi("GET", f"/mediafiles/{sound}").json()]
                                  if it["me_md5"] is not None])[0]
        assert int(now["me_size"]) > 24000
    assert eventually(lambda: not site.lab.sql("SELECT 1 FROM ac_callactions"))


# --- custom destinations and specials


def test_custom_destinations_do_their_work(site):
    # a context the operator wrote, and one he did not
    with site.lab.ami() as manager:
        call = start(site, code(site, custom(site, "GOTO", cu_param1="hello")), 60000)
        assert manager.wait(lambda event: event.get("UserEvent") == "CustomHello")["Tenant"] == "DEMO"
    assert call.result()[0] == "answered"
    for where in ("authenticated", "custom-nothing"):
        number = did(site, custom(site, "GOTO", cu_param1=where, cu_param2="101"), ext(site, "102"))
        reach_from_outside(site, number)
        landed(site, number, "102-DEMO")

    # a script of the operator's
    scripts = site.lab.root / "usr/share/asterisk/agi-bin"
    scripts.mkdir(parents=True, exist_ok=True)
    script = scripts / "patchbay-test"
    script.write_text('#!/bin/sh\nwhile read -r line && [ -n "$line" ]; do :; done\n'
                      'printf \'SET VARIABLE CALLERID(name) "%s"\\n\' "$1"\nread -r answer\n')
    script.chmod(0o755)
    number = did(site, custom(site, "AGI", cu_param1="../patchbay-test", cu_param2="From a script"),
                 ext(site, "101"))
    reach_from_outside(site, number)
    assert landed(site, number, "101-DEMO")["clid"].startswith('"From a script"')
    script.unlink()

    # who hides has to key a number
    private = did(site, custom(site, "PRIVACY", cu_param1="1", cu_param2="10",
                               destinations={"PRIVACY-DONTCALL": ["SPECIAL-1"]}), ext(site, "101"))
    reach_from_outside(site, private)
    landed(site, private, "101-DEMO")
    assert outside(site, private, caller="anonymous", ms=60000) == ["answered", "ended"]


def with_provider(site, number):
    """A call from outside talks to the phone of the number; the channels that there are."""
    rows = [row for row in site.proxy("CHANNELS", format="json").json() if row["channel"].startswith("PJSIP/")]
    both = [row["bridgeid"] for row in rows if row["channel"].startswith(("PJSIP/provider-", f"PJSIP/{number}-DEMO-"))]
    return len(both) == 2 and both[0] == both[1] != "" and rows


def test_a_number_that_is_dialled_has_what_follows_its_answer_and_its_end(site):
    ident, state = campaign(site)
    number = did(site, custom(site, "DIALNUMBER", cu_param1="101", onanswer=[f"PAUSECAMPAIGN-{ident}"],
                              destinations={"CTONCALLERHANGUP": [ext(site, "102")]}))
    call = site.lab.call_from_outside("393331234567", number, 60000)
    eventually(lambda: site.talking() and state() == "PAUSED")
    site.proxy("HANGUP", channel=next(it for it in site.lab.channels() if it.startswith("PJSIP/provider-")))
    assert call.result() == ["answered", "ended"]
    eventually(lambda: {it[6:14] for it in site.lab.channels() if it.startswith("PJSIP/")}
               == {"101-DEMO", "102-DEMO"} and site.talking())
    site.proxy("HANGUP", number="102")

    # nobody answers: nothing follows, and the list goes on
    ident, state = campaign(site)
    number = did(site, custom(site, "DIALNUMBER", cu_param1="103", onanswer=[f"PAUSECAMPAIGN-{ident}"]),
                 ext(site, "101"))
    reach_from_outside(site, number)
    landed(site, number, "101-DEMO")
    assert state() == "STOPPED"


def test_caller_and_called_are_parted_when_the_called_answers(site):
    parted = did(site, custom(site, "DIALNUMBER", cu_param1="101", split_caller=[ext(site, "102")],
                              split_called=["SPECIAL-6"]))
    call = site.lab.call_from_outside("393331234567", parted, 60000)
    rows = eventually(lambda: with_provider(site, "102"))
    assert {row["channel"][6:14] for row in rows} >= {"101-DEMO", "102-DEMO"}
    for number in ("101", "102"):
        site.proxy("HANGUP", number=number)
    assert call.result() == ["answered", "ended"]


def test_a_caller_is_called_back(site):
    back = custom(site, "CALLBACK", cu_param1="0", cu_param2="2",
                  destinations={"CALLBACK-CONNECTED": [ext(site, "102")]})
    assert talk(site, code(site, back), source="101") == ["refused 403"]
    eventually(lambda: {it[6:14] for it in site.lab.channels() if it.startswith("PJSIP/")}
               == {"101-DEMO", "102-DEMO"} and site.talking())
    site.proxy("HANGUP", number="102")


def test_specials_read_back_and_dial_by_name(site):
    with site.lab.ami() as manager:
        call = start(site, code(site, "SPECIAL-7", "SPECIAL-1"), 60000)
        said = manager.wait(lambda event: event.get("Application") == "SayDigits")
        assert said["AppData"] == "100"
    assert call.result()[0] == "answered"
    make(site, "voicemails", mailbox="102", fullname="Zoe Quill", password="1234")
    number = code(site, "SPECIAL-9")
    call = start(site, number, 60000, digits="784" + "1" * 6)  # Q-U-I, and yes
    eventually(site.talking)
    site.proxy("HANGUP", number="102")
    assert call.result()[0] == "answered"


def test_a_feature_code_takes_a_parameter(site):
    condition = make(site, "conditions", name="Seven", type="FEATURECODEPARAMETER", co_param1="^7$",
                     condition=[ext(site, "101")], notcondition=[ext(site, "102")])
    number = code(site, f"CONDITION-{condition['id']}")
    for parameter, who in (("7", "101-DEMO"), ("8", "102-DEMO")):
        reach(site, number + parameter)
        landed(site, number + parameter, who)


# --- menus and queues


def test_a_menu_lets_through_extensions_features_and_numbers(site):
    sound = mediafile(site, "Through", 0.2)
    menu = make(site, "ivrs", name="Open", iv_allowanyextension="on", iv_allowfeatures="on", iv_allowdisa="on",
                iv_digittimeout="1", extension=[f"PLAYBACK-{sound}"], feature=[f"PLAYBACK-{sound}"])
    number = did(site, f"IVR-{menu['id']}")
    feature = code(site, ext(site, "102"))
    for digits, who in (("101", "101-DEMO"), (feature, "102-DEMO"), ("0299999999", "0299999999")):
        with site.lab.ami() as manager:
            call = site.lab.call_from_outside("393331234567", number, 60000, digits=digits)
            if not digits.startswith("02"):
                manager.wait(lambda event: f"/media/DEMO/{sound})" in event.get("AppData", ""))
        eventually(site.talking)
        site.lab.cli("channel request hangup all")
        call.result()
        landed(site, number, who)
    change(site, f"ivrs/{menu['id']}", iv_allowdisa="", iv_allowfeatures="", iv_allowanyextension="",
           wrong=["SPECIAL-1"])
    assert outside(site, number, ms=60000, digits="0299999999") == ["answered", "ended"]


def test_who_hangs_up_in_a_menu_or_a_queue_leaves_something_to_do(site):
    ident, state = campaign(site)
    menu = make(site, "ivrs", name="Left", iv_timeout="20", hangup=[f"STARTCAMPAIGN-{ident}"])
    number = did(site, f"IVR-{menu['id']}")
    assert outside(site, number, ms=1500) == ["answered", "hung up"]
    eventually(lambda: state() == "ACTIVE")
    queue = make(site, "queues", name="Patience", number="812", members=[{"extension_id": site.ids["104"]}],
                 onabandonedcall=[f"PAUSECAMPAIGN-{ident}"])
    call = start(site, "812", 60000)
    with site.lab.ami() as manager:
        eventually(lambda: [it for it in manager.list("QueueStatus", Queue=str(queue["id"]))
                            if it["Event"] == "QueueEntry"])
    site.proxy("HANGUP", number="100")
    assert call.result() == ["answered", "ended"]
    eventually(lambda: state() == "PAUSED")


def test_a_member_that_does_not_answer_is_paused_and_something_follows(site):
    ident, state = campaign(site)
    queue = make(site, "queues", name="Strict", number="816", members=[{"extension_id": site.ids["104"]}],
                 queue={"autopause": "yes", "timeout": 2, "retry": 1}, onautopause=[f"PAUSECAMPAIGN-{ident}"])
    call = start(site, "816", 60000)
    eventually(lambda: members(site, queue)["104-DEMO"]["paused"] == 1)
    eventually(lambda: state() == "PAUSED")
    assert members(site, queue)["104-DEMO"]["autopaused"] > 0
    site.proxy("HANGUP", number="100")
    assert call.result() == ["answered", "ended"]


def test_a_queue_calls_back_who_asks_for_it(site):
    sound = mediafile(site, "We are back", 0.2)
    queue = make(site, "queues", name="Back", number="813", qu_callback="on", qu_callbackdelay="0",
                 members=[{"extension_id": site.ids["104"]}],
                 oncallback=[f"PLAYBACK-{sound}", ext(site, "102")])
    call = start(site, "813", 60000, source="101")
    with site.lab.ami() as manager:
        eventually(lambda: [it for it in manager.list("QueueStatus", Queue=str(queue["id"]))
                            if it["Event"] == "QueueEntry"])
        manager.action("PlayDTMF", Channel=channel(site, "101"), Digit="5", Receive="true")
    assert call.result()[0] == "answered"
    eventually(lambda: {it[6:14] for it in site.lab.channels() if it.startswith("PJSIP/")}
               == {"101-DEMO", "102-DEMO"} and site.talking())
    site.proxy("HANGUP", number="101")


def test_a_queue_announces_with_media_files(site):
    ids = {name: mediafile(site, name, 0.2) for name in (
        "youarenext", "thereare", "callswaiting", "thankyou", "periodic_announce", "agent_announce")}
    queue = make(site, "queues", name="Told", number="814", members=[{"extension_id": site.ids["104"]}],
                 queue={"announce_frequency": 1, "announce_position": "yes", "min_announce_frequency": 1,
                        "announce_to_first_user": "yes", "timeout": 1, "retry": 1},
                 **{f"qu_{name}_me_id": id for name, id in ids.items()})
    with site.lab.ami() as manager:
        [row] = site.lab.sql("SELECT * FROM asterisk_queues WHERE name = ?", str(queue["id"]))
        for column, name in (("queue_youarenext", "youarenext"), ("announce", "agent_announce"),
                             ("periodic_announce", "periodic_announce"), ("queue_thankyou", "thankyou")):
            assert row[column].endswith(f"/media/DEMO/{ids[name]}")
        call = start(site, "814", 60000)
        eventually(lambda: [it for it in manager.list("QueueStatus", Queue=str(queue["id"]))
                            if it["Event"] == "QueueEntry"])
    with open(site.lab.log, errors="replace") as log:
        eventually(lambda: f"/media/DEMO/{ids['youarenext']}" in log.read())
    site.proxy("HANGUP", number="100")
    assert call.result() == ["answered", "ended"]


@pytest.mark.parametrize("kind", ["RINGALL", "SEQUENTIAL"])
def test_a_hunt_list_has_members_that_are_no_extensions(site, kind):
    [row] = site.lab.sql("SELECT ct_id FROM ct_customtypes WHERE ct_code = 'DIALNUMBER'")
    mobile = make(site, "customdestinations", name=f"Mobile {kind}", type_id=row["ct_id"], cu_param1="0333111222")
    hunt = make(site, "huntlists", name=f"Wide {kind}", number=f"8{next(_codes)}", type=kind, ringtime="3",
                members=[ext(site, "104"), f"CUSTOM-{mobile['id']}"])
    call = start(site, hunt["hu_number"], 60000)
    eventually(lambda: [it for it in site.talking() or [] if it["channel"].startswith("PJSIP/provider-")])
    site.proxy("HANGUP", number="100")
    assert call.result() == ["answered", "ended"]


def test_a_response_path_writes_down_what_a_caller_answers(site):
    site.lab.sql("INSERT INTO re_responsepaths (re_id, re_te_id, re_name) VALUES (1, 1, 'Survey')")
    queue = make(site, "queues", name="Asked", number="815", members=[{"extension_id": site.ids["101"]}])
    number = did(site, "RESPONSEPATH-1", f"QUEUE-{queue['id']}")
    reach_from_outside(site, number, caller="0611223344")
    rows = eventually(lambda: [it for it in [site.lab.sql("SELECT * FROM ri_responseitems ORDER BY ri_id")]
                               if it and it[-1]["ri_type"] == "HANGUP"])[0]
    assert [row["ri_type"] for row in rows] == ["START", "CALLERID", "QUEUE", "ANSWER", "HANGUP"]
    assert rows[1]["ri_value"].endswith("<0611223344>") and rows[3]["ri_value"] == "101-DEMO"
    shown = site.proxy("RESPONSEPATH", id="1", action="getlast", filter="answer", filterdata="101-DEMO",
                       format="xml").text
    for part in ("<Agent>101-DEMO</Agent>", "<Status>NOT ACTIVE</Status>", "<Queue>Asked</Queue>"):
        assert part in shown, shown


def test_a_phone_gets_a_text(site):
    number = did(site, f"SMS-{site.ids['101']}", ext(site, "102"))
    with site.lab.ami() as manager:
        call = site.lab.call_from_outside("0611223344", number, 60000)
        sent = manager.wait(lambda event: event.get("Variable") == "MESSAGE_SEND_STATUS")
        assert sent["Value"] == "SUCCESS"
    eventually(site.talking)
    site.proxy("HANGUP", number="102")
    assert call.result()[0] == "answered"
