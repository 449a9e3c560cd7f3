"""What calls make of what KalliopePBX REST was told: each test changes something there, applies it, and has
phones call."""

import pytest

from call_flow import answered_by, fixtures, landed, make, mediafile, reach, records, start, talk
from lab import eventually

site, quiet = fixtures("kalcalls")


def group(name, selection, *priorities, timeout=60, more=""):
    """A call group with a priority for each list of members."""
    steps = "".join(
        f"<priority><id>{place}</id><members>"
        + "".join(f"<member><exten>{number}</exten></member>" for number in members)
        + "</members></priority>" for place, members in enumerate(priorities, 1))
    return (f"<callgroup><name>{name}</name><selection>{selection}</selection><timeout>{timeout}</timeout>"
            f"{more}<priorities>{steps}</priorities></callgroup>")


def failover(kind, value="", more="", intro=""):
    return (f"<failover><intro>{intro}</intro><type>{kind}</type><destination><value>{value}</value>{more}"
            "</destination></failover>")


def gateway(kind, its_id):
    return f"<gateway_type>{kind}</gateway_type><gateway_id>{its_id}</gateway_id>"


def group_id(site, name):
    return next(it.findtext("id") for it in site.rest("GET", "/pbx/callgroups").xml.iter("callgroup")
                if it.findtext("name") == name)


def test_a_change_that_waits_is_none_to_a_call(site):
    answer = site.rest("POST", "/pbx/callgroups", group("Waits", "840", ["101"]))
    assert answer.xml.findtext("callgroup/error/code") == "0"
    assert talk(site, "840") == ["refused 404"]
    assert site.rest("PUT", "/pbx/revert", "").xml.findtext("pbx_reverted") == "true"
    assert talk(site, "840") == ["refused 404"]
    site.rest_change("POST", "/pbx/callgroups", group("Waits", "840", ["101"]))
    reach(site, "840")
    answered_by(site, "840", "101-DEMO")


def test_priorities_ring_one_after_the_other_and_a_disabled_group_rings_nobody(site):
    site.rest_change("POST", "/pbx/callgroups", group("Steps", "841", ["104", "103"], ["102"], timeout=5))
    with site.lab.ami() as manager:
        call = start(site, "841", 300)
        rung = [manager.wait(lambda event: event.get("Event") == "DialBegin"
                             and event["DestChannel"].startswith("PJSIP/"))["DestChannel"][6:14]
                for _ in range(3)]
        assert call.result() == ["answered", "hung up"]
    assert (sorted(rung[:2]), rung[2]) == (["103-DEMO", "104-DEMO"], "102-DEMO")
    answered_by(site, "841", "102-DEMO")
    its_id = group_id(site, "Steps")
    site.rest_change("PUT", f"/pbx/callgroups/{its_id}", group(
        "Steps", "841", ["102"], more="<enabled>false</enabled>" + failover("FORWARD_TO_EXTEN", "101")))
    reach(site, "841")
    answered_by(site, "841", "101-DEMO")


@pytest.fixture(scope="module")
def lines(site):
    """A provider, and a routing profile by which it is reached."""
    everybody = {"key": site.global_key, "tenant": None}
    world = make(site, "providers", **everybody, name="World", peername="world", tech="PJSIP",
                 host=f"127.0.0.2:{site.lab.provider_port}")["id"]
    profile = make(site, "routingprofiles", **everybody, name="Balanced")["id"]
    site.lab.sql("INSERT INTO dl_dialingrules (dl_rp_id, dl_name, dl_regex, dl_pr_id, dl_adddigits) "
                 "VALUES (?, 'all', '.', ?, '0039')", profile, world)
    return world, profile


def test_a_failover_leads_outside_by_its_gateway_behind_an_announcement(site, lines):
    world, profile = lines
    sound = mediafile(site, "We are away", 0.2)
    site.rest_change("PUT", "/users/configs/103", "<user>" + failover(
        "FORWARD_TO_EXTERNAL_NUMBER", "0255123", gateway("GATEWAY", world), "We are away") + "</user>")
    with site.lab.ami() as manager:
        call = start(site, "103", 30000)
        manager.wait(lambda event: "Playback(" in event.get("AppData", "") and f"/media/DEMO/{sound})" in event["AppData"])
        eventually(lambda: len(site.talking() or []) == 2)
        site.proxy("HANGUP", number="100")
        assert call.result() == ["answered", "ended"]
    leg = landed(site, "103", "0255123")
    assert leg["dstchannel"].startswith("PJSIP/world-")
    # a routing profile, of a group
    site.rest_change("POST", "/pbx/callgroups", group(
        "Away", "842", ["103"], more=failover("FORWARD_TO_EXTERNAL_NUMBER", "0255124", gateway("BALANCER", profile))))
    reach(site, "842")
    leg = landed(site, "842", "0255124")
    assert any("00390255124@world" in it["lastdata"] for it in site.lab.records("linkedid = ?", leg["linkedid"]))
    site.rest_change("PUT", "/users/configs/103", "<user><failover/></user>")
    assert talk(site, "103") == ["refused 486"]


def click(site, exten, number, kind="auto"):
    answer = site.rest("POST", "/click2call", f"<click2call><exten>{exten}</exten><number_to_call>{number}"
                       f"</number_to_call><type>{kind}</type></click2call>")
    return answer.xml.findtext("click2call/error_code/code"), answer.text


def ended(site):
    eventually(lambda: len(site.talking() or []) == 2)
    site.proxy("HANGUP", number="100")


def test_click2call_answers_with_the_outcome_of_the_call(site):
    site.rest_change("POST", "/pbx/callgroups", group("Clicked", "843", ["102"]))
    assert click(site, "100", "843", "exten")[0] == "0"
    ended(site)
    # a number that is somebody's here, and is meant outside
    site.extension("0299123")
    assert click(site, "100", "0299123", "out")[0] == "0"
    ended(site)
    assert landed(site, "0299123", "0299123")["dstchannel"].startswith("PJSIP/provider-")
    assert click(site, "100", "0299124", "exten")[0] == "10"
    code, text = click(site, "103", "101")
    assert code == "10" and "did not answer" in text, text
    site.extension("199")
    code, text = click(site, "199", "101")
    assert code == "10" and "not registered" in text, text


def test_a_speed_dial_dials(site):
    site.rest_change("POST", "/phonebook/contacts", "<contact><first_name>Ada</first_name><last_name>Byron</last_name>"
                     "<phone>02 991 7788</phone><speed_dial>88</speed_dial></contact>")
    reach(site, "88")
    assert records(site, "88", disposition="ANSWERED")["dstchannel"].startswith("PJSIP/provider-")


def test_a_user_that_was_applied_registers_and_one_that_was_deleted_does_not(site):
    account = ("150-DEMO", "Kalliope-Secret-150")
    assert site.rest("POST", "/users/configs", "<user><exten>150</exten><sip_secret>Kalliope-Secret-150</sip_secret>"
                     "<first_name>A</first_name><last_name>B</last_name></user>").xml.findtext("user/error/code") == "0"
    assert site.lab.register([account]) == [account[0]]
    assert site.rest("PUT", "/pbx/apply", "").xml.findtext("pbx_applied") == "true"
    assert site.lab.register([account]) == []
    # switched off and on again
    site.rest_change("PUT", "/users/configs/150", "<user><enabled>false</enabled></user>")
    assert site.lab.register([account]) == [account[0]]
    assert talk(site, "150") != ["answered", "ended"]
    site.rest_change("PUT", "/users/configs/150", "<user><enabled>true</enabled></user>")
    assert site.lab.register([account]) == []
    site.rest_change("DELETE", "/users/configs/150")
    assert site.lab.register([account]) == [account[0]]
