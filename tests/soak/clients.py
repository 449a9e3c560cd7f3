"""Clients of the soak: each knows what it has made, asks for it again, and complains when it is told something
else, something of the other tenant, or nothing."""

import hashlib
import time
import xml.etree.ElementTree

import requests

PASSWORD = "Adm1n-Passw0rd!"
OPEN = "/mirtapbx/openapi.php"
PROXY = "/mirtapbx/proxyapi.php"
MIKO = "/pbxcore/api/v3"
BUSY = (502, 503, 504)


class Trouble(Exception):
    """A wrong answer."""


class Client:
    """One connection of one tenant. `made` is what must be there: acknowledged and not taken away; `unsure` what
    was under way when the line was cut."""

    def __init__(self, soak, tenant, chance):
        self.soak, self.tenant, self.chance = soak, tenant, chance
        self.other = "OTHER" if tenant == "DEMO" else "DEMO"
        self.key = soak.keys[tenant]
        self.session = requests.Session()
        self.made, self.unsure, self.count = {}, set(), 0
        self.kills = soak.faults["host killed"]
        self.start()

    def start(self):
        pass

    def cut(self):
        self.session.close()
        self.session = requests.Session()

    def step(self):
        self.kills = self.soak.faults["host killed"]
        if len(self.made) < 5 or self.chance.random() < 0.3:
            self.add()
        elif len(self.made) > 60:
            self.remove()
        else:
            self.look()

    def ask(self, method, path, expected=(200,), **more):
        began = time.monotonic()
        answer = self.session.request(method, self.soak.host.url + path, timeout=60, **more)
        self.soak.note(type(self).__name__.lower(), answer.status_code, time.monotonic() - began)
        if answer.status_code not in expected:
            raise Trouble(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        if f"Caller of {self.other}" in answer.text or f"of-{self.other}" in answer.text:
            raise Trouble(f"{method} {path}: shows what is {self.other}'s")
        return answer

    def name(self):
        self.count += 1
        return f"{self.count}-of-{self.tenant}"


class OpenApi(Client):
    def headers(self):
        return {"X-API-Key": self.key}

    def add(self):
        name = self.name()
        self.unsure.add(name)
        made = self.ask("POST", f"{OPEN}/phonebooks?tenant={self.tenant}", (201,), headers=self.headers(), json={"name": name}).json()
        self.unsure.discard(name)
        self.made[name] = made["id"]

    def look(self):
        name, number = self.chance.choice(list(self.made.items()))
        got = self.ask("GET", f"{OPEN}/phonebooks/{number}?tenant={self.tenant}", headers=self.headers()).json()
        if got["pb_name"] != name:
            raise Trouble(f"phonebook {number} is {got['pb_name']}, not {name}")

    def remove(self):
        name, number = self.chance.choice(list(self.made.items()))
        del self.made[name]
        self.ask("DELETE", f"{OPEN}/phonebooks/{number}?tenant={self.tenant}", headers=self.headers())
        self.ask("GET", f"{OPEN}/phonebooks/{number}?tenant={self.tenant}", (404,), headers=self.headers())


class ProxyApi(Client):
    def manage(self, action, **more):
        return self.ask("POST", PROXY, data={"key": self.key, "tenant": self.tenant, "reqtype": "MANAGEDB",
                                             "object": "condition", "action": action, "format": "json", **more})

    def add(self):
        name = self.name()
        made = self.manage("add", jsondata=f'{{"co_name":"{name}","co_type":"WEEKTIME"}}').json()
        self.made[name] = made["co_id"]

    def look(self):
        name, number = self.chance.choice(list(self.made.items()))
        got = self.manage("get", objectid=number).json()
        got = got[0] if isinstance(got, list) else got
        if got.get("co_name") != name:
            raise Trouble(f"condition {number} is {got.get('co_name')}, not {name}")

    def remove(self):
        name, number = self.chance.choice(list(self.made.items()))
        del self.made[name]
        self.manage("delete", objectid=number)


class MikoPbx(Client):
    """The default tenant's alone: a person who logs in sees one."""

    def start(self):
        self.token, self.until = None, 0
        self.first = 30000 if self.tenant == "DEMO" else 40000

    def headers(self):
        return {"Authorization": f"Bearer {self.key}"}

    def add(self):
        number = str(self.first + self.count)
        name = self.name()
        made = self.ask("POST", f"{MIKO}/employees", (200, 201), headers=self.headers(), json={
            "number": number, "user_username": name, "sip_secret": "Xy7-" * 5}).json()
        if made["result"] is not True:
            raise Trouble(f"POST employees {number}: {made['messages']}")
        self.made[name] = made["data"]["id"]

    def look(self):
        if self.chance.random() < 0.1:
            self.ask("POST", f"{MIKO}/auth:login", json={"login": "admin", "password": PASSWORD})
        name, number = self.chance.choice(list(self.made.items()))
        got = self.ask("GET", f"{MIKO}/employees/{number}", headers=self.headers()).json()["data"]
        if got["user_username"] != name:
            raise Trouble(f"employee {number} is {got['user_username']}, not {name}")

    def remove(self):
        name, number = self.chance.choice(list(self.made.items()))
        del self.made[name]
        self.ask("DELETE", f"{MIKO}/employees/{number}", headers=self.headers())


class Kalliope(Client):
    """Its one administrator, who speaks for the first tenant; a client of either tenant has numbers of its own."""

    def start(self):
        self.first = 50000 if self.tenant == "DEMO" else 60000
        self.auth = ("admin", hashlib.md5(PASSWORD.encode()).hexdigest())

    def send(self, method, path, body=""):
        answer = self.ask(method, "/rest" + path, auth=self.auth, headers={"Content-Type": "text/xml"},
                          data=f"<kpbx_request>{body}</kpbx_request>" if body else None)
        return xml.etree.ElementTree.fromstring(answer.text)

    def add(self):
        number = str(self.first + self.count)
        name = self.name()
        code = self.send("POST", "/users/configs", f"<user><exten>{number}</exten><sip_secret>pw-{number}-x</sip_secret>"
                         f"<first_name>{name.replace(self.tenant, 'both')}</first_name>"
                         "<last_name>Soak</last_name><vm_enabled>false</vm_enabled></user>").findtext(".//code")
        if code != "0":
            raise Trouble(f"user {number}: code {code}")
        self.made[number] = number

    def look(self):
        number = self.chance.choice(list(self.made))
        secret = self.send("GET", f"/users/configs/{number}").findtext(".//sip_secret")
        if secret != f"pw-{number}-x":
            raise Trouble(f"user {number} has the secret {secret}")

    def remove(self):
        number = self.chance.choice(list(self.made))
        del self.made[number]
        self.send("DELETE", f"/users/configs/{number}")


class Reader(Client):
    """Exports of all calls, some of them read slowly."""

    def step(self):
        self.kills = self.soak.faults["host killed"]
        began = time.monotonic()
        with self.session.get(self.soak.host.url + PROXY, stream=True, timeout=60, params={
                "key": self.key, "tenant": self.tenant, "reqtype": "INFO", "info": "CDRS", "format": "csv",
                "start": "2024-05-01", "end": "2024-05-02"}) as answer:
            slow = self.chance.random() < 0.2
            text = bytearray()
            for piece in answer.iter_content(65536):
                text += piece
                if slow:
                    time.sleep(0.01)
        self.soak.note("reader", answer.status_code, time.monotonic() - began)
        if answer.status_code != 200:
            raise Trouble(f"export: {answer.status_code} {bytes(text[:200])!r}")
        if text.count(b"\n") != 30_001:
            raise Trouble(f"export: {text.count(b'n')} lines, ends in {bytes(text[-100:])!r}")
        if f"Caller of {self.other}".encode() in text:
            raise Trouble(f"export shows what is {self.other}'s")


class Caller(Client):
    """Dials with an Idempotency-Key: at most once, whatever the manager does."""

    def start(self):
        self.number = "100" if self.tenant == "DEMO" else "101"
        self.session.post(f"{self.soak.host.url}{OPEN}/extensions?tenant={self.tenant}", timeout=60, headers={
            "X-API-Key": self.key}, json={"number": self.number, "tech": "PJSIP"})

    def step(self):
        self.kills = self.soak.faults["host killed"]
        dest = str(700000 + self.count) + self.tenant[:1].replace("D", "1").replace("O", "2")
        name = self.name()
        headers = {"X-API-Key": self.key, "Idempotency-Key": name}
        bad, times = self.soak.manager_bad.is_set(), self.soak.bad_times
        for _ in range(1 + (self.chance.random() < 0.3)):
            answer = self.ask("POST", f"{OPEN}/dial?tenant={self.tenant}", (200, 201, 202, 409, *BUSY), headers=headers,
                              json={"source": self.number, "dest": dest})
            if answer.status_code in BUSY and not bad and times == self.soak.bad_times:
                raise Trouble(f"dial with a good manager: {answer.status_code} {answer.text[:200]}")
        dialled = [it for it in self.soak.manager.asked("Originate") if it.get("exten") == dest]
        if len(dialled) > 1:
            raise Trouble(f"dialled {len(dialled)} times: {dest}")


CLIENTS = {it.__name__.lower(): it for it in (OpenApi, ProxyApi, MikoPbx, Kalliope, Reader, Caller)}
