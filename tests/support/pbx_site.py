"""A PBX with Patchbay in front of it, as a system test drives it: a Lab, a Host with tenants DEMO
and NORTH and their keys, and one method per dialect."""

import hashlib
import xml.etree.ElementTree as ET

from host import Host
from lab import Lab, eventually, store_of_tests

PASSWORD = "Adm1n-Passw0rd!"
PATHS = {"proxy": "/mirtapbx/proxyapi.php", "openapi": "/mirtapbx/openapi.php",
         "v3": "/pbxcore/api/v3", "old": "/pbxcore/api", "rest": "/rest"}


class Site:
    def __init__(self, folder, instance, *, manager=None, database=None, **more):
        """`manager` makes what stands between the two of the manager's port, and has its own as `.port`. `database`
        is the URL of a store on a server, by default one where PATCHBAY_TEST_STORE says."""
        self.lab = Lab(instance, database or store_of_tests(instance)).clean()
        between = manager(self.lab.ami_port) if manager else None
        self.host = Host(folder, self.lab, manager=between and between.port, **more)
        self._token = None

    def __enter__(self):
        self.host.migrate()
        self.lab.up()
        try:
            self.host.tenant("DEMO", "Demo tenant").tenant("NORTH")
            self.host.user("admin", PASSWORD, admin=True)
            self.key, self.read_key = self.host.key("DEMO"), self.host.key("DEMO", read_only=True)
            self.north_key, self.global_key = self.host.key("NORTH"), self.host.key()
            self.host.start()
            # the first question to a PBX that is not there yet would be answered so
            eventually(lambda: self.node()["state"] == "up", 10)
        except BaseException:
            self.lab.down()
            raise
        return self

    def __exit__(self, kind, *_):
        try:
            self.host.__exit__(kind)
        finally:
            self.lab.down()

    def node(self):
        return self.host.get("/healthz").json()["pbx"][0]

    # --- the dialects

    def proxy(self, reqtype, *, post=None, headers=None, **query):
        """One ProxyAPI request; `key` and `tenant` are DEMO's unless given, None leaves one out."""
        query = {"key": self.key, "tenant": "DEMO", "reqtype": reqtype} | query
        query = {name: value for name, value in query.items() if value is not None}
        if post is not None:
            return self.host.post(PATHS["proxy"], params=query, data=post, headers=headers)
        return self.host.get(PATHS["proxy"], params=query, headers=headers)

    def info(self, info, **query):
        return self.proxy("INFO", info=info, **query)

    def managedb(self, action, object_id=None, fields=None, kind="extension", **query):
        if object_id is not None:
            query["objectid"] = object_id
        post = {"jsondata": fields} if fields is not None else None
        return self.proxy("MANAGEDB", object=kind, action=action, post=post, **query)

    def openapi(self, method, path, key=None, tenant="DEMO", **more):
        more.setdefault("params", {})
        if tenant is not None:
            more["params"]["tenant"] = tenant
        return self.host.request(method, PATHS["openapi"] + path,
                                 headers={"X-API-Key": key or self.key}, **more)

    def v3(self, method, path, **more):
        if self._token is None:
            login = self.host.post(PATHS["v3"] + "/auth:login",
                                   data={"login": "admin", "password": PASSWORD})
            self._token = login.json()["data"]["accessToken"]
        answer = self.host.request(method, PATHS["v3"] + path,
                                   headers={"Authorization": f"Bearer {self._token}"}, **more)
        assert answer.json()["result"] is (answer.status_code < 400), answer.text
        return answer

    def rest(self, method, path, body=None, password=PASSWORD, headers=None):
        """One KalliopePBX request; returns the answer with its document as `.xml`."""
        auth = ("admin", hashlib.md5(password.encode()).hexdigest()) if password else None
        headers = dict(headers or {})
        if body is not None:
            headers["Content-Type"] = "application/xml"
            body = f'<?xml version="1.0"?><kpbx_request>{body}</kpbx_request>'
        answer = self.host.request(method, PATHS["rest"] + path, data=body, headers=headers,
                                   auth=auth)
        if "xml" in answer.headers.get("Content-Type", ""):
            answer.xml = ET.fromstring(answer.content)
            assert answer.xml.tag == "kpbx_response", answer.text
        return answer

    def rest_change(self, method, path, body=None):
        """One change through KalliopePBX REST, made and applied."""
        told = self.rest(method, path, body)
        assert "<code>0</code>" in told.text, told.text
        assert self.rest("PUT", "/pbx/apply", "").xml.findtext("pbx_applied") == "true"
        return told

    # --- the phones

    def extension(self, number, **more):
        """A new phone in the store; returns its row as OpenAPI shows it."""
        answer = self.openapi("POST", "/extensions", json={
            "number": number, "name": f"Phone {number}", "tech": "PJSIP",
            "password": f"secret-{number}", **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def phone(self, number, behaviour="answer", **more):
        """The extension and a phone that is registered with it."""
        row = self.extension(number, **more)
        assert self.lab.register([(f"{number}-DEMO", f"secret-{number}")], behaviour) == []
        return row

    def phones(self, people, **more):
        """Extensions with phones, {number: behaviour}; returns the ids of the extensions."""
        ids = {number: self.extension(number, **more)["id"] for number in people}
        for behaviour in set(people.values()):
            accounts = [(f"{number}-DEMO", f"secret-{number}")
                        for number, its in people.items() if its == behaviour]
            assert self.lab.register(accounts, behaviour) == []
        return ids

    def call(self, source, dest, talk_ms):
        return self.lab.call(f"{source}-DEMO", f"secret-{source}", dest, talk_ms)

    def talking(self):
        """The channels of two phones once both are in a bridge, else nothing. The Local channels
        of an originate stay between them."""
        rows = [row for row in self.proxy("CHANNELS", format="json").json()
                if row["channel"].startswith("PJSIP/")]
        return rows if len(rows) == 2 and all(row["bridgeid"] for row in rows) else None

    def quiet(self):
        return not self.lab.channels()
