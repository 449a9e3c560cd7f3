"""Who may call what: tenants that are off or full, extensions with limits, and emergency calls, which
pass them all. Objects are made through openapi.php and called by phones."""

import contextlib

import pytest

from call_flow import (bridged, change, ext, fixtures, landed, make, outside, reach,
                       reach_from_outside, records, start, talk)
from lab import eventually

site, quiet = fixtures("limits")


@contextlib.contextmanager
def set_to(site, path, back, **fields):
    """The object with these fields, and as it was after that."""
    whole = {"key": site.global_key, "tenant": None} if path.startswith("tenants/") else {}
    change(site, path, **whole, **fields)
    try:
        yield
    finally:
        change(site, path, **whole, **back)


def extension(site, number, back, **fields):
    return set_to(site, f"extensions/{site.ids[number]}", back, **fields)


def tenant(site, back, **fields):
    [row] = site.lab.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")
    return set_to(site, f"tenants/{row['te_id']}", back, **fields)


def setting(site, code, value):
    answer = site.proxy("SETTING", action="set", code=code, value=value)
    assert answer.text == "OK", answer.text


def help_is_reached(site, source="100"):
    reach(site, "112", source)
    leg = records(site, "112", disposition="ANSWERED")
    assert leg["dstchannel"].startswith("PJSIP/provider-")
    return leg


def test_a_tenant_that_is_off_calls_nobody_but_for_help(site):
    make(site, "dids", number="39020000101", destination=[ext(site, "101")])
    with tenant(site, {"te_disabled": ""}, te_disabled="on"):
        assert talk(site, "101") == ["refused 403"]
        assert talk(site, "0299999999") == ["refused 403"]
        assert outside(site, "39020000101") == ["refused 403"]
        help_is_reached(site)
    reach(site, "101")
    reach_from_outside(site, "39020000101")


def test_a_tenant_makes_no_more_calls_than_it_has_channels(site):
    make(site, "dids", number="39020000102", destination=[ext(site, "102")])
    with tenant(site, {"te_maxchannels": -1}, te_maxchannels=1):
        call = start(site, "101", 60000)
        eventually(lambda: bridged(site, "100", "101"))
        assert talk(site, "102", source="104") == ["refused 503"]
        assert outside(site, "39020000102") == ["refused 503"]
        second = start(site, "112", 60000, source="104")
        eventually(lambda: [row for row in site.proxy("CHANNELS", format="json").json()
                            if row["channel"].startswith("PJSIP/provider-") and row["bridgeid"]])
        for number in ("104", "100"):
            site.proxy("HANGUP", number=number)
        assert call.result() == second.result() == ["answered", "ended"]
        reach(site, "102")


def test_an_extension_calls_what_it_is_allowed(site):
    with extension(site, "100", {"ex_callallowed": ""}, ex_callallowed="none"):
        assert talk(site, "101") == ["refused 403"]
        assert talk(site, "0299999999") == ["refused 403"]
        help_is_reached(site)
    with extension(site, "100", {"ex_callallowed": ""}, ex_callallowed="internal"):
        reach(site, "101")
        assert talk(site, "0299999999") == ["refused 404"]
        help_is_reached(site)
    with extension(site, "100", {"ex_destallowregex": ""}, ex_destallowregex="^02"):
        reach(site, "0299999999")
        reach(site, "101")
        assert talk(site, "0699999999") == ["refused 403"]
        help_is_reached(site)


def test_an_extension_has_lists_of_whom_it_may_call(site):
    queue = make(site, "queues", name="Listed", number="810", members=[{"extension_id": site.ids["102"]}])
    make(site, "shortnumbers", number="55", destnumber="101")
    with extension(site, "100", {"donotcall": []}, donotcall=[ext(site, "101")]):
        assert talk(site, "101") == ["refused 403"]
        assert talk(site, "55") == ["refused 403"]
        reach(site, "102")
        reach(site, "0299999999")
        # it is the first number that counts, not where a call goes on to
        with extension(site, "102", {"unconditional": []}, unconditional=[ext(site, "101")]):
            reach(site, "102")
    with extension(site, "100", {"onlyallowcall": []}, onlyallowcall=[f"QUEUE-{queue['id']}"]):
        assert talk(site, "101") == ["refused 403"]
        assert talk(site, "55") == ["refused 403"]
        assert talk(site, "0299999999") == ["refused 403"]
        reach(site, "810")
        help_is_reached(site)


def test_an_extension_calls_outside_as_somebody(site):
    with extension(site, "100", {"ex_cidnum": "", "ex_cidname": "", "ex_emergencycidnum": ""},
                   ex_cidnum="0211111", ex_cidname="The office", ex_emergencycidnum="0222222"):
        reach(site, "0299999991")
        assert landed(site, "0299999991", "0299999991")["clid"] == '"The office" <0211111>'
        assert help_is_reached(site)["src"] == "0222222"
        reach(site, "101")  # inside it is who it is
        assert landed(site, "101", "101-DEMO")["src"] == "100"
    with extension(site, "100", {"ex_blockcid": ""}, ex_blockcid="on"):
        with site.lab.ami() as manager:
            call = start(site, "0299999992", 60000)
            asked = manager.wait(lambda event: event.get("Event") == "VarSet"
                                 and event.get("Variable") == "CALLERID(pres)"
                                 or event.get("Event") == "Newexten"
                                 and "CALLERID(pres)=prohib" in event.get("AppData", ""))
            assert asked
        eventually(site.talking)
        site.proxy("HANGUP", number="100")
        assert call.result() == ["answered", "ended"]


def test_a_number_of_the_tenants_own_is_no_emergency_call(site):
    setting(site, "EMERGENCYNUMBERS", "101 115")
    try:
        reach(site, "101")
        landed(site, "101", "101-DEMO")
        with extension(site, "100", {"ex_callallowed": ""}, ex_callallowed="none"):
            assert talk(site, "101") == ["refused 403"]
            assert talk(site, "112") == ["refused 403"]
            reach(site, "115")
    finally:
        setting(site, "EMERGENCYNUMBERS", "112,911")


def test_emergency_calls_have_routes_of_their_own(site):
    trunk = {"key": site.global_key, "tenant": None}
    world = make(site, "providers", **trunk, name="World", peername="world", tech="PJSIP",
                 host=f"127.0.0.2:{site.lab.provider_port}", callerid="0255555")
    full = make(site, "providers", **trunk, name="Full", peername="full", tech="PJSIP",
                host=f"127.0.0.1:{site.lab.phone_port('103-DEMO')}", ignore_busy="on")
    profile = make(site, "routingprofiles", **trunk, name="Office")
    for order, (regex, to, emergency, pin) in enumerate((
            ("^1.*", full["id"], "", ""), ("^1.*", world["id"], "on", "on"), ("^0.*", world["id"], "", ""))):
        site.lab.sql("INSERT INTO dl_dialingrules (dl_rp_id, dl_name, dl_regex, dl_pr_id, dl_deldigits,"
                     " dl_order, dl_emergencyroute, dl_usepin) VALUES (?, ?, ?, ?, 0, ?, ?, ?)",
                     profile["id"], regex, regex, to, order, emergency, pin)
    with extension(site, "100", {"ex_rp_id": None}, ex_rp_id=profile["id"]):
        reach(site, "112")  # and no PIN is asked for
        leg = records(site, "112", disposition="ANSWERED")
        assert leg["dstchannel"].startswith("PJSIP/world-") and leg["src"] == "0255555"
        assert talk(site, "1999999") == ["refused 503"]  # the other calls do not take that route


# --- how a call is taken


def test_do_not_disturb_has_one_truth(site):
    with extension(site, "101", {"ex_dnd": ""}, ex_dnd="on"):
        assert talk(site, "101") == ["refused 486"]
        assert site.proxy("DND", action="get", number="101").text == "on"
    reach(site, "101")
    assert talk(site, "*78", source="101")[0] == "answered"
    assert talk(site, "101") == ["refused 486"]
    assert site.openapi("GET", f"/extensions/{site.ids['101']}").json()["ex_dnd"] == "on"
    change(site, f"extensions/{site.ids['101']}", ex_dnd="")
    reach(site, "101")


def test_a_phone_without_call_waiting_is_busy_in_a_call(site):
    def second(expected):
        call = start(site, "101", 60000)
        eventually(lambda: bridged(site, "100", "101"))
        assert talk(site, "101", 300, source="103")[0] == expected
        site.proxy("HANGUP", number="100")
        assert call.result() == ["answered", "ended"]

    with extension(site, "101", {"ex_callwaiting": ""}, ex_callwaiting="no"):
        second("refused 486")
    second("answered")
    setting(site, "CALLWAITING", "no")
    try:
        second("refused 486")
        with extension(site, "101", {"ex_callwaiting": ""}, ex_callwaiting="yes"):
            second("answered")
    finally:
        setting(site, "CALLWAITING", "yes")


def test_an_extension_turns_away_who_hides(site):
    make(site, "dids", number="39020000103", destination=[ext(site, "101")])
    make(site, "dids", number="39020000104", destination=[ext(site, "101"), ext(site, "102")])
    with extension(site, "101", {"ex_blockanonymous": ""}, ex_blockanonymous="on"):
        assert outside(site, "39020000103", caller="anonymous") == ["refused 403"]
        reach_from_outside(site, "39020000104", caller="anonymous")
        landed(site, "39020000104", "102-DEMO")
        reach_from_outside(site, "39020000103")


def test_a_condition_decides_whether_an_extension_rings(site):
    yes = make(site, "conditions", name="100 calls", type="SIMPLECALLERID", co_param1="^100$")
    with extension(site, "101", {"ex_oncondition_id": None, "oncondition": []},
                   ex_oncondition_id=yes["id"], ex_onconditionstatus="on", oncondition=[ext(site, "102")]):
        reach(site, "101")
        landed(site, "101", "102-DEMO")
        reach(site, "101", source="103")
        landed(site, "101", "101-DEMO")
        change(site, f"extensions/{site.ids['101']}", ex_onconditionstatus="")
        reach(site, "101")
        landed(site, "101", "101-DEMO")


def test_a_call_ends_when_it_has_lasted_too_long(site):
    setting(site, "MAXCALLDURATION", "2")
    try:
        # nobody hangs up
        assert talk(site, "101", 60000) == ["answered", "ended"]
    finally:
        setting(site, "MAXCALLDURATION", "28800")


def test_a_did_puts_something_before_name_and_number(site):
    make(site, "dids", number="39020000105", destination=[ext(site, "101")], di_didprefix="9",
         di_didnameprefix="Sales: ")
    reach_from_outside(site, "39020000105", caller="0611223344")
    assert landed(site, "39020000105", "101-DEMO")["clid"] == '"Sales: 0611223344" <90611223344>'


@pytest.mark.parametrize("number, lists", [
    ("39020000111", ["QUEUE-{gone}", "EXT-{101}"]), ("39020000112", ["SPECIAL-9999", "EXT-{101}"]),
    ("39020000113", ["SAMENUMBERVM", "EXT-{101}"])])
def test_what_cannot_be_reached_gives_way_to_the_next(site, number, lists):
    """The objects are gone behind the back of the model, which refuses to delete them."""
    did = make(site, "dids", number=number, destination=[ext(site, "101")])
    site.lab.sql("DELETE FROM de_destinations WHERE de_type_src = 'DID' AND de_type_id_src = ?", did["id"])
    for order, tag in enumerate(lists):
        kind, _, what = tag.partition("-")
        what = {"{gone}": 9999, "{101}": site.ids["101"]}.get(what, what or 0)
        site.lab.sql("INSERT INTO de_destinations (de_te_id, de_type_src, de_type_id_src, de_type_dst,"
                     " de_type_id_dst, de_ord) VALUES (1, 'DID', ?, ?, ?, ?)", did["id"], kind, what, order)
    reach_from_outside(site, number)
    landed(site, number, "101-DEMO")
