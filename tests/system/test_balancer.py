"""HAProxy, as shipped, in front of two hosts on one MariaDB: what clients see while hosts come, go and die."""

import http.client
import itertools
import re
import signal
import socket
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from balancer import Balancer
from host import Host
from lab import eventually

PATIENCE = 120
ROWS = 60_000
BOOKS = "/mirtapbx/openapi.php/phonebooks?tenant=DEMO"
EXPORT = "/mirtapbx/proxyapi.php?reqtype=INFO&info=CDRS&format=csv&start=2024-05-01&end=2024-05-02&tenant=DEMO"
HELD = """
local config = require "config"
local store = require "store"
local task = require "task"

local held = route {
  family = "held",
  summary = "Answers when it is let go.",
  actions = { wait = { verb = "GET /held", access = "public", tenant = "none" } },
}

function held.wait()
  local told, failed = store.write("INSERT INTO held (host) VALUES (?)", { config.get("host") })
  if not told then return nil, failed end
  for _ = 1, 500 do
    local rows, err = store.query("SELECT 1 FROM se_settings WHERE se_code = 'go'")
    if not rows then return nil, err end
    if rows[1] then return { held = "until it was let go" } end
    task.sleep(0.05)
  end
  return nil, { code = "timeout", message = "nobody let it go" }
end

return held
"""


def draining(host):
    """Whether it takes nothing new since it was asked to end the last time."""
    return "draining" in host.said().rpartition("leaving")[2]


class Site:
    """Two hosts with one store, and the balancer."""

    def __init__(self, server, folder, database):
        self.server, self.database = server, database
        own = folder / "scripts"
        (own / "schema").mkdir(parents=True)
        (own / "schema/0001_held.sql").write_text("CREATE TABLE held (host VARCHAR(10) NOT NULL);\n")
        (own / "held.lua").write_text(HELD)
        self.hosts = [Host(folder / name, scripts=[own], store={"url": f"{server.url}/{database}"}, settings={"host": name},
                           http={"trusted_proxies": ["127.0.0.1"], "leave_seconds": 5}) for name in ("host1", "host2")]
        self.hosts[0].run("migrate")
        self.hosts[0].tenant("DEMO")
        self.key = self.hosts[0].key("DEMO")
        self.headers = {"X-API-Key": self.key}
        self.balancer = Balancer(folder, *(host.port for host in self.hosts))

    def __enter__(self):
        try:
            for host in self.hosts:
                host.start()
            self.balancer.__enter__()
        except BaseException:
            self.__exit__()
            raise
        self.url = self.balancer.url
        return self

    def __exit__(self, *_):
        self.balancer.__exit__()
        for host in self.hosts:
            host.kill()

    def sql(self, text):
        return subprocess.run(["mariadb", "-h127.0.0.1", f"-P{self.server.port}", "-uroot", self.database, "-N", "-e", text],
                              capture_output=True, text=True, check=True).stdout.splitlines()

    def names(self):
        return list(zip(("host1", "host2"), self.hosts))

    def asked(self, host, path, peer=""):
        """Lines of the host's log for requests of that path and address."""
        return [line for line in host.said().splitlines() if path in line and f"peer={peer}" in line]

    def down(self, name):
        return self.balancer.changes(name)[-1:] == ["DOWN"]

    def left(self, name, host):
        """The balancer took it out while it still served: nothing new met its end."""
        eventually(lambda: self.down(name))
        assert not draining(host), "it ended before the balancer knew"

    def up(self, name):
        return self.balancer.changes(name)[-1:] == ["UP"]


@pytest.fixture(scope="module")
def site(server, tmp_path_factory):
    with Site(server, tmp_path_factory.mktemp("site"), "balanced") as site:
        yield site


class Load:
    """Clients that read and write until they are told to stop: some keep their connection, some do not."""

    def __init__(self, site, clients=4):
        self.site = site
        self.made, self.failed = [], []
        self.answers = itertools.count()
        self.count = 0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number):
        session = requests.Session() if number % 2 else requests
        for turn in itertools.count():
            if self._stop.is_set():
                return
            name = f"book {id(self)} {number}-{turn}"
            for method, more in (("GET", {}), ("POST", {"json": {"name": name}})):
                try:
                    answer = session.request(method, self.site.url + BOOKS, headers=self.site.headers, timeout=60, **more)
                except requests.exceptions.ChunkedEncodingError:
                    self.failed.append((method, name, "cut"))
                    continue
                except requests.ConnectionError as error:
                    # HAProxy tells a client that has kept its connection by closing it: RFC 9112, 9.3.1
                    self.failed.append((method, name, "closed" if session is not requests else repr(error)))
                    continue
                self.count = next(self.answers)
                if answer.status_code not in (200, 201):
                    self.failed.append((method, name, answer.status_code))
                elif method == "POST":
                    self.made.append(name)

    def go_on(self, more=30):
        before = self.count
        eventually(lambda: self.count > before + more)


def books(site):
    return site.sql("SELECT pb_name FROM pb_phonebooks WHERE pb_name LIKE 'book %'")


def test_requests_are_spread_and_hosts_see_the_client(site):
    for number in range(20):
        answer = requests.get(site.url + BOOKS, headers=site.headers | {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"})
        assert answer.status_code == 200
    for host in site.hosts:
        assert len(eventually(lambda: site.asked(host, "/phonebooks"))) >= 5, "one host has hardly been asked"
        assert not site.asked(host, "/phonebooks", "203.0.113.9"), "a client says itself who it is"

    # What one client does wrong is counted for it, and not for the balancer.
    def ask(source, key):
        client = http.client.HTTPConnection("127.0.0.1", site.balancer.port, timeout=PATIENCE, source_address=(source, 0))
        client.request("GET", BOOKS, headers={"X-API-Key": key})
        status = client.getresponse().status
        client.close()
        return status

    with ThreadPoolExecutor(16) as guessers:  # each waits for its answer
        codes = list(guessers.map(lambda _: ask("127.0.0.66", "wrong"), range(80)))
    assert set(codes) <= {401, 403, 429}
    assert ask("127.0.0.67", site.key) == 200
    assert all(eventually(lambda: site.asked(host, "/phonebooks", "127.0.0.66")) for host in site.hosts)


def test_a_rolling_restart_under_load_fails_no_request(site):
    with Load(site) as load:
        for name, host in site.names():
            load.go_on()
            host.signal(signal.SIGTERM)
            site.left(name, host)
            load.go_on()  # on the other one
            host.ended()
            load.go_on()
            host.start()
            eventually(lambda: site.up(name))
        load.go_on()
    assert load.failed == []
    there = books(site)
    assert len(there) == len(set(there)), "something is there twice"
    assert set(load.made) <= set(there)
    for host in site.hosts:
        assert "drain limit" not in host.said()


class Export:
    """A large answer that is read in two parts, by a client that waits between them."""

    def __init__(self, site):
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(("127.0.0.1", site.balancer.port))
        before = [streams(host) for host in site.hosts]
        self._socket.sendall(f"GET {EXPORT}&key={site.key} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        runs = eventually(lambda: [number for number, host in enumerate(site.hosts) if streams(host) > before[number]])
        self.host = runs[0]
        self._answer = http.client.HTTPResponse(self._socket)
        self._answer.begin()
        assert self._answer.status == 200
        self._begin = self._answer.read(1000)

    def text(self):
        """All of it; an answer that is cut raises."""
        rest = self._answer.read()
        self._socket.close()
        return (self._begin + rest).decode()


def streams(host):
    return float(re.search(r"^patchbay_store_streams_total (\S+)$", host.get("/metrics").text, re.M)[1])


def test_an_export_is_whole_whichever_host_restarts(site):
    tenant = site.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")[0]
    site.sql(f"""INSERT INTO cdr (te_id, start, src, dst, duration, billsec, disposition, uniqueid, linkedid)
                 SELECT {tenant}, '2024-05-01 10:00:00', '100', '101', 60, 59, 'ANSWERED', CONCAT('u', seq), CONCAT('u', seq)
                 FROM seq_1_to_{ROWS}""")
    for own in (False, True):
        export = Export(site)
        number = export.host if own else 1 - export.host
        name, host = site.names()[number]
        host.signal(signal.SIGTERM)
        site.left(name, host)
        if own:
            eventually(lambda: draining(host))
            assert host.pid is not None  # it waits for the client
            assert requests.get(site.url + BOOKS, headers=site.headers).status_code == 200
        else:
            host.ended()
        assert export.text().count("\n") == ROWS + 1
        if own:
            host.ended()
        host.start()
        eventually(lambda: site.up(name))


def test_a_host_that_is_killed_fails_what_runs_on_it_alone(site):
    results = {}

    def ask(number):
        try:
            answer = requests.get(site.url + "/held", timeout=PATIENCE)
            results[number] = (answer.status_code, answer.text)
        except requests.RequestException as error:
            results[number] = (0, repr(error))

    site.sql("DELETE FROM se_settings WHERE se_code = 'go'")
    clients = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for client in clients:
        client.start()
    where = eventually(lambda: (rows := site.sql("SELECT host FROM held"))[7:] and rows)
    lost = where.count("host1")
    assert 0 < lost < 8
    with Load(site) as load:
        load.go_on()
        site.hosts[0].kill()
        load.go_on(60)
        eventually(lambda: site.down("host1"))
        eventually(lambda: len(results) == lost)
        assert {code for code, _ in results.values()} == {502}, results
        assert all("went away" in text for _, text in results.values())
        site.sql("INSERT INTO se_settings (se_te_id, se_code, se_value) VALUES (0, 'go', '')")
        for client in clients:
            client.join()
        assert sorted(code for code, _ in results.values()) == [200] * (8 - lost) + [502] * lost
        site.hosts[0].start()
        eventually(lambda: site.up("host1"))
        load.go_on()
    # One of each client at most was under way there; it was told so, and what was told done is done.
    assert len(load.failed) <= 4, load.failed
    assert {code for _, _, code in load.failed} <= {502, "cut", "closed"}, load.failed
    there = books(site)
    assert len(there) == len(set(there)) and set(load.made) <= set(there)


def test_without_any_host_the_answer_says_so(site):
    for name, host in site.names():
        host.kill()
        eventually(lambda: site.down(name))
    answer = requests.get(site.url + BOOKS, headers=site.headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json() == {"error": "No host is ready."}
    for name, host in site.names():
        host.start()
        eventually(lambda: site.up(name))
    assert requests.get(site.url + BOOKS, headers=site.headers).status_code == 200
