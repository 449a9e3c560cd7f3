"""The job Patchbay is for, as its users meet it: a real Asterisk, SIP phones, every dialect."""

import array
import http.server
import json
import re
import shutil
import threading
import time
import wave

import pytest

from host import PROJECT
from lab import eventually
from pbx_site import PASSWORD, Site

KEY_ERROR = b"Too bad... you mistaken the security api key.\n"
EXAMPLES = PROJECT / "examples"


class Crm:
    """The customer's CRM: {"name": ...} of the numbers it knows."""

    def __init__(self):
        self.cards, self.asked = {}, []
        crm = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                number = self.path.partition("number=")[2]
                crm.asked.append(number)
                body = json.dumps({"name": crm.cards[number]}).encode() \
                    if number in crm.cards else b""
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/card"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def crm():
    crm = Crm()
    yield crm
    crm.close()


@pytest.fixture(scope="module")
def dropped(tmp_path_factory):
    """The integrator's scripts folder."""
    return tmp_path_factory.mktemp("scripts")


@pytest.fixture(scope="module")
def site(tmp_path_factory, crm, dropped):
    with Site(tmp_path_factory.mktemp("host"), "mainjob", lanes=3, scripts=[dropped],
              outgoing={"allow_private": True}, settings={"crm": {"url": crm.url}}) as site:
        for number in ("100", "101", "102"):
            site.phone(number)
        yield site


@pytest.fixture(autouse=True)
def no_call_left(site):
    yield
    eventually(site.quiet)


def loudest(path):
    with wave.open(str(path)) as sound:
        return max(array.array("h", sound.readframes(sound.getnframes())), default=0)


def dial(site, source, dest, **more):
    answer = site.proxy("DIAL", source=source, dest=dest, **more)
    assert re.fullmatch(r"Success\|Originate successfully queued\|[0-9a-f]{14}\|", answer.text)
    return answer.text.split("|")[2]


def hang_up(site, number):
    assert site.proxy("HANGUP", number=number).text == "Success|Channel Hungup|"


def make_call(site, source, dest, **more):
    """A call placed by DIAL, over again; returns its originate id."""
    originate = dial(site, source, dest, **more)
    eventually(site.talking)
    hang_up(site, source)
    eventually(site.quiet)
    return originate


# --- 1: an extension is a phone at once


def test_a_posted_extension_registers_at_once_and_only_with_its_password(site):
    answer = site.openapi("POST", "/extensions", json={
        "number": "210", "name": "API Demo", "tech": "PJSIP", "password": "change-this-secret"})
    assert answer.status_code == 201
    assert answer.json()["ex_tech_id"] == "210-DEMO"
    assert site.lab.register([("210-DEMO", "wrong")]) == ["210-DEMO"]
    assert site.lab.register([("210-DEMO", "change-this-secret")]) == []
    [contact] = site.lab.sql("SELECT * FROM ps_contacts WHERE endpoint = '210-DEMO'")
    assert contact["user_agent"] == "Lab phone"


# --- 2: a call through all its dialects


def test_a_call_is_seen_by_all_and_ended(site):
    dial(site, "210", "101")
    channels = eventually(site.talking)
    assert {row["callerid"] for row in channels} == {"210", "101"}
    assert {row["state"] for row in channels} == {"Up"}
    ids = {row["uniqueid"] for row in channels}

    plain = site.proxy("CHANNELS").text.splitlines()
    assert plain[0].startswith("Node|Channel|Context|Extension|Priority|State|")
    phones = [line for line in plain if line.startswith("srv02|PJSIP/")]
    assert {line.split("|")[-1] for line in phones} == ids

    current = site.proxy("GETCURRENTCALLS", format="json", multiple="yes").json()
    assert ids <= {row["UniqueID"] for row in current}
    one = site.proxy("GETCURRENTCALLS", format="json", phone="101").json()
    assert (one["CallerIDNum"], one["ConnectedLineNum"], one["State"]) == ("101", "210", "Up")

    assert site.proxy("COUNTCALLS").text == "1"
    count = len(plain) - 1
    assert site.proxy("COUNTCHANNELS").text == f"srv02:{count}|total:{count}|"
    assert site.proxy("COUNTCALLS", tenant="NORTH", key=site.north_key).text == "0"
    assert site.proxy("CHANNELS", tenant="NORTH", key=site.north_key, format="json").json() == []

    state = site.info("EXTSTATE", number="101", format="json").json()
    assert state["UniqueID"] in ids
    assert (state["Connected Line ID"], state["Connected Line ID Name"]) == ("210", "API Demo")
    assert site.openapi("GET", "/extensions/state", params={"number": "101"}).json() == state
    assert site.info("EXTSTATE", number="102").text == "OK|No call||||||\n"

    [active] = site.v3("GET", "/pbx-status").json()["data"]
    assert (active["src_num"], active["dst_num"], active["endtime"]) == ("210", "101", "")
    assert active["answer"]
    [both] = site.v3("GET", "/pbx-status:getActiveChannels").json()["data"]
    assert both["src_chan"].startswith("PJSIP/210-DEMO-")
    assert both["dst_chan"].startswith("PJSIP/101-DEMO-")

    # foreign hands cannot end it
    theirs = site.proxy("HANGUP", tenant="NORTH", key=site.north_key,
                        channel=channels[0]["channel"])
    assert theirs.text == "Error|No such channel|"
    assert site.talking()

    hang_up(site, "210")
    eventually(site.quiet)
    eventually(lambda: site.proxy("COUNTCALLS").text == "0")
    assert site.v3("GET", "/pbx-status").json()["data"] == []


# --- 3: the call record


def test_a_record_answers_everywhere_within_two_seconds_of_the_end(site):
    site.lab.sql("INSERT INTO td_cdrtemplates (td_te_id, td_name, td_body) VALUES (1, 'Mine',"
                 " 'calls:{row_loop}[{$realsrc}>{$firstdst} {$originateid}]{/row_loop}')")
    originate = dial(site, "210", "101")
    eventually(site.talking)
    hang_up(site, "210")
    eventually(site.quiet, every=0.01)
    end = time.monotonic()

    def within(probe):
        return eventually(probe, end + 2 - time.monotonic(), 0.02)

    def rows():
        found = site.info("CDRS", format="json", src="210").json()
        return [row for row in found if row["originateid"] == originate]

    row = [row for row in within(rows) if row["realsrc"] == "210-DEMO"][0]
    call_id = row["uniqueid"]
    assert (row["firstdst"], row["lastdst"], row["disposition"]) == ("101", "101-DEMO", "ANSWERED")

    def has(text, answer):
        return answer if text in answer.text else None

    plain = within(lambda: has(originate, site.info("CDRS")))
    assert plain.text.startswith("accountcode|ID|start|")
    document = within(lambda: has(originate, site.info("CDRS", format="xml")))
    assert document.headers["Content-Type"] == "text/xml; charset=UTF-8"
    table = within(lambda: has(originate, site.info("CDRS", format="csv")))
    assert table.headers["Content-Type"] == "text/csv; charset=UTF-8"
    template = within(lambda: has(originate, site.info("CDRS", template="Mine")))
    assert template.text.startswith("calls:[")
    assert f"[210-DEMO>101 {originate}]" in template.text

    def simple():
        found = site.info("SIMPLECDRS", format="json").json()
        return [call for call in found if call["sc_uniqueid"] == row["linkedid"]]

    [call] = within(simple)
    assert (call["sc_calleridnum"], call["sc_dialednum"]) == ("210", "101")
    assert (call["sc_whoanswered"], call["sc_disposition"]) == ("101-DEMO", "ANSWERED")

    listed = within(lambda: has(originate, site.openapi("GET", "/cdrs"))).json()
    assert [leg for leg in listed if leg["originateid"] == originate
            and leg["uniqueid"] == call_id and leg["realsrc"] == "210-DEMO"]

    miko = within(lambda: has(call_id, site.v3("GET", "/cdr"))).json()["data"]["records"]
    [told] = [it for it in miko if it["linkedid"] == row["linkedid"]]
    assert (told["src_num"], told["dst_num"], told["disposition"]) == ("210", "101", "ANSWERED")
    assert told["records"]

    body = "<request_id>cdr-1</request_id><cdr></cdr>"
    kalliope = within(lambda: has(call_id, site.rest("POST", "/cdr", body)))
    assert kalliope.xml.findtext("request_id") == "cdr-1"
    assert kalliope.xml.findtext("cdr/error_code/code") == "0"
    [leg] = [it for it in kalliope.xml.iter("call") if it.findtext("unique_id") == call_id]
    assert (leg.findtext("caller_num"), leg.findtext("called_num")) == ("210", "101")
    table = within(lambda: has(call_id, site.rest("POST", "/cdr", body,
                                                  headers={"Accept": "text/csv"})))
    assert table.headers["Content-Type"] == "text/csv; charset=UTF-8"
    assert table.text.startswith("unique_id,id,direction,caller_num,")

    for other in (site.info("CDRS", key=site.north_key, tenant="NORTH", format="csv"),
                  site.info("SIMPLECDRS", key=site.north_key, tenant="NORTH", format="csv"),
                  site.openapi("GET", "/cdrs", key=site.north_key, tenant="NORTH")):
        assert other.text in ("", "[]"), other.text


def test_a_call_made_while_patchbay_is_stopped_is_there_after_it_starts(site):
    before = site.lab.sql("SELECT ID FROM cdr")
    site.host.stop()
    assert site.call("100", "102", 500).result() == ["answered", "hung up"]
    eventually(site.quiet)
    assert site.lab.sql("SELECT ID FROM cdr") == before
    site.host.start()

    def records():
        rows = site.info("CDRS", format="json", src="100").json()
        return [row for row in rows if row["firstdst"] == "102"]

    [row] = eventually(records)
    assert (row["realsrc"], row["disposition"]) == ("100-DEMO", "ANSWERED")
    [calls] = [[call for call in site.info("SIMPLECDRS", format="json").json()
                if call["sc_calleridnum"] == "100"]]
    assert [call["sc_dialednum"] for call in calls] == ["102"]


# --- 4: one extension, four dialects


def test_one_extension_in_four_dialects(site):
    made = site.v3("POST", "/employees", json={
        "number": "220", "user_username": "Ada Byron", "sip_secret": "S3cure-Pass-220!",
        "user_email": "ada@example.com"})
    assert made.status_code == 201
    ex_id = made.json()["data"]["id"]

    def names():
        """What each dialect calls it."""
        user = site.rest("GET", "/users/brief/220").xml
        return {
            "managedb": site.managedb("get", ex_id).json()["ex_name"],
            "openapi": site.openapi("GET", "/extensions/number/220").json()["ex_name"],
            "mikopbx": site.v3("GET", f"/employees/{ex_id}").json()["data"]["user_username"],
            "kalliope": f"{user.findtext('users/user/first_name')} "
                        f"{user.findtext('users/user/last_name')}",
        }

    def all_say(name):
        assert names() == dict.fromkeys(("managedb", "openapi", "mikopbx", "kalliope"), name)

    all_say("Ada Byron")
    # changed through each, seen in all
    changed = site.managedb("update", ex_id, '{"ex_name":"Ada Lovelace"}')
    assert changed.json()["ex_name"] == "Ada Lovelace"
    all_say("Ada Lovelace")
    assert site.openapi("PATCH", f"/extensions/{ex_id}",
                        json={"name": "Augusta King"}).status_code == 200
    all_say("Augusta King")
    assert site.v3("PATCH", f"/employees/{ex_id}",
                   json={"user_username": "Grace Hopper"}).status_code == 200
    all_say("Grace Hopper")
    site.rest_change("PUT", "/users/configs/220", "<user><first_name>Mary</first_name>"
                     "<last_name>Somerville</last_name></user>")
    all_say("Mary Somerville")

    # the password of one is the password of all, and of the phone
    assert site.lab.register([("220", "S3cure-Pass-220!")]) == []
    site.rest_change("PUT", "/users/configs/220", "<user><sip_secret>Other-Pass-220!</sip_secret></user>")
    assert site.lab.register([("220", "S3cure-Pass-220!")]) == ["220"]
    assert site.lab.register([("220", "Other-Pass-220!")]) == []
    assert site.v3("GET", "/sip/220:getSecret").json()["data"]["secret"] == "Other-Pass-220!"

    # deleted through one, gone from all
    assert site.v3("DELETE", f"/employees/{ex_id}").status_code == 200
    assert site.managedb("get", ex_id).text == ""
    assert "220" not in site.managedb("list").text
    assert site.openapi("GET", "/extensions/number/220").status_code == 404
    gone = site.v3("GET", f"/employees/{ex_id}")  # this dialect's own number for it
    assert gone.status_code == 422 and "not found" in gone.text
    assert "<exten>220</exten>" not in site.rest("GET", "/users/brief/").text
    assert site.lab.register([("220", "Other-Pass-220!")]) == ["220"]


@pytest.mark.parametrize("through", ["managedb", "openapi", "kalliope"])
def test_deleted_through_any_dialect_the_phone_is_out(site, through):
    number = {"managedb": "221", "openapi": "222", "kalliope": "223"}[through]
    account = (f"{number}-DEMO", f"secret-{number}")
    ex_id = site.phone(number)["ex_id"]
    if through == "managedb":
        assert site.managedb("delete", ex_id).json()["Response"] == "Success"
    elif through == "openapi":
        assert site.openapi("DELETE", f"/extensions/{ex_id}").status_code == 200
    else:
        site.rest_change("DELETE", f"/users/configs/{number}")
    assert site.lab.register([account]) == [account[0]]
    assert site.openapi("GET", f"/extensions/number/{number}").status_code == 404
    assert site.v3("GET", "/employees", params={"search": f"number:{number}"}).json()[
        "data"]["data"] == []
    # a phone that is still there is not called any more either
    assert site.call("100", number, 500).result()[0].startswith("refused")


# --- 5: registrations


def test_registration_state_in_every_dialect(site):
    header, row = site.info("REGSTATE", number="210").text.splitlines()
    state = dict(zip(header.split("|"), row.split("|")))
    assert state["state"] == "Registered" and state["useragent"] == "Lab phone"
    assert state["address"].startswith("127.0.0.1:") and float(state["rtt"]) >= 0
    port = state["address"].rpartition(":")[2]

    one = site.rest("GET", "/users/registrations/210").xml.find("registrations/registration")
    told = {item.tag: item.text for item in one}
    assert re.fullmatch(r"\d+ ms", told.pop("rtt"))
    assert told == {"exten": "210", "status": "OK", "useragent": "Lab phone", "ip": "127.0.0.1",
                    "port": port, "contact": f"sip:210-DEMO@127.0.0.1:{port}"}
    everyone = site.rest("GET", "/users/registrations/").xml
    assert {"100", "101", "102", "210"} <= {it.text for it in everyone.iter("exten")}

    listed = site.v3("GET", "/sip").json()["data"]["210"]
    assert (listed["status"], listed["callerid"]) == ("Available", "API Demo")
    [device] = listed["devices"]
    assert (device["ip"], device["port"], device["user_agent"]) == (
        "127.0.0.1", int(port), "Lab phone")
    assert site.v3("GET", "/sip/210:getStatus").json()["data"]["status"] == "Available"

    # one that has never registered
    site.extension("230")
    assert site.info("REGSTATE", number="230").text.splitlines()[1].startswith("230|Unregistered|")
    away = site.rest("GET", "/users/registrations/230").xml.find("registrations/registration")
    assert away.findtext("status") != "OK"
    assert site.v3("GET", "/sip/230:getStatus").json()["data"]["status"] != "Available"


def test_registration_state_as_the_older_clients_ask(site):
    refused = site.host.get("/pbxcore/api/sip/getPeersStatuses")
    assert refused.status_code == 401
    login = site.host.post("/admin-cabinet/session/start", headers={
        "X-Requested-With": "XMLHttpRequest"}, data={"login": "admin", "password": "wrong"})
    assert login.json()["success"] is False
    login = site.host.post("/admin-cabinet/session/start", headers={
        "X-Requested-With": "XMLHttpRequest"}, data={"login": "admin", "password": PASSWORD})
    assert login.json()["success"] is True
    session = {"cookies": login.cookies}
    peers = site.host.get("/pbxcore/api/sip/getPeersStatuses", **session).json()["data"]
    assert {"OK"} == {peer["state"] for peer in peers if peer["id"] in ("100", "101", "210")}
    peer = site.host.post("/pbxcore/api/sip/getSipPeer", json={"peer": "210"}, **session)
    assert peer.json()["data"]["state"] == "OK"
    assert peer.json()["data"]["UserAgent"] == "Lab phone"
    registry = site.host.get("/pbxcore/api/sip/getRegistry", **session).json()
    assert registry["result"] is True and registry["data"] == []


# --- 6: do not disturb, queues, settings, help, errors


def test_do_not_disturb_reaches_astdb_the_lamp_and_the_callers(site):
    def lamp():
        with site.lab.ami() as manager:
            return manager.action("Getvar", Variable="DEVICE_STATE(Custom:DND101-DEMO)")["Value"]

    assert site.proxy("DND", action="get", number="101").text == "off"
    assert site.proxy("DND", action="set", number="101", value="on", key=site.read_key
                      ).content == KEY_ERROR
    assert site.proxy("DND", action="set", number="101", value="on").text == "OK"
    assert site.proxy("DND", action="get", number="101").text == "on"
    assert site.proxy("DND", action="get", number="101", format="json").json() == {
        "number": "101", "dnd": "on"}
    assert lamp() == "BUSY"
    assert "/DND/101-DEMO" in site.lab.cli("database show DND")[1]
    assert site.call("100", "101", 300).result()[0].startswith("refused")
    assert site.proxy("DND", action="set", number="101", value="off").text == "OK"
    assert lamp() == "NOT_INUSE"
    assert site.call("100", "101", 300).result() == ["answered", "hung up"]


def test_a_queue_gets_members_and_calls(site):
    made = site.openapi("POST", "/queues", json={
        "qu_name": "Support", "qu_number": "700", "queue": {"strategy": "ringall", "timeout": 10}})
    assert made.status_code == 201, made.text

    def queue(action, **more):
        return site.proxy("QUEUE", action=action, number="700", **more)

    assert queue("list", format="json").json() == []
    assert queue("add", extension="102", key=site.read_key).content == KEY_ERROR
    assert queue("add", extension="102").text == "OK"
    assert queue("add", extension="102").text == "Unable to add interface: Already there"
    assert queue("list").text == "102-DEMO|"
    assert queue("list", format="json").json() == ["102-DEMO"]

    call = site.call("100", "700", 60000)
    eventually(lambda: [it for it in site.proxy("CHANNELS", format="json").json()
                        if it["callerid"] == "102" and it["state"] == "Up"])
    hang_up(site, "100")
    assert call.result() == ["answered", "ended"]
    eventually(site.quiet)
    calls = eventually(lambda: [it for it in site.info("SIMPLECDRS", format="json").json()
                                if it["sc_dialednum"] == "700"])
    assert calls[-1]["sc_whoanswered"] == "102-DEMO"

    assert queue("del", extension="102").text == "OK"
    assert queue("del", extension="102").text == "Unable to remove interface: Not there"
    assert queue("list", format="json").json() == []


def test_settings(site):
    assert site.proxy("SETTING", action="get", code="WELCOME").content == b""
    assert site.proxy("SETTING", action="set", code="WELCOME", value="hi there").text == "OK"
    assert site.proxy("SETTING", action="get", name="WELCOME").text == "hi there"
    assert site.proxy("SETTING", action="get", code="WELCOME", format="json").json() == {
        "code": "WELCOME", "value": "hi there"}
    north = {"key": site.north_key, "tenant": "NORTH"}
    assert site.proxy("SETTING", action="get", code="WELCOME", **north).content == b""
    assert site.proxy("SETTING", action="set", code="WELCOME", value="x", key=site.read_key
                      ).content == KEY_ERROR


def test_help_is_made_of_the_declarations(site):
    text = site.proxy("HELP").text
    for name in ("DIAL", "DND", "QUEUE", "SETTING", "HANGUP", "CHANNELS"):
        assert f"reqtype={name}\n" in text, name
    assert "Get or set do-not-disturb for an extension." in text


@pytest.mark.parametrize("callback, wanted", [
    ("got", 'got({"number":"100","dnd":"off"});'),
    ("my.$app_1", 'my.$app_1({"number":"100","dnd":"off"});'),
    ("alert(1)//", '{"number":"100","dnd":"off"}'),
    ("a" * 65, '{"number":"100","dnd":"off"}'),
])
def test_jsonp(site, callback, wanted):
    answer = site.proxy("DND", action="get", number="100", format="json", callback=callback)
    assert answer.text == wanted
    kind = "application/javascript" if wanted.endswith(";") else "application/json"
    assert answer.headers["Content-Type"] == kind


@pytest.mark.parametrize("query", [
    {"key": None}, {"key": ""}, {"key": "nonsense"}, {"tenant": None}, {"tenant": ""},
    {"tenant": "NORTH"}, {"tenant": "NOWHERE"}, {"tenant": "demo "}, {"tenant": "%"},
    {"tenant": "%", "reqtype": "INFO", "info": "cdrs"},
    {"reqtype": "INFO", "info": "tenants"},
    {"reqtype": "MANAGEDB", "object": "tenant", "action": "list"},
    {"reqtype": "MANAGEDB", "object": "provider", "action": "list"},
    {"reqtype": "BALANCE", "amount": "1"},
])
@pytest.mark.parametrize("kind, content_type", [
    ("plain", "text/html; charset=UTF-8"), ("json", "application/json"),
    ("xml", "text/xml; charset=UTF-8"), ("csv", "text/csv; charset=UTF-8"),
])
def test_the_key_error(site, query, kind, content_type):
    answer = site.proxy(**{"reqtype": "COUNTCALLS", "format": kind} | query)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == content_type
    assert answer.content == KEY_ERROR


@pytest.mark.parametrize("query, wanted", [
    ({"reqtype": "INFO", "info": "nothing", "format": "json"}, b""),
    ({"reqtype": "NOTHING"}, b""),
    ({"reqtype": ""}, b""),
    ({"reqtype": "DND", "action": "explode", "number": "100"}, b""),
    ({"reqtype": "DND", "action": "get", "number": "999"}, b""),
    ({"reqtype": "DND", "action": "get"}, b""),
    ({"reqtype": "MANAGEDB", "object": "nothing", "action": "list"}, b""),
    ({"reqtype": "AGENT", "action": "listqueues"}, b"No extension specified"),
    ({"reqtype": "INFO", "info": "recording"}, b"No id specified"),
    ({"reqtype": "INFO", "info": "playrecording"}, b"No id specified"),
    ({"reqtype": "INFO", "info": "inforecording"}, b"No id specified"),
    ({"reqtype": "QUEUE", "action": "list"}, b"No queue (id or number) specified"),
    ({"reqtype": "PHONEBOOK", "action": "getall", "phonebook": "nope"},
     b"Wrong or missing phonebook or id"),
])
def test_what_the_other_errors_say(site, query, wanted):
    answer = site.proxy(**query)
    assert (answer.status_code, answer.content) == (200, wanted)


# --- 7: click2call


def test_click2call_and_its_request_id(site):
    def click(inner, request_id="<request_id>c-77</request_id>", **more):
        return site.rest("POST", "/click2call", request_id + inner, **more)

    both = "<click2call><exten>100</exten><number_to_call>101</number_to_call></click2call>"
    answer = click(both)
    assert answer.status_code == 200
    assert answer.xml.findtext("request_id") == "c-77"
    assert answer.xml.findtext("click2call/error_code/code") == "0"
    channels = eventually(site.talking)
    assert {row["callerid"] for row in channels} == {"100", "101"}
    hang_up(site, "100")

    wrongs = {
        "<click2call><number_to_call>101</number_to_call></click2call>": "11",
        "<click2call><exten>100</exten></click2call>": "12",
        "<click2call><exten>999</exten><number_to_call>101</number_to_call></click2call>": "10",
    }
    for inner, code in wrongs.items():
        answer = click(inner)
        assert answer.xml.findtext("click2call/error_code/code") == code, answer.text
        assert answer.xml.findtext("request_id") == "c-77"
    for wrong in ("nonsense", None):
        answer = click(both, password=wrong)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
        assert answer.xml.findtext("request_id") == "c-77"
    assert click(both, password="x").status_code == 401
    missing = site.rest("POST", "/click2cal", "<request_id>c-78</request_id>")
    assert missing.status_code == 404 and missing.xml.findtext("request_id") == "c-78"
    assert not site.lab.channels() or eventually(site.quiet)
    assert click(both, request_id="").xml.find("request_id") is None
    eventually(site.talking)
    hang_up(site, "100")


# --- 8: the integrator


def test_a_dropped_file_answers(site, dropped):
    assert site.host.get("/hello").status_code == 404
    shutil.copy(EXAMPLES / "hello/hello.lua", dropped)
    # make bench says how long it takes, a busy machine says nothing
    eventually(lambda: site.host.get("/hello/Ada").status_code == 200, every=0.02)
    assert site.host.get("/hello").json() == {"hello": "world"}
    assert site.host.get("/hello/Ada?times=2").json() == {"hello": "Ada, Ada"}
    for bad in ("six", "6", "0"):
        answer = site.host.get("/hello/Ada", params={"times": bad})
        assert (answer.status_code, answer.json()["error"]["field"]) == (400, "times")

    paths = site.host.get("/openapi.json").json()["paths"]
    assert paths["/hello/{name}"]["get"]["summary"] == "Hello, by name."
    # /docs draws that document; test_pages.py looks at it in a browser
    page = site.host.get("/docs")
    assert page.status_code == 200 and "/docs/start.js" in page.text
    assert "/openapi.json" in site.host.get("/docs/start.js").text
    assert "GET /hello/{name}" in site.host.run("routes")
    [route] = [it for it in json.loads(site.host.run("routes", "--json"))["routes"]
               if it["call"] == "GET /hello/{name}"]
    assert (route["surface"], route["file"]) == ("custom", "hello.lua")

    (dropped / "hello.lua").unlink()
    eventually(lambda: site.host.get("/hello").status_code == 404)


def test_a_second_example_looks_callers_up_and_calls_back(site, dropped, crm):
    shutil.copy(EXAMPLES / "callback/callback.lua", dropped)
    header = {"headers": {"X-API-Key": site.key}}
    path = "/callback/393331112222?tenant=DEMO"
    eventually(lambda: site.host.get(path).status_code == 401)

    nobody = site.host.get(path, **header).json()
    assert nobody == {"number": "393331112222", "name": None, "source": None, "connected": False}
    assert crm.asked == ["393331112222"]
    crm.cards["393331112222"] = "Ada of the CRM"
    known = site.host.get(path, **header).json()
    assert (known["name"], known["source"]) == ("Ada of the CRM", "crm")

    book = site.openapi("POST", "/phonebooks", json={"name": "Customers"})
    assert book.status_code == 201, book.text
    added = site.proxy("PHONEBOOK", action="add", phonebook="Customers",
                       post={"jsondata": json.dumps({"NAME": "Ada of the book",
                                                     "PHONE1": "393331112222"})})
    assert added.status_code == 200, added.text
    known = site.host.get(path, **header).json()
    assert (known["name"], known["source"]) == ("Ada of the book", "phonebook"), added.text

    refused = site.host.post(path + "&from=101", headers={"X-API-Key": site.read_key})
    assert refused.status_code == 403
    answer = site.host.post(path + "&from=101", **header)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.json()["message"]) == (
        "Ada of the book", "Originate successfully queued")
    eventually(site.talking)
    assert site.host.get(path, **header).json()["connected"] is True
    hang_up(site, "101")
    foreign = site.host.get("/callback/393331112222?tenant=NORTH",
                            headers={"X-API-Key": site.north_key}).json()
    assert (foreign["source"], foreign["connected"]) == ("crm", False)


# --- recordings


def test_a_recorded_call_is_downloaded_and_played(site):
    originate = dial(site, "100", "101", recording="yes")
    eventually(site.talking)
    assert site.proxy("COUNTCALLS").text == "1"
    recorded = site.lab.recordings / "DEMO"
    # a second of sound, 16 bits at 8 kHz
    eventually(lambda: [it for it in recorded.glob("*.wav") if it.stat().st_size > 16000])
    hang_up(site, "100")
    eventually(site.quiet)
    row = eventually(lambda: site.lab.sql(
        "SELECT * FROM rm_recordingmetadatas WHERE rm_originateid = ?", originate))[0]
    file = site.lab.recordings / row["rm_path"]
    assert loudest(file) > 3000  # both were heard
    sound = file.read_bytes()

    whole = site.info("recording", id=originate)
    assert whole.content == sound
    assert whole.headers["Content-Type"] == "audio/x-wav"
    assert whole.headers["Content-Disposition"].startswith("attachment;")
    assert site.info("recording", id=row["rm_uniqueid"]).content == sound
    played = site.info("playrecording", id=originate)
    assert played.content == sound
    assert played.headers["Content-Disposition"].startswith("inline;")
    assert played.headers["Accept-Ranges"] == "bytes"

    part = site.info("playrecording", id=originate, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206 and part.content == sound[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(sound)}"
    tail = site.info("playrecording", id=originate, headers={"Range": "bytes=-50"})
    assert tail.content == sound[-50:]
    beyond = site.info("playrecording", id=originate, headers={"Range": f"bytes={len(sound)}-"})
    assert beyond.status_code == 416
    same = site.info("playrecording", id=originate,
                     headers={"If-None-Match": played.headers["ETag"]})
    assert same.status_code == 304

    north = {"key": site.north_key, "tenant": "NORTH"}
    for info in ("recording", "playrecording", "inforecording"):
        assert site.info(info, id=originate, **north).content == b""
    assert site.info("inforecording", id=originate, format="json").json()
