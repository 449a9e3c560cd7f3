"""What breaks around the host: power, disk, descriptors, clock, managers and clients. Each test says what a
client saw meanwhile, and that nothing that was acknowledged is gone.

FAULTS=n is how many times (`make test-faults` takes more)."""

import concurrent.futures
import hashlib
import itertools
import os
import resource
import socket
import sqlite3
import subprocess
import threading
import time
import xml.etree.ElementTree

import pytest
import requests

from host import Host
from lab import eventually
from manager import Manager

FAULTS = int(os.environ.get("FAULTS", "3"))
OPEN = "/mirtapbx/openapi.php"


def sample(host, name):
    for line in requests.get(host.url + "/metrics", timeout=60).text.splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    raise AssertionError(f"no {name} at /metrics")


def sound(path):
    """The store as it lies on the disk."""
    with sqlite3.connect(path) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
    return sqlite3.connect(path)


def column(store, text):
    return {row[0] for row in store.execute(text)}


# --- the power goes


class Writers:
    """Four clients, one of each dialect, that make one thing after the other and remember what was acknowledged."""

    def __init__(self, host, key):
        self.host, self.key = host, key
        self.made = {"openapi": set(), "proxyapi": set(), "mikopbx": set(), "kalliope": set()}
        self.wrong = []
        self.numbers = {name: itertools.count(first) for name, first in
                        (("openapi", 0), ("proxyapi", 0), ("mikopbx", 30000), ("kalliope", 40000))}

    def acknowledged(self):
        return min(len(made) for made in self.made.values())

    def run(self):
        """Until the host is gone."""
        threads = [threading.Thread(target=self._write, args=(name,)) for name in self.made]
        for thread in threads:
            thread.start()
        return threads

    def _write(self, name):
        with requests.Session() as session:
            while True:
                item = f"{name[0]}{next(self.numbers[name])}"
                try:
                    answer = getattr(self, "_" + name)(session, item)
                except requests.RequestException:
                    return  # what was under way may be there or not
                if answer is True:
                    self.made[name].add(item)
                else:
                    self.wrong.append(f"{name} {item}: {answer}")
                    return

    def _openapi(self, session, item):
        answer = session.post(f"{self.host.url}{OPEN}/phonebooks?tenant=DEMO", headers={"X-API-Key": self.key},
                              json={"name": item}, timeout=60)
        return answer.status_code == 201 or answer.text

    def _proxyapi(self, session, item):
        answer = session.post(self.host.url + "/mirtapbx/proxyapi.php", data={
            "key": self.key, "tenant": "DEMO", "reqtype": "MANAGEDB", "object": "condition", "action": "add",
            "format": "json", "jsondata": f'{{"co_name":"{item}","co_type":"WEEKTIME"}}'}, timeout=60)
        return '"co_id"' in answer.text or answer.text

    def _mikopbx(self, session, item):
        answer = session.post(self.host.url + "/pbxcore/api/v3/employees", headers={"Authorization": f"Bearer {self.key}"},
                              json={"number": item[1:], "user_username": item, "sip_secret": "Xy7-" * 5}, timeout=60)
        return answer.json().get("result") is True or answer.text

    def _kalliope(self, session, item):
        answer = session.post(self.host.url + "/rest/users/configs", auth=("admin", kalliope_password()), data=(
            f"<kpbx_request><user><exten>{item[1:]}</exten><sip_secret>pw-{item}-secret</sip_secret>"
            f"<first_name>{item}</first_name><last_name>Fault</last_name>"
            f"<vm_enabled>false</vm_enabled></user></kpbx_request>"), headers={"Content-Type": "text/xml"}, timeout=60)
        return xml.etree.ElementTree.fromstring(answer.text).findtext(".//code") == "0" or answer.text


PASSWORD = "Adm1n-Passw0rd!"


def kalliope_password():
    return hashlib.md5(PASSWORD.encode()).hexdigest()


def check_made(path, made):
    store = sound(path)
    books = column(store, "SELECT pb_name FROM pb_phonebooks")
    assert made["openapi"] - books == set()
    assert made["proxyapi"] - column(store, "SELECT co_name FROM co_conditions") == set()
    numbers = column(store, "SELECT ex_number FROM ex_extensions")
    assert {it[1:] for it in made["mikopbx"] | made["kalliope"]} - numbers == set()
    # All of a phone or nothing of it, whether it was acknowledged or not.
    peers = column(store, "SELECT ex_tech_id FROM ex_extensions WHERE ex_tech = 'PJSIP'")
    for table in ("ps_endpoints", "ps_auths", "ps_aors"):
        assert column(store, f"SELECT id FROM {table}") == peers, table
    employees = column(store, "SELECT me_ex_id FROM mk_employees")
    assert employees <= column(store, "SELECT ex_id FROM ex_extensions")
    named = column(store, "SELECT ku_first_name FROM ks_users")
    assert made["kalliope"] <= named
    store.close()


def test_what_was_acknowledged_survives_the_power(tmp_path):
    host = Host(tmp_path, lanes=2, log={"access": False}, settings={"kalliope": {"changes": "at once"}}).migrate()
    host.tenant("DEMO").user("admin", PASSWORD, admin=True)
    writers = Writers(host, host.key("DEMO"))
    for _ in range(FAULTS):
        host.start()
        before = writers.acknowledged()
        threads = writers.run()
        eventually(lambda: writers.wrong or writers.acknowledged() >= before + 4)
        host.kill()
        for thread in threads:
            thread.join()
        assert writers.wrong == []
        check_made(host.store, writers.made)
    with host:
        listed = host.get(f"{OPEN}/phonebooks?tenant=DEMO&limit=1000", headers={"X-API-Key": writers.key}).json()
        assert len(listed) >= len(writers.made["openapi"])


# --- the disk


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def on_disk(tmp_path, disk):
    host = Host(tmp_path / "host", store={"url": f"sqlite://{disk}/patchbay.db"})
    host.store = disk / "patchbay.db"
    return host.migrate().tenant("DEMO")


def test_a_full_disk_refuses_changes_and_recovers(tmp_path, disk):
    host = on_disk(tmp_path, disk)
    key = host.key("DEMO")
    headers = {"X-API-Key": key}
    made = set()

    def write(name):
        answer = host.post(f"{OPEN}/phonebooks?tenant=DEMO", headers=headers, json={"name": name})
        if answer.status_code == 201:
            made.add(name)
        return answer

    with host:
        assert write("before").status_code == 201
        ballast = disk / "ballast"
        with open(ballast, "wb") as file:
            try:
                while file.write(b"x" * 65536):
                    file.flush()
            except OSError:
                pass
        answer = next(it for it in (write(f"full {number}") for number in range(2000)) if it.status_code != 201)
        assert answer.status_code == 503 and answer.json()["error"]["code"] == "unavailable", answer.text
        assert "full" in answer.text or "space" in answer.text, answer.text
        listed = host.get(f"{OPEN}/phonebooks?tenant=DEMO", headers=headers)
        assert listed.status_code == 200 and "before" in listed.text
        ballast.unlink()
        eventually(lambda: write("after").status_code == 201)
    store = sound(host.store)
    assert made <= column(store, "SELECT pb_name FROM pb_phonebooks")
    store.close()


def test_a_read_only_store_is_told_in_its_words(tmp_path, disk):
    host = on_disk(tmp_path, disk)
    key = host.key("DEMO")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    done = subprocess.run(host.command("serve"), capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "Read-only file system" in done.stderr, done.stderr
    assert str(host.store) in done.stderr, done.stderr
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    with host:
        assert host.get(f"{OPEN}/phonebooks?tenant=DEMO", headers={"X-API-Key": key}).status_code == 200


# --- descriptors and clients


def test_few_descriptors_are_told_to_those_who_get_none(tmp_path):
    host = Host(tmp_path, lanes=1).migrate()
    host.popen = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (240, 240))}
    with host:
        assert "fewer descriptors than http.connections may take" in host.said()
        peers = [socket.create_connection(("127.0.0.1", host.port)) for _ in range(300)]
        # found: the kernel hung up on them, and nobody was told
        assert peers[60].recv(64).startswith(b"HTTP/1.1 503 ")
        # a connection that has come in is served all the while
        peers[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert peers[0].recv(64).startswith(b"HTTP/1.1 200 ")
        for peer in peers:
            peer.close()
        host._session.close()
        eventually(lambda: host.get("/healthz").status_code == 200)
        assert 0 < host.said().count("connection limit reached") < 10  # told, and not a line for each


def test_slow_clients_hold_nobody(tmp_path):
    host = Host(tmp_path, lanes=1, http={"header_seconds": 2, "body_seconds": 2}).migrate()
    starts = [b"GET /healthz HT", b"POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx",
              b"POST /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n"]
    with host:
        peers = []
        for number in range(150):
            peer = socket.create_connection(("127.0.0.1", host.port))
            peer.sendall(starts[number % len(starts)])
            peers.append(peer)
        assert host.get("/healthz").status_code == 200
        for peer in peers:  # each is told, and let go
            peer.settimeout(60)
            assert peer.recv(64).startswith(b"HTTP/1.1 408 ")
            peer.close()
        eventually(lambda: sample(host, 'patchbay_lane_connections{lane="0"}') < 10)


# --- the clock


def test_the_clock_jumps(tmp_path):
    # A day ahead and back again: answers come, keys stay good, and what was given until a time ends with it.
    stamp = tmp_path / "now"

    def jump(by):
        stamp.write_text(f"{by:+d}\n")

    jump(0)
    library = next(it for it in ("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
                                 "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1") if os.path.exists(it))
    host = Host(tmp_path / "host", lanes=1).migrate().tenant("DEMO").user("admin", PASSWORD, admin=True)
    host.popen = {"env": os.environ | {
        "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(stamp), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
        "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}}
    key = host.key("DEMO")

    def log_in():
        answer = host.post("/pbxcore/api/v3/auth:login", json={"login": "admin", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['data']['accessToken']}"}

    def employees(headers):
        return host.get("/pbxcore/api/v3/employees", headers=headers).status_code

    def write(name):
        return host.post(f"{OPEN}/phonebooks?tenant=DEMO", headers={"X-API-Key": key}, json={"name": name}).status_code

    with host:
        before = log_in()
        assert employees(before) == 200 and write("now") == 201
        jump(86400)
        eventually(lambda: employees(before) == 401)
        ahead = log_in()
        assert employees(ahead) == 200 and write("tomorrow") == 201
        jump(-86400)
        eventually(lambda: employees(ahead) == 401)  # not yet
        assert employees(log_in()) == 200 and write("yesterday") == 201
        jump(0)
        eventually(lambda: employees(before) == 200)
        assert write("again") == 201 and host.get("/healthz").status_code == 200


# --- managers


@pytest.fixture
def managed(tmp_path):
    manager = Manager()
    host = Host(tmp_path, lanes=1, pbx=manager.section, limits={"request_seconds": 5}).migrate().tenant("DEMO")
    key = host.key("DEMO")
    host.post_dial = lambda **more: host.post(f"{OPEN}/dial?tenant=DEMO", headers={"X-API-Key": key}, json={
        "source": "100", "dest": "200"}, **more)
    made = host.start().post(f"{OPEN}/extensions?tenant=DEMO", headers={"X-API-Key": key},
                             json={"number": "100", "tech": "PJSIP"})
    assert made.status_code == 201, made.text
    eventually(lambda: node(host) == "up")
    yield host, manager
    host.stop()
    manager.close()


def node(host):
    return host.get("/healthz").json()["pbx"][0]["state"]


def test_a_mute_manager_is_found_out(managed):
    host, manager = managed
    quiet = threading.Event()

    def chatter():  # it does nothing for anybody, and talks
        while not quiet.wait(0.05):
            manager.event(Event="PeerStatus", Peer="PJSIP/x", PeerStatus="Reachable")

    manager.behave = lambda action, say: False
    talking = threading.Thread(target=chatter)
    talking.start()
    answer = host.post_dial()
    assert answer.status_code in (502, 503, 504), answer.text
    eventually(lambda: "no answer to Ping" in host.said())
    manager.behave = lambda action, say: True
    quiet.set()
    talking.join()
    eventually(lambda: node(host) == "up")


LIES = {
    "another's answer": lambda action, say: say("Response: Success\r\nActionID: 999999\r\nMessage: yes\r\n\r\n"),
    "twice": lambda action, say: [say(f"Response: Success\r\nActionID: {action['actionid']}\r\n\r\n") for _ in range(2)],
    "an answer of nothing": lambda action, say: say(f"ActionID: {action['actionid']}\r\n\r\n"),
    "noise": lambda action, say: say("\x00\xff" * 5000 + "\r\n\r\n"),
    "a list without an end": lambda action, say: say(
        f"Response: Success\r\nActionID: {action['actionid']}\r\nEventList: start\r\n\r\n" + "Event: X\r\n\r\n" * 1000),
    "one line that never ends": lambda action, say: say("Event: " + "x" * (20 << 20)),
    "negative lists": lambda action, say: say(
        f"Event: CoreShowChannelsComplete\r\nActionID: {action['actionid']}\r\nEventList: Complete\r\nListItems: -5\r\n\r\n"),
    "channels of nobody": lambda action, say: say("Event: Newchannel\r\nUniqueid: \r\nChannel: " + "%" * 5000 + "\r\n\r\n"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_manager_costs_itself_the_connection_at_most(managed, lie):
    host, manager = managed
    manager.behave = lambda action, say: action.get("action") == "Ping" or LIES[lie](action, say) and False
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        dial = pool.submit(host.post_dial, timeout=120)
        assert requests.get(host.url + "/healthz", timeout=60).status_code == 200
        status = dial.result().status_code
        assert status in (200, 201, 202, 502, 503, 504), status
    manager.behave = lambda action, say: True
    manager.hang_up()
    eventually(lambda: host.post_dial().status_code in (200, 201, 202, 404))  # up again, and not still up
    host._no_report(host.said())


# --- the log

GROW = """
local crypto = require "crypto"
local store = require "store"
local grow = route { family = "grow", summary = "Writes.", actions = {
  go = { verb = "POST /grow", access = "public", tenant = "none" } } }
function grow.go()
  local text = ("x"):rep(100000)
  return store.transaction(function(tx)
    for i = 1, 20 do
      local done, err = tx:exec("INSERT INTO al_variables (al_name) VALUES (?)", { text .. crypto.random(8) })
      if not done then return nil, err end
    end
    return true
  end)
end
return grow
"""


def with_calls(host, count):
    """The address of all calls of DEMO as CSV."""
    key = host.key("DEMO", read_only=True)
    with sqlite3.connect(host.store) as store:
        store.execute("""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
            INSERT INTO cdr (te_id, "start", src, dst, duration, billsec, disposition, uniqueid, linkedid)
            SELECT te_id, '2024-05-01 10:00:00', '100', '101', 60, 59, 'ANSWERED', 'u' || i, 'u' || i
            FROM n, te_tenants WHERE te_code = 'DEMO'""", (count,))
    return ("/mirtapbx/proxyapi.php?reqtype=INFO&info=CDRS&format=csv&start=2024-05-01&end=2024-05-02&tenant=DEMO"
            f"&key={key}")


# Found by the soak: of two clients one always read, so the log never began anew once it was too large, and each export
# of more than five seconds was cut, for a quarter of an hour.
def test_exports_that_follow_each_other_do_not_keep_the_log_growing(tmp_path):
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "grow.lua").write_text(GROW)
    host = Host(tmp_path / "host", scripts=[scripts], lanes=1, store={"wal_mb": 16}).migrate().tenant("DEMO")
    path = with_calls(host, 60_000)
    over = threading.Event()

    def keep_reading():
        while not over.is_set():
            with socket.socket() as peer:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
                peer.settimeout(30)
                peer.connect(("127.0.0.1", host.port))
                peer.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
                while peer.recv(65536) and not over.is_set():
                    time.sleep(0.15)  # 60,000 rows take more than eight seconds

    def log_bytes():
        assert host.post("/grow").status_code == 200
        return sample(host, "patchbay_store_log_bytes")

    with host:
        readers = [threading.Thread(target=keep_reading) for _ in range(2)]
        readers[0].start()
        time.sleep(3)
        readers[1].start()
        try:
            eventually(lambda: log_bytes() > 16 << 20, 60)
            eventually(lambda: log_bytes() < 16 << 20, 30)
        finally:
            over.set()
            for reader in readers:
                reader.join()
        assert host.get(path).text.count("\n") == 60_001


# A night takes the log's default too.
@pytest.mark.parametrize("most", [16, 256] if FAULTS > 3 else [16])
def test_the_log_beside_a_slow_export_is_bounded(tmp_path, most):
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "grow.lua").write_text(GROW)
    host = Host(tmp_path / "host", scripts=[scripts], lanes=1, store={"wal_mb": most}).migrate().tenant("DEMO")
    path = with_calls(host, 60_000)
    log = host.store.with_name(host.store.name + "-wal")
    written = 0

    def grow():
        nonlocal written
        assert host.post("/grow").status_code == 200
        written += 20
        return log.stat().st_size

    with host:
        # Without a reader the log is written over again, and no export is cut for it.
        assert max(grow() for _ in range(12)) < most << 20
        peer = socket.socket()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.connect(("127.0.0.1", host.port))
        peer.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        eventually(lambda: sample(host, "patchbay_store_streams_total") == 1)
        top = 0
        while sample(host, "patchbay_store_exports_cut_total") == 0:
            if top <= (most + 8) << 20:  # a little over, and then its time has to pass
                top = grow()
        assert most << 20 < sample(host, "patchbay_store_log_bytes") <= top < (most + 16) << 20
        assert "an export is cut: the store's log grows beside it" in host.said()
        # Found: it grew for ever. Now it is written over again, and what it keeps is less than what is too much.
        eventually(lambda: grow() < most << 20)
        eventually(lambda: sample(host, "patchbay_store_log_bytes") < most << 20)
        peer.close()
        text = host.get(path).text  # and who reads has all of it
        assert text.count("\n") == 60001
        assert sample(host, "patchbay_store_exports_cut_total") == 1
    store = sound(host.store)
    assert store.execute("SELECT count(*) FROM al_variables").fetchone()[0] >= written
    store.close()
