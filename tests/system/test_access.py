"""Every loaded route, asked by those who may not: with another tenant's key, with a key that may
only read, with none. Tenant DEMO has a row in every table; nobody sees or changes one of them."""

import base64
import collections
import hashlib
import json
import re

import pytest

from host import Host
from marked import dump, fill

KEY_ERROR = "Too bad... you mistaken the security api key.\n"
SECRET = "zqdemozq"   # in everything of DEMO's that may come out, and never sent
HANDLE = "probe-demo"  # what DEMO's things are looked up by; sent
ID = 7001


class Walk:
    """All routes of a running host, as requests about DEMO's things."""

    def __init__(self, host, demo):
        self.host, self.demo = host, demo
        self.routes = json.loads(host.run("routes", "--json"))["routes"]
        assert len(self.routes) > 500
        self.values = {
            "id": ID, "objectid": ID, "number": "210", "ext": "210", "exten": "210",
            "extension": "210-DEMO", "phone": "210", "source": "210", "dest": "210",
            "from": "210", "peer": "210", "uniqueid": HANDLE, "code": HANDLE, "name": "taken",
            "phonebook": ID, "queue": ID, "channel": "PJSIP/210-DEMO-00000001", "value": "taken",
            "start": "2026-01-01", "end": "2030-01-01", "objectname": "taken", "state": "1",
            "flow": ID, "amount": "1", "typesrc": "DID", "idsrc": ID, "dst": "EXT-1",
            "view": "/DEMO/x.wav", "filename": "DEMO/x.wav", "event": "X", "file": "start.js",
        }

    def requests(self, key, tenant):
        """(route, answer) of each, with that key and tenant. KalliopePBX knows no keys."""
        for route in self.routes:
            if key is None or route["surface"] != "kalliope":
                yield route, self.ask(route, key, tenant)

    def ask(self, route, key, tenant):
        surface = route["surface"]
        if surface == "proxyapi":
            return self._proxy(route, key, tenant)
        method, _, path = route["call"].partition(" ")
        if "providers/" in path and surface == "mikopbx":
            kind = "IAX" if "/iax-" in path else "SIP"  # others are no route of theirs
            path = path.replace("{id}", f"{kind}-TRUNK-{ID}")
        for resource, kind in (("call-queues", "QUEUE"), ("conference-rooms", "CONFERENCE"), ("ivr-menu", "IVR"),
                               ("dialplan-applications", "DIALPLAN")):
            path = path.replace(f"{resource}/{{id}}", f"{resource}/{kind}-{ID}")
        path = re.sub(r"\{(\w+)\}", lambda it: str(self.values.get(it[1], ID)), path)
        query = {**self.values, "key": key, "tenant": tenant}
        if surface == "openapi":
            query = {"tenant": tenant}
        query = {name: value for name, value in query.items() if value is not None}
        more = {}
        if method in ("POST", "PUT", "PATCH"):
            body = self._body()
            if surface == "kalliope":
                inner = "".join(f"<{name}>{value}</{name}>" for name, value in body.items()
                                if not isinstance(value, (list, dict)))
                more["data"] = (f"<kpbx_request><user>{inner}</user><contact>{inner}</contact>"
                                f"<click2call><exten>210</exten><number_to_call>210"
                                f"</number_to_call></click2call><cdr></cdr></kpbx_request>")
                more["headers"] = {"Content-Type": "application/xml"}
            else:
                more["json"] = body
        headers = more.setdefault("headers", {})
        if key and surface == "openapi":
            headers["X-API-Key"] = key
        elif key and surface == "kalliope":
            word = f"admin:{hashlib.md5(key.encode()).hexdigest()}"
            headers["Authorization"] = "Basic " + base64.b64encode(word.encode()).decode()
        elif key:
            headers["Authorization"] = f"Bearer {key}"
        return self.host.request(method, path, params=query, **more)

    def _body(self):
        fields = {**self.values, "ids": [ID], "te_id": self.demo, "ex_te_id": self.demo,
                  "te_code": "DEMO", "tenant": "DEMO", "tenant_id": self.demo,
                  "password": "x7-" * 5,
                  "user_username": "taken", "sip_secret": "Xy7-" * 5, "first_name": "taken",
                  "ex_name": "taken", "ex_number": "210", "description": "taken"}
        return {name: value for name, value in fields.items() if name != "id"}

    def _proxy(self, route, key, tenant):
        asked = dict(part.split("=", 1) for part in route["call"].split("&"))
        query = {**self.values, **asked, "action": route["label"].rpartition(".")[2],
                 "key": key, "tenant": tenant, "format": "json"}
        query = {name: value for name, value in query.items() if value is not None}
        body = {"jsondata": json.dumps(self._body())}
        return self.host.post("/proxyapi.php", params=query, data=body)


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    host = Host(tmp_path_factory.mktemp("host"), lanes=3).migrate()
    host.tenant("DEMO").tenant("NORTH")
    host.user("admin", "Adm1n-Passw0rd!", admin=True)
    with host:
        yield host


@pytest.fixture(scope="module")
def keys(host):
    return {"demo": host.key("DEMO"), "read": host.key("DEMO", read_only=True),
            "north": host.key("NORTH"), "north read": host.key("NORTH", read_only=True)}


@pytest.fixture(scope="module")
def walk(host, keys):
    headers = {"X-API-Key": keys["demo"]}
    made = host.post("/openapi.php/extensions?tenant=DEMO", headers=headers, json={
        "number": "210", "name": SECRET, "tech": "PJSIP", "password": f"pw-{SECRET}"})
    assert made.status_code == 201, made.text
    demo = int(made.json()["ex_te_id"])
    assert len(fill(host.store, demo, ID, SECRET, HANDLE)) > 60
    # DEMO itself sees what the others must not: the walk finds things
    assert SECRET in host.get("/openapi.php/extensions?tenant=DEMO", headers=headers).text
    return Walk(host, demo)


@pytest.fixture(autouse=True)
def untouched(host, walk):
    """Whatever a test asks, every row there was is there unchanged, and DEMO has no new one."""
    rows, owned = dump(host.store, walk.demo)
    yield
    rows_after, owned_after = dump(host.store, walk.demo)
    assert list((rows - rows_after).elements()) == []
    assert owned_after == owned


def refused(route, answer):
    if route["surface"] == "proxyapi":
        return answer.status_code == 200 and answer.text == KEY_ERROR
    return answer.status_code in (401, 403)


def show(route, answer):
    return f"{route['call']} ({route['label']}): {answer.status_code} {answer.text[:300]}"


def check_silent(route, answer):
    assert SECRET not in answer.text, show(route, answer)
    assert SECRET not in str(answer.headers), show(route, answer)
    assert answer.status_code != 500, show(route, answer)


def test_without_a_key(walk):
    opened = []
    for route, answer in walk.requests(None, "DEMO"):
        check_silent(route, answer)
        if not refused(route, answer):
            opened.append((route["access"], answer.status_code))
    # what is public, and what the path's pattern turns away before anybody is asked who they are
    assert [it for it in opened if it[0] != "public" and it[1] not in (400, 404)] == []


def test_with_a_read_only_key_on_changes(walk, host, keys):
    opened = []
    before, _ = dump(host.store, walk.demo)
    for route in walk.routes:
        if route["access"] in ("write", "admin") and route["surface"] != "kalliope":
            answer = walk.ask(route, keys["read"], "DEMO")
            if not refused(route, answer):
                opened.append(show(route, answer))
    assert opened == []
    after, _ = dump(host.store, walk.demo)
    assert after == before  # not even a line of a log


@pytest.mark.parametrize("tenant", ["NORTH", "DEMO", None])
@pytest.mark.parametrize("which", ["north", "north read"])
def test_with_another_tenants_key(walk, keys, which, tenant):
    for route, answer in walk.requests(keys[which], tenant):
        check_silent(route, answer)
        if route["access"] == "admin":
            assert refused(route, answer), show(route, answer)
        if tenant == "DEMO" and route["surface"] in ("openapi", "proxyapi"):
            assert refused(route, answer) or answer.status_code == 404, show(route, answer)


def test_with_a_wrong_key(walk, keys):
    """One route of a kind, last of all: an address that guesses is answered ever more slowly."""
    kinds = {(route["surface"], route["access"]): route for route in walk.routes
             if route["access"] != "public"}
    for key in ("nonsense", keys["demo"][:-1]):
        for route in kinds.values():
            answer = walk.ask(route, key, "DEMO")
            check_silent(route, answer)
            assert refused(route, answer), show(route, answer)


def test_the_walk_finds_what_there_is(walk, keys):
    """The counter-proof: asked by DEMO itself, the same requests show DEMO's things."""
    shown = collections.Counter(route["surface"] for route, answer
                                in walk.requests(keys["read"], "DEMO") if SECRET in answer.text)
    assert shown["openapi"] > 30 and shown["proxyapi"] > 5 and shown["mikopbx"] > 2, shown
