"""One tenant asks for what is another's: every operation of the documents, with every kind of key that a tenant's
people have, and with the other tenant's values in one parameter after the other. Fails on a mark seen, a row
changed, a 500.

CRAWL=n is how many parameters of an operation are tried (0: all, a quarter of an hour); CRAWL_SEED repeats a run."""

import concurrent.futures
import hashlib
import json
import os
import random
import sqlite3
import threading
from xml.sax.saxutils import escape

import pytest
import requests

from host import Host
from marked import fill, owned_rows

SEED = int(os.environ.get("CRAWL_SEED", random.randrange(1 << 30)))
CRAWL = int(os.environ.get("CRAWL", 3))
SECRET = "zqdemozq"   # in all that is DEMO's, and never sent
HANDLE = "probe-demo"
DEMO, OWN = 7001, 8001  # ids of the two tenants' rows
PASSWORD = "N0rth-Passw0rd!"
TEXTS = [str(DEMO), HANDLE, "210", "210-DEMO", f"QUEUE-{DEMO}", f"EXT-{DEMO}", f"CONFERENCE-{DEMO}", f"SIP-TRUNK-{DEMO}",
         "PJSIP/210-DEMO-00000001", "DEMO", "/DEMO/x.wav", "DEMO/x.wav", "100,210-DEMO", "%", "210%"]
LISTS = [[DEMO], [{"type": "EXT", "id": DEMO}], [{"id": DEMO}], [f"EXT-{DEMO}"], ["210"]]
METHODS = ("get", "post", "put", "patch", "delete")


class Document:
    """/openapi.json as a list of operations with their parameters and bodies."""

    def __init__(self, text):
        self.document = text

    def operations(self):
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method.upper(), path, item[method]

    def at(self, it):
        while "$ref" in it:
            found = self.document
            for part in it["$ref"].split("/")[1:]:
                found = found[part]
            it = found
        return it

    def parameters(self, operation):
        return [self.at(it) for it in operation.get("parameters", [])]

    def body(self, operation):
        """Content type and schema, or None."""
        content = self.at(operation.get("requestBody", {})).get("content", {})
        for kind, media in content.items():
            return kind, self.at(media.get("schema", {}))
        return None

    def whole(self, schema):
        """With what it is made of."""
        schema = dict(self.at(schema))
        for word in ("allOf", "oneOf", "anyOf"):
            for part in schema.get(word, [])[:None if word == "allOf" else 1]:
                part = self.whole(part)
                schema = {**part, **schema, "properties": {**part.get("properties", {}), **schema.get("properties", {})},
                          "required": part.get("required", []) + schema.get("required", [])}
        return schema

    def sample(self, schema, depth=0):
        """A value that the schema takes, of what is one's own."""
        schema = self.whole(schema)
        for word in ("example", "default"):
            if word in schema:
                return schema[word]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type")
        if (kind == "object" or schema.get("properties")) and depth < 5:
            wanted = schema.get("required", []) or list(schema.get("properties", {}))[:3]
            return {name: self.sample(it, depth + 1) for name, it in schema.get("properties", {}).items() if name in wanted}
        return {"integer": OWN, "number": 1, "boolean": True, "array": [], "object": {}}.get(kind, "310")


def foreign(chance, schema):
    """Something of DEMO's that the parameter might take, or None when there is nothing."""
    if "enum" in schema or schema.get("type") == "boolean":
        return None
    kind = schema.get("type")
    if kind in ("integer", "number"):
        return DEMO
    if kind == "array":
        return chance.choice(LISTS)
    if kind == "object":
        return None
    return chance.choice(TEXTS)


def xml_of(value):
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml_of(it)}</{name}>" for name, it in value.items())
    if isinstance(value, list):
        return "".join(map(xml_of, value))
    return escape(str(value))


SURFACES = [("/mirtapbx/openapi.php", "openapi"), ("/mirtapbx/proxyapi.php", "proxyapi"), ("/pbxcore/api/v3", "mikopbx"),
            ("/pbxcore/api", "legacy"), ("/admin-cabinet", "legacy"), ("/rest", "kalliope")]


def surface_of(path):
    return next((name for start, name in SURFACES if path.startswith(start)), "custom")


class Crawl:
    """The requests of one kind of key."""

    def __init__(self, host, document, seed):
        self.host, self.document, self.chance = host, document, random.Random(seed)
        self.local = threading.local()
        self.good = 0
        self.found = []

    def requests(self, surfaces, reading):
        for method, path, operation in self.document.operations():
            surface = surface_of(path)
            if surface not in surfaces or reading and method != "GET":
                continue
            yield from self.of(surface, method, path, operation)

    def of(self, surface, method, path, operation):
        known = self.document.parameters(operation)
        body = self.document.body(operation)
        schema = self.document.whole(body[1]) if body else {}
        base = {it["name"]: self.document.sample(it.get("schema", {})) for it in known
                if it["in"] == "query" and it.get("required")}
        places = [("query", it["name"], it.get("schema", {})) for it in known if it["in"] == "query"]
        inner = schema.get("properties", {})
        if body and body[0] == "text/xml" and len(inner) == 1:  # the one element that holds the fields
            (element, it), = inner.items()
            inner = {f"{element}.{name}": part for name, part in self.document.whole(it).get("properties", {}).items()}
        places += [("body", name, self.document.whole(it)) for name, it in inner.items()]
        paths = [it["name"] for it in known if it["in"] == "path"]
        sent = self.document.sample(body[1]) if body else None
        yield self.request(surface, method, path, paths, DEMO, base, body, sent)
        if method == "DELETE" and paths:
            return  # what is one's own may go, and then there is nothing left to ask
        tried = [it for it in places if it[1] not in ("key", "tenant", "reqtype", "action", "info", "object", "format")]
        if CRAWL:
            tried = self.chance.sample(tried, min(CRAWL, len(tried)))
        for where, name, part in tried:
            value = foreign(self.chance, self.document.whole(part))
            if value is None:
                continue
            query, changed = dict(base), json.loads(json.dumps(sent)) if sent is not None else None
            if where == "query":
                query[name] = value
            elif isinstance(changed, dict):
                element, _, field = name.rpartition(".")
                (changed.setdefault(element, {}) if element else changed)[field] = value
            yield self.request(surface, method, path, paths, OWN, query, body, changed)

    def request(self, surface, method, path, names, number, query, body, sent):
        real = path
        if surface == "proxyapi":
            real = "/mirtapbx/proxyapi.php"
        for name in names:
            value = str(number)
            if "providers" in path and surface == "mikopbx":
                value = f"SIP-TRUNK-{number}"
            for resource, kind in (("call-queues", "QUEUE"), ("conference-rooms", "CONFERENCE")):
                if resource in path:
                    value = f"{kind}-{number}"
            if name in ("number", "exten", "extension"):
                value = "210" if number == DEMO else "310"
            real = real.replace("{" + name + "}", value)
        more = {"params": query}
        if sent is not None and body[0] == "text/xml":
            more["data"], more["headers"] = f"<kpbx_request>{xml_of(sent)}</kpbx_request>", {"Content-Type": "text/xml"}
        elif sent is not None and surface == "proxyapi":
            more["data"] = {name: it if isinstance(it, str) else json.dumps(it) for name, it in sent.items()}
        elif sent is not None:
            more["json"] = sent
        return method, real, more

    def ask(self, it, enter):
        method, path, more = it
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
        more = json.loads(json.dumps(more))
        enter(more)
        answer = self.local.session.request(method, self.host.url + path, timeout=120, **more)
        if SECRET in answer.text or SECRET in str(answer.headers) or answer.status_code == 500:
            self.found.append(f"{method} {path} {json.dumps(more)[:600]}: {answer.status_code} {answer.text[:400]}")
        self.good += answer.status_code < 300

    def run(self, surfaces, enter, reading=False):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda it: self.ask(it, enter), list(self.requests(surfaces, reading))))
        assert self.found == [], "\n".join(self.found[:20])


def put(more, where, **values):
    more.setdefault(where, {}).update(values)


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    print(f"CRAWL_SEED={SEED} CRAWL={CRAWL}")
    host = Host(tmp_path_factory.mktemp("host"), lanes=3, log={"access": False},
                settings={"kalliope": {"tenant": "NORTH", "changes": "at once"}, "auth": {"free_failures": 1000000}}).migrate()
    host.tenant("DEMO").tenant("NORTH").user("admin", PASSWORD, admin=True)
    with host:
        keys = {code: host.key(code) for code in ("DEMO", "NORTH")}
        for code, number, name in (("DEMO", "210", SECRET), ("NORTH", "310", "North")):
            made = host.post(f"/openapi.php/extensions?tenant={code}", headers={"X-API-Key": keys[code]}, json={
                "number": number, "name": name, "tech": "PJSIP", "password": f"pw-{name}"})
            assert made.status_code == 201, made.text
        with sqlite3.connect(host.store, timeout=10) as store:
            tenants = dict(store.execute("SELECT te_code, te_id FROM te_tenants"))
            store.execute("INSERT INTO us_users (us_id, us_username, us_password, us_up_id) VALUES (8001, 'north', ?, 8001)",
                          (hashlib.sha256(PASSWORD.encode()).hexdigest(),))
            store.execute("INSERT INTO ut_usertenants (ut_us_id, ut_tenant_id) VALUES (8001, ?)", (tenants["NORTH"],))
            store.execute("INSERT INTO up_privileges (upp_up_id, ug_id) VALUES (8001, 'TENANTADMIN')")
        assert len(fill(host.store, tenants["DEMO"], DEMO, SECRET, HANDLE)) > 60
        fill(host.store, tenants["NORTH"], OWN, "north", "probe-north")
        host.tenants, host.keys = tenants, keys
        host.document = Document(host.get("/openapi.json").json())
        yield host


@pytest.fixture(autouse=True)
def untouched(host):
    """Every row of DEMO's is there unchanged, and there is no new one."""
    marks = (SECRET, HANDLE, "-DEMO")
    rows, marked = owned_rows(host.store, host.tenants["DEMO"], *marks)
    yield
    after, marked_after = owned_rows(host.store, host.tenants["DEMO"], *marks)
    assert list((rows - after).elements()) == [] and list((after - rows).elements()) == []
    assert list((marked - marked_after).elements()) == []  # what is NORTH's may hold what was sent


def by_key(key):
    def enter(more):
        put(more, "headers", **{"X-API-Key": key, "Authorization": f"Bearer {key}"})
        put(more, "params", key=key, tenant="NORTH")
    return enter


def test_a_tenants_key(host):
    crawl = Crawl(host, host.document, SEED)
    crawl.run(("openapi", "proxyapi", "custom"), by_key(host.keys["NORTH"]))
    assert crawl.good > 150


def test_a_tenants_key_in_mikopbx(host):
    crawl = Crawl(host, host.document, SEED)
    crawl.run(("mikopbx", "legacy"), by_key(host.keys["NORTH"]))
    assert crawl.good > 10


def test_a_tenants_read_only_key(host):
    crawl = Crawl(host, host.document, SEED + 1)
    crawl.run(("openapi", "proxyapi", "mikopbx", "legacy", "custom"), by_key(host.key("NORTH", read_only=True)), reading=True)
    assert crawl.good > 100


def test_somebody_who_has_logged_in(host):
    login = host.post("/pbxcore/api/v3/auth:login", json={"login": "north", "password": PASSWORD})
    assert login.status_code == 200, login.text
    token = login.json()["data"]["accessToken"]
    crawl = Crawl(host, host.document, SEED + 2)
    crawl.run(("mikopbx",), lambda more: put(more, "headers", Authorization=f"Bearer {token}"), reading=True)
    assert crawl.good > 10
    session = host.post("/admin-cabinet/session/start", data={"login": "north", "password": PASSWORD})
    cookie = session.headers["Set-Cookie"].partition(";")[0]
    crawl = Crawl(host, host.document, SEED + 3)
    crawl.run(("legacy",), lambda more: put(more, "headers", Cookie=cookie))
    assert crawl.good > 2


def test_the_administrator_of_kalliope(host):
    word = hashlib.md5(PASSWORD.encode()).hexdigest()
    authorization = requests.auth._basic_auth_str("admin", word)
    crawl = Crawl(host, host.document, SEED + 4)
    crawl.run(("kalliope",), lambda more: put(more, "headers", Authorization=authorization))
    assert crawl.good > 20
