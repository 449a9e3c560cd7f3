"""SIP trunks made through the APIs, against a second Asterisk as the provider: they register, are rejected, end
their registration and carry calls, without a reload by hand."""

import socket

import pytest

from carrier import Carrier
from lab import eventually
from pbx_site import Site

ACCOUNTS = {f"acc{n}": f"secret-acc{n}" for n in range(1, 8)}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("host"), "trunks") as made:
        with Carrier("carrier", made.lab.base, ACCOUNTS) as carrier:
            made.carrier = carrier
            made.phone("100")
            yield made


def trunk(site, user, status=201, **more):
    """A trunk to the carrier, made as MikoPBX's clients do."""
    answer = site.v3("POST", "/sip-providers", json={
        "description": f"Carrier {user}", "host": site.carrier.address, "port": site.carrier.sip_port, "username": user,
        "secret": ACCOUNTS.get(user, "secret"), "registration_type": "outbound", "qualifyfreq": 10} | more)
    assert answer.status_code == status, answer.text
    return answer.json()["data"]


def state(site, it):
    return site.v3("GET", f"/sip-providers/{it['id']}:getStatus").json()["data"]["state"]


def becomes(site, it, wanted):
    def probe():
        found = state(site, it)
        return found == wanted and found
    try:
        eventually(probe, 30)
    except AssertionError:
        raise AssertionError(f"{state(site, it)}, not {wanted}: {registrations(site)}, "
                             f"{site.lab.sql('SELECT uri, endpoint FROM ps_contacts')}") from None


def registrations(site):
    with site.lab.ami() as manager:
        return {it["ObjectName"]: it["Status"] for it in manager.list("PJSIPShowRegistrationsOutbound")
                if it["Event"] == "OutboundRegistrationDetail"}


def contacts(lab, name):
    """Where somebody is registered, as that Asterisk says."""
    return [it["Uri"] for it in lab.sql("SELECT uri AS Uri FROM ps_contacts WHERE endpoint = ?", name)]


def asked(lab, name):
    with lab.ami() as manager:
        return [it for it in manager.list("PJSIPShowContacts") if it["ObjectName"].startswith(name + ";")
                or it["Endpoint"] == name]


def test_a_trunk_registers_and_is_rejected_and_ends_its_registration(site):
    good = trunk(site, "acc1")
    bad = trunk(site, "acc2", secret="wrong")
    becomes(site, good, "registered")
    becomes(site, bad, "rejected")
    eventually(lambda: contacts(site.carrier, "acc1"))
    # put right
    assert site.v3("PATCH", f"/sip-providers/{bad['id']}", json={"secret": ACCOUNTS["acc2"]}).status_code == 200
    becomes(site, bad, "registered")
    # off and on again
    for disabled, wanted in ((True, "OFF"), (False, "registered")):
        site.v3("POST", f"/sip-providers/{bad['id']}:updateStatus", json={"disabled": disabled})
        becomes(site, bad, wanted)
        eventually(lambda: bool(contacts(site.carrier, "acc2")) is not disabled)
    # another user
    assert site.v3("PUT", f"/sip-providers/{bad['id']}", json={
        "description": "Changed", "registration_type": "outbound", "host": site.carrier.address,
        "username": "acc3", "secret": ACCOUNTS["acc3"]}).status_code == 200
    becomes(site, bad, "registered")
    eventually(lambda: contacts(site.carrier, "acc3"))
    for it in (good, bad):
        assert site.v3("DELETE", f"/sip-providers/{it['id']}").status_code == 200
    eventually(lambda: not contacts(site.carrier, "acc1") and not contacts(site.carrier, "acc3"))
    assert registrations(site) == {}


def test_who_is_deleted_is_asked_no_more(site):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(20)
        it = trunk(site, "nobody", registration_type="none", host="127.0.0.1", port=peer.getsockname()[1], qualifyfreq=10)
        first = peer.recv(4000)
        assert first.startswith(b"OPTIONS sip:127.0.0.1")
        eventually(lambda: state(site, it) == "unreachable", 30)
        assert site.v3("DELETE", f"/sip-providers/{it['id']}").status_code == 200
        eventually(lambda: not asked(site.lab, it["id"]))


def test_the_provider_calls_a_number_and_is_called(site):
    """Route in, route out and trunk are made by this API."""
    it = trunk(site, "acc1")
    becomes(site, it, "registered")
    made = site.v3("POST", "/incoming-routes", json={"number": "390299887766", "extension": "100", "provider": it["id"],
                                                    "rulename": "Main"})
    assert made.status_code == 201, made.text
    with site.lab.ami() as manager:
        site.carrier.originate(Channel="PJSIP/390299887766@acc1", Context="carrier", Exten="12345678", Priority="1",
                               CallerID='"Out There" <39333777888>')
        rung = manager.wait(lambda event: event.get("Event") == "DialBegin")
        assert rung["DestChannel"].startswith("PJSIP/100-DEMO")
        assert rung["CallerIDNum"] == "39333777888"
    eventually(lambda: len(site.lab.channels()) >= 2)
    site.carrier.cli("channel request hangup all")
    eventually(site.quiet)

    route = site.v3("POST", "/outbound-routes", json={"rulename": "Out", "providerid": it["id"], "numberbeginswith": "",
                                                     "restnumbers": "9", "trimfrombegin": 0, "prepend": ""})
    assert route.status_code == 201, route.text
    assert site.v3("GET", f"/sip-providers/{it['id']}").json()["data"]["host"] == site.carrier.address
    with site.carrier.ami() as manager:
        call = site.call("100", "123456789", 500)
        seen = manager.wait(lambda event: event.get("Event") == "UserEvent" and event["UserEvent"] == "Carrier")
        assert call.result()[0] == "answered"
    assert seen["Number"] == "123456789"
    assert "<sip:acc1@127.0.0.3" in seen["From"], seen


def test_a_trunk_registers_here_as_its_user_and_calls_in(site):
    number = "390211223344"
    made = site.v3("POST", "/sip-providers", json={"description": "They register", "registration_type": "inbound",
                                                  "username": "branch7", "secret": "secret-branch7", "qualify": False})
    assert made.status_code == 201, made.text
    it = made.json()["data"]
    assert state(site, it) == "UNREGISTERED"
    assert site.lab.register([("branch7", "wrong")]) == ["branch7"]
    assert site.lab.register([("branch7", "secret-branch7")]) == []
    becomes(site, it, "REGISTERED")
    assert site.v3("POST", "/incoming-routes", json={"number": number, "extension": "100"}).status_code == 201
    with site.lab.ami() as manager:
        call = site.lab.call("branch7", "secret-branch7", number, 500)
        begun = manager.wait(lambda event: event.get("Event") == "DialBegin")
        assert begun["Channel"].startswith(f"PJSIP/{it['id']}-"), begun
        assert begun["DestChannel"].startswith("PJSIP/100-DEMO")
        assert call.result()[0] == "answered"
    # another trunk cannot be it, and no phone is called so
    assert site.v3("POST", "/sip-providers", json={
        "description": "Same", "registration_type": "inbound", "username": "branch7", "secret": "x"}).status_code == 409
    assert site.v3("DELETE", f"/sip-providers/{it['id']}").status_code == 200
    assert site.lab.register([("branch7", "secret-branch7")]) == ["branch7"]


def test_an_employee_logs_in_as_his_number_and_forwards_outside(site):
    made = site.v3("POST", "/employees", json={"number": "243", "user_username": "Emil", "sip_secret": "secret-243",
                                              "fwd_forwardingonunavailable": "555666777"})
    assert made.status_code == 201, made.text
    it = made.json()["data"]
    assert it["sip_username"] == "243" and it["fwd_forwardingonunavailable"] == "555666777"
    other = site.openapi("POST", "/extensions", tenant="NORTH", key=site.north_key, json={
        "number": "244", "name": "Theirs", "tech": "PJSIP", "password": "secret-244"})
    assert other.status_code == 201, other.text
    twin = site.v3("POST", "/employees", json={"number": "244", "user_username": "Twin", "sip_secret": "secret-244"}).json()["data"]
    assert twin["sip_username"] == "244-DEMO"
    # nobody is there: the call goes out
    line = trunk(site, "acc7")
    becomes(site, line, "registered")
    route = site.v3("POST", "/outbound-routes", json={"rulename": "Forwards", "providerid": line["id"],
                                                     "numberbeginswith": "555"})
    assert route.status_code == 201, route.text

    def forwarded(number):
        with site.carrier.ami() as manager:
            call = site.call("100", "243", 500)
            seen = manager.wait(lambda event: event.get("Event") == "UserEvent" and event["UserEvent"] == "Carrier")
            assert call.result()[0] == "answered"
        return seen["Number"] == number

    assert forwarded("555666777")
    # the mobile of his own, as it says it is dialled
    site.v3("PATCH", f"/employees/{it['id']}", json={
        "mobile_number": "79001234567", "mobile_dialstring": "5551234567", "fwd_forwardingonunavailable": "79001234567"})
    assert forwarded("5551234567")
    # who may not call outside does not forward there
    assert site.openapi("PATCH", f"/extensions/{it['id']}", json={"ex_callallowed": "internal"}).status_code == 200
    assert site.call("100", "243", 500).result()[0].startswith("refused")

    assert site.lab.register([("243", "secret-243")]) == []
    assert site.lab.register([("244-DEMO", "secret-244")]) == []
    status = site.v3("GET", "/sip/243:getStatus").json()["data"]
    assert status["status"] == "Available" and len(status["devices"]) == 1
    with site.lab.ami() as manager:
        call = site.lab.call("243", "secret-243", "100", 500)
        begun = manager.wait(lambda event: event.get("Event") == "DialBegin")
        assert begun["Channel"].startswith("PJSIP/243-DEMO-") and begun["CallerIDNum"] == "243"
        assert call.result()[0] == "answered"
    assert site.call("100", "243", 500).result()[0] == "answered"
    for gone in (it, twin):
        assert site.v3("DELETE", f"/employees/{gone['id']}").status_code == 200
    assert site.lab.register([("243", "secret-243")]) == ["243"]


def test_a_trunk_over_ipv6_and_over_tcp(site):
    both = trunk(site, "acc4", host="::1", transport="udp"), trunk(site, "acc5", transport="tcp")
    for it in both:
        becomes(site, it, "registered")
        eventually(lambda: state(site, it) == "registered")
    [six] = contacts(site.carrier, "acc4")
    assert "[::1]" in six, six
    [tcp] = contacts(site.carrier, "acc5")
    assert "transport=TCP" in tcp.replace("tcp", "TCP"), tcp
    shown = site.v3("GET", f"/sip-providers/{both[0]['id']}").json()["data"]
    assert (shown["host"], shown["port"]) == ("::1", site.carrier.sip_port)
    for it in both:
        assert site.v3("DELETE", f"/sip-providers/{it['id']}").status_code == 200


def test_the_headers_of_a_call_say_who_calls_and_what_is_called(site):
    it, number = trunk(site, "acc6"), "390200000001"
    becomes(site, it, "registered")
    assert site.v3("POST", "/incoming-routes", json={"number": number, "extension": "100"}).status_code == 201

    def ended():
        site.carrier.cli("channel request hangup all")
        return not site.carrier.channels()

    def called(fields, caller="39333777888", **headers):
        """Who is rung, and by whom, for a call to the user that the trunk registers as."""
        changed = site.v3("PATCH", f"/sip-providers/{it['id']}", json=fields)
        assert changed.status_code == 200, changed.text
        becomes(site, it, "registered")
        with site.lab.ami() as manager:
            site.carrier.call("acc6", "acc6", **headers)
            rung = manager.wait(lambda event: event.get("Event") == "DialBegin")
        assert rung["DestChannel"].startswith("PJSIP/100-DEMO"), rung
        assert rung["CallerIDNum"] == caller, rung
        eventually(ended)
        eventually(site.quiet)

    called({"did_source": "diversion"}, DIVERSION=f'"A <b" <sip:{number}@192.0.2.1>;reason=unconditional')
    called({"did_source": "custom", "did_custom_header": "X-Called", "did_parser_start": "num=", "did_parser_end": ";"},
           XCALLED=f"a=1;num={number};b=2")
    called({"did_parser_start": "", "did_parser_end": "", "did_parser_regex": r"n(?:um)?=\+?(\d{12})\D"},
           XCALLED=f"num=1;num=+{number};")
    called({"cid_source": "custom", "cid_custom_header": "X-Caller"}, caller="4930123", XCALLED=f"num=+{number};",
           XCALLER="<sip:4930123@192.0.2.1>")
    called({"cid_custom_header": "X-Caller", "cid_parser_regex": r"\d+$"}, caller="77", XCALLED=f"n={number}x",
           XCALLER="4930123 x 77")
