"""SIP trunks made through the APIs, against a second Asterisk as the provider: they register, are rejected, end
their registration and carry calls, without a reload by hand."""

import socket

import pytest

from carrier import Carrier
from lab import eventually
from pbx_site import Site

ACCOUNTS = {f"acc{n}": f"secret-acc{n}" for n in range(1, 13)}


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
    called({"cid_source": "rpid"}, caller="4940555", XCALLED=f"num={number};", RPID="<sip:4940555@192.0.2.1>;party=calling")
    called({"cid_source": "pai"}, XCALLED=f"num={number};")
    called({"cid_source": "custom", "cid_custom_header": "X-Caller", "cid_parser_regex": r"\d+$"}, caller="77", XCALLED=f"n={number}x",
           XCALLER="4930123 x 77")


def emptied(site):
    """No trunk and no route of the tests before: who is known by the carrier's address is one trunk's to say."""
    for kind in ("incoming-routes", "outbound-routes", "sip-providers"):
        for it in site.v3("GET", f"/{kind}", params={"includeDisabled": "true"}).json()["data"]:
            assert site.v3("DELETE", f"/{kind}/{it['id']}").status_code == 200


def incoming(site, number, **more):
    made = site.v3("POST", "/incoming-routes", json={"number": number, "extension": "100"} | more)
    assert made.status_code == 201, made.text
    return made.json()["data"]


def comes_in(site, place):
    """By which trunk a call of the carrier comes in, as Dial takes the place; None where it is refused."""
    by = None
    with site.lab.ami() as manager, site.carrier.ami() as theirs:
        site.carrier.originate(Channel=f"PJSIP/{place}", Context="carrier", Exten="12345678", Priority="1",
                               CallerID='"Out There" <39333777888>')
        if theirs.wait(lambda event: event.get("Event") == "DialEnd")["DialStatus"] == "ANSWER":
            rung = manager.wait(lambda event: event.get("Event") == "DialBegin")
            assert rung["DestChannel"].startswith("PJSIP/100-DEMO"), rung
            by = rung["Channel"].removeprefix("PJSIP/").rsplit("-", 1)[0]

    def ended():
        site.carrier.cli("channel request hangup all")
        return not site.carrier.channels() and site.quiet()
    eventually(ended)
    return by


def goes_out(site, number):
    """What the carrier sees of a call of phone 100."""
    with site.carrier.ami() as manager:
        call = site.call("100", number, 500)
        seen = manager.wait(lambda event: event.get("Event") == "UserEvent" and event["UserEvent"] == "Carrier")
        assert call.result()[0] == "answered"
    eventually(lambda: site.quiet() and not site.carrier.channels())
    return seen


def changed(site, it, **fields):
    answer = site.v3("PATCH", f"/sip-providers/{it['id']}", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def filtered(site, network, subnet, it=None):
    """A network filter, or an other network for one."""
    body = {"network": network, "subnet": subnet, "description": "Where they are"}
    answer = site.v3("PATCH", f"/firewall/{it['id']}", json=body) if it else site.v3("POST", "/firewall", json=body)
    assert answer.status_code == (200 if it else 201), answer.text
    return answer.json()["data"]


def test_a_route_of_one_provider_takes_its_calls_alone(site):
    emptied(site)
    first, second = trunk(site, "acc8"), trunk(site, "acc9")
    for it in (first, second):
        becomes(site, it, "registered")
    route = incoming(site, "390255000001", provider=first["id"])
    incoming(site, "+390255000002")
    assert comes_in(site, "390255000001@acc8") == first["id"]
    assert comes_in(site, "390255000001@acc9") is None
    for account, it in (("acc8", first), ("acc9", second)):
        assert comes_in(site, f"390255000002@{account}") == it["id"]
    # bound to the other, to none, and gone with its provider
    for provider, takes in ((second["id"], {second["id"]}), ("none", {first["id"], second["id"]}),
                            (second["id"], {second["id"]})):
        assert site.v3("PATCH", f"/incoming-routes/{route['id']}", json={"provider": provider}).status_code == 200
        assert {comes_in(site, f"390255000001@{account}") for account in ("acc8", "acc9")} - {None} == takes
    assert site.v3("DELETE", f"/sip-providers/{second['id']}").status_code == 200
    assert comes_in(site, "390255000001@acc8") is None
    assert [it["number"] for it in site.v3("GET", "/incoming-routes").json()["data"]] == ["+390255000002"]


def test_the_filter_of_a_trunk_says_where_its_calls_come_from(site):
    emptied(site)
    number = "390255000003"
    it, elsewhere = trunk(site, "acc10"), filtered(site, "10.0.0.0", 8)
    becomes(site, it, "registered")
    incoming(site, number)
    assert comes_in(site, f"{number}@acc10") == it["id"]
    changed(site, it, networkfilterid=elsewhere["id"])
    assert comes_in(site, f"{number}@acc10") is None
    filtered(site, "127.0.0.0", 29, elsewhere)
    assert comes_in(site, f"{number}@acc10") == it["id"]
    filtered(site, "127.0.0.8", 29, elsewhere)
    assert comes_in(site, f"{number}@acc10") is None
    changed(site, it, networkfilterid="none")
    assert comes_in(site, f"{number}@acc10") == it["id"]
    # one that registers here
    theirs = site.v3("POST", "/sip-providers", json={
        "description": "They register", "registration_type": "inbound", "username": "branch8", "secret": "secret-branch8",
        "qualify": False, "networkfilterid": elsewhere["id"]}).json()["data"]
    assert site.lab.register([("branch8", "secret-branch8")]) == ["branch8"]
    assert state(site, theirs) == "UNREGISTERED"
    filtered(site, "127.0.0.0", 8, elsewhere)
    assert site.lab.register([("branch8", "secret-branch8")]) == []
    becomes(site, theirs, "REGISTERED")


def test_the_filter_of_an_employee_says_where_his_phone_is(site):
    elsewhere = filtered(site, "10.0.0.0", 8)
    made = site.v3("POST", "/employees", json={"number": "246", "user_username": "Far", "sip_secret": "secret-246",
                                              "sip_networkfilterid": elsewhere["id"]})
    assert made.status_code == 201, made.text
    it, login = made.json()["data"], [("246", "secret-246")]
    assert site.lab.register(login) == ["246"]
    assert site.lab.call("246", "secret-246", "100", 500).result()[0].startswith("refused")
    filtered(site, "127.0.0.0", 8, elsewhere)
    assert site.lab.register(login) == []
    assert site.lab.call("246", "secret-246", "100", 500).result()[0] == "answered"
    filtered(site, "10.0.0.0", 8, elsewhere)  # who is registered calls no more either
    assert site.lab.call("246", "secret-246", "100", 500).result()[0].startswith("refused")
    assert site.v3("PATCH", f"/employees/{it['id']}", json={"sip_networkfilterid": "none"}).status_code == 200
    assert site.lab.call("246", "secret-246", "100", 500).result()[0] == "answered"
    assert site.v3("DELETE", f"/employees/{it['id']}").status_code == 200


def test_a_trunk_is_known_by_its_other_hosts(site):
    emptied(site)
    number = "390255000004"
    # Where it is called is nobody; the carrier calls from elsewhere, and registers nowhere.
    it = trunk(site, "acc11", registration_type="none", host="127.0.0.9", qualify=False)
    incoming(site, number)
    place = f"acc11/sip:{number}@127.0.0.1:{site.lab.sip_port}"
    assert comes_in(site, place) is None
    for hosts in (["192.0.2.7", site.carrier.address], ["127.0.0.0/29"]):
        changed(site, it, additionalHosts=[{"address": address} for address in hosts])
        assert comes_in(site, place) == it["id"], hosts
    changed(site, it, additionalHosts=[{"address": "192.0.2.7"}])
    assert comes_in(site, place) is None


def test_calls_go_out_as_the_fields_of_the_trunk_say(site):
    emptied(site)
    it = trunk(site, "acc12", transport="tcp", fromuser="desk", fromdomain="pbx.example.org",
               manualattributes="disallow=all\nallow=ulaw")
    becomes(site, it, "registered")
    route = site.v3("POST", "/outbound-routes", json={"rulename": "Out", "providerid": it["id"], "numberbeginswith": "8",
                                                     "restnumbers": "7", "trimfrombegin": 1, "prepend": "0049"})
    assert route.status_code == 201, route.text
    seen = goes_out(site, "81234567")
    assert seen["Number"] == "00491234567"
    assert "SIP/2.0/TCP" in seen["Via"] and "<sip:desk@pbx.example.org" in seen["From"], seen
    assert seen["Codecs"] == "(ulaw)", seen
    changed(site, it, transport="udp", fromuser="", manualattributes="disallow=all\nallow=alaw")
    becomes(site, it, "registered")
    seen = goes_out(site, "81234567")
    assert "SIP/2.0/UDP" in seen["Via"] and "<sip:acc12@pbx.example.org" in seen["From"], seen
    assert seen["Codecs"] == "(alaw)", seen
    changed(site, it, disablefromuser=True, fromdomain="", manualattributes="")
    seen = goes_out(site, "81234567")
    assert f"<sip:100@{site.carrier.address}" in seen["From"] and seen["Caller"] == "100", seen


def test_wrong_passwords_are_counted(site):
    made = site.v3("POST", "/employees", json={"number": "247", "user_username": "Guessed", "sip_secret": "secret-247"})
    assert made.status_code == 201, made.text

    def stats(number="247"):
        return site.v3("GET", f"/sip/{number}:getAuthFailureStats").json()["data"]

    assert stats() == []
    for login in ("247", "247-DEMO", "248"):
        assert site.lab.register([(login, "guess")]) == [login]
    [address, found] = eventually(lambda: stats() and next(iter(stats().values()))["count"] >= 2 and [*stats().items()][0])
    assert address == "127.0.0.1" and found["count"] == 2 and "/127.0.0.1/" in found["remote_address"], found
    assert site.v3("POST", "/sip:processAuthFailures").json()["data"] == {"processed": 1, "extensions": ["247"]}
    assert site.lab.register([("247", "secret-247")]) == []
    assert stats()[address]["count"] == 2
    assert site.v3("POST", "/sip/247:clearAuthFailureStats").json()["data"] == []
    assert stats() == []
    assert site.v3("DELETE", f"/employees/{made.json()['data']['id']}").status_code == 200
