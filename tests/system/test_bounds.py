"""What many clients, slow clients and broken surroundings may cause, and what holds them: every test
says what others saw meanwhile."""

import concurrent.futures
import os
import re
import socket
import sqlite3
import subprocess
import threading

import pytest
import requests

from host import BINARY, Host
from lab import eventually
from manager import Manager


def sample(host, name):
    """One value of /metrics."""
    text = host.get("/metrics").text
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    assert found, f"no {name} at /metrics"
    return float(found[1])


def unread(host, path, headers=""):
    """A client that asks and reads nothing."""
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.connect(("127.0.0.1", host.port))
    peer.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n{headers}\r\n".encode())
    return peer


@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("path", ["/openapi.json", "/mirtapbx/openapi.php/openapi.json"])
def test_a_stampede_for_a_document_makes_it_once(tmp_path, lanes, path):
    # Found: 100 to 200 clients at once stopped the lanes; up to 146 of 200 got 503.
    host = Host(tmp_path, lanes=lanes, log={"access": False}).migrate()
    with host:
        for round_number in (1, 2):
            together = threading.Barrier(60)

            def ask(_):
                together.wait()
                answer = requests.get(host.url + path, timeout=120)
                return answer.status_code, answer.text

            with concurrent.futures.ThreadPoolExecutor(60) as pool:
                answers = list(pool.map(ask, range(60)))
            assert {status for status, _ in answers} == {200}
            assert len({text for _, text in answers}) == 1
            assert answers[0][1].startswith('{"openapi":"3.0.3"')
            assert sample(host, "patchbay_shared_texts_made_total") == round_number
            packed = host.get(path, headers={"Accept-Encoding": "gzip"})
            assert packed.headers["Content-Encoding"] == "gzip" and packed.text == answers[0][1]
            host.run("reload")


def test_answers_that_nobody_reads_cost_little_and_come_back(tmp_path):
    # Found: 1,000 such connections took 1.6 MB each, and it was not given back.
    host = Host(tmp_path, log={"access": False}).migrate()
    with host:
        size = len(host.get("/openapi.json").content)
        peers = [unread(host, "/openapi.json") for _ in range(200)]
        eventually(lambda: sample(host, "patchbay_unread_bytes") > 200 * 1024)
        assert sample(host, "patchbay_unread_bytes") < 200 * 64 * 1024 < 200 * size
        assert host.get("/openapi.json").status_code == 200
        for peer in peers:
            peer.close()
        eventually(lambda: sample(host, "patchbay_unread_bytes") == 0)


def test_one_address_has_a_bound_on_connections(tmp_path):
    host = Host(tmp_path, http={"address_connections": 20}).migrate()
    with host:
        peers = [socket.create_connection(("127.0.0.1", host.port)) for _ in range(25)]  # beside our own
        eventually(lambda: "an address has too many connections" in host.said())
        for peer in peers:
            peer.close()
        eventually(lambda: host.get("/healthz").status_code == 200)
        assert sample(host, "patchbay_refused_connections_total") >= 5


def test_a_log_that_nobody_reads_stops_nobody(tmp_path):
    # Found: a log pipe that nobody read stopped the host after 460 requests.
    host = Host(tmp_path).migrate()
    ends = os.pipe()
    process = subprocess.Popen([BINARY, "serve", "--config", host.config], stdin=subprocess.DEVNULL,
                               stdout=ends[1], stderr=ends[1], cwd=tmp_path)
    os.close(ends[1])
    try:
        def listens():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", host.port)) == 0

        eventually(listens)
        with requests.Session() as session:
            for number in range(3000):
                assert session.get(host.url + f"/nothing/{'x' * 400}/{number}", timeout=30).status_code == 404
            dropped = re.search(r"^patchbay_log_lines_dropped_total (\S+)$",
                                session.get(host.url + "/metrics", timeout=30).text, re.M)
            assert float(dropped[1]) > 0
        # Somebody reads at last, and is told.
        read = []
        reader = threading.Thread(target=lambda: read.extend(iter(lambda: os.read(ends[0], 65536), b"")))
        reader.start()
        eventually(lambda: b"nobody read the log: lines were dropped" in b"".join(read))
        process.terminate()
        assert process.wait(60) == 0
        reader.join(10)
    finally:
        process.kill()
        process.wait()
        os.close(ends[0])


def test_the_status_pages_can_be_for_some_only(tmp_path):
    host = Host(tmp_path, http={"status_from": ["10.0.0.0/8"]}).migrate()
    with host:
        health = host.get("/healthz")
        assert (health.status_code, health.json()) == (200, {"status": "ok"})
        assert host.get("/metrics").status_code == 403


def test_a_script_that_fails_with_a_long_text_makes_a_short_line(tmp_path):
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "long.lua").write_text(
        "local r = route { family = 'long', summary = 's', actions = { go = { verb = 'GET /long', access = 'public',"
        " tenant = 'none' } } }\nfunction r.go() error(('x'):rep(5e6)) end\nreturn r\n")
    host = Host(tmp_path / "host", scripts=[scripts]).migrate()
    with host:
        assert host.get("/long").status_code == 500
        eventually(lambda: "left_out=" in host.said())
        assert max(map(len, host.said().splitlines())) < 100_000
        assert sample(host, "patchbay_log_lines_cut_total") == 1


def calls(host, code, count):
    """So many call records of a tenant, in the store itself."""
    with sqlite3.connect(host.store) as store:
        tenant = store.execute("SELECT te_id FROM te_tenants WHERE te_code = ?", (code,)).fetchone()[0]
        store.execute("""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
            INSERT INTO cdr (te_id, accountcode, "start", answer, "end", clid, src, dst, realsrc, lastdst,
                             duration, billsec, disposition, uniqueid, linkedid)
            SELECT ?, ?, '2024-05-01 10:00:00', '2024-05-01 10:00:01', '2024-05-01 10:01:00', 'Somebody <100>',
                   '100', '101', '100', '101', 60, 59, 'ANSWERED', 'u' || i, 'u' || i FROM n""", (count, tenant, code))


CDRS = "/mirtapbx/proxyapi.php?reqtype=INFO&info=CDRS&format=csv&start=2024-05-01&end=2024-05-02"


def test_exports_that_nobody_reads_leave_others_theirs(tmp_path):
    # Found: a read-only key of one tenant held all exports for a minute, and the others were
    # answered 200 with an error in the place of the rows.
    host = Host(tmp_path, store={"exports": 6, "tenant_exports": 4, "key_exports": 2}).migrate()
    host.tenant("DEMO").tenant("OTHER")
    greedy, second, other = host.key("DEMO", read_only=True), host.key("DEMO"), host.key("OTHER")
    calls(host, "DEMO", 60_000)
    calls(host, "OTHER", 10)
    with host:
        def export(key, tenant):
            return host.get(f"{CDRS}&key={key}&tenant={tenant}")

        def refused(bound):
            return sample(host, f'patchbay_store_exports_refused_total{{bound="{bound}"}}')

        peers = [unread(host, f"{CDRS}&key={greedy}&tenant=DEMO") for _ in range(2)]
        eventually(lambda: sample(host, "patchbay_store_streams_total") == 2)
        answer = export(greedy, "DEMO")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "Too many exports of this key" in answer.text and refused("key") == 1
        assert export(second, "DEMO").text.count("\n") > 60_000
        assert export(other, "OTHER").status_code == 200
        peers += [unread(host, f"{CDRS}&key={second}&tenant=DEMO") for _ in range(2)]
        third = host.key("DEMO")
        eventually(lambda: export(third, "DEMO").status_code == 503)
        assert refused("tenant") >= 1
        answer = host.get(f"/mirtapbx/openapi.php/cdrs?tenant=DEMO&start=2024-05-01&end=2024-05-02",
                          headers={"X-API-Key": greedy})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
        assert export(other, "OTHER").status_code == 200
        for peer in peers:
            peer.close()
        eventually(lambda: export(greedy, "DEMO").status_code == 200)
        assert "a key has its share of exports" in host.said()


def test_a_store_that_is_not_there_any_more_takes_no_change(tmp_path):
    # Found: writes went on being acknowledged after the file was deleted or replaced, and were lost.
    host = Host(tmp_path).migrate()
    host.tenant("DEMO")
    key = host.key("DEMO")
    with host:
        def write(name):
            return host.post("/mirtapbx/openapi.php/phonebooks?tenant=DEMO", headers={"X-API-Key": key}, json={"name": name})

        def state():
            return host.get("/healthz").json()["store"]

        assert write("before").status_code == 201
        log = host.store.with_name(host.store.name + "-wal")
        for path in (host.store, log):
            away = path.with_name("away")
            path.rename(away)
            eventually(lambda: state()["state"] == "down")
            assert "is gone" in state()["error"]
            answer = write("lost")
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
            assert sample(host, "patchbay_store_lost") == 1
            away.rename(path)
            eventually(lambda: state()["state"] == "up")
            assert write(f"after {path.suffix}").status_code == 201
        assert "changes are refused until it is back" in host.said()
    with sqlite3.connect(host.store) as store:
        names = [row[0] for row in store.execute("SELECT pb_name FROM pb_phonebooks ORDER BY 1")]
    assert "lost" not in names and len(names) == 3


SHELF = """
local crypto = require "crypto"
local json = require "json"
local reply = require "lib.reply"
local shared = require "shared"
local task = require "task"

local shelf = route { family = "shelf", summary = "What has bounds of the operator's.", actions = {
  text = { verb = "GET /shelf/text", access = "public", tenant = "none" },
  passwords = { verb = "GET /shelf/passwords", access = "public", tenant = "none" } } }

function shelf.text()
  return reply.body(shared.get("shelf") or shared.put("shelf", json.encode(("x"):rep(2 * 1024 * 1024))))
end

function shelf.passwords()
  local asked, refused = {}, 0
  for i = 1, 5 do asked[i] = function() return crypto.scrypt("p", "12345678", 12) end end
  for _, it in ipairs(task.all(asked)) do if it.err then refused = refused + 1 end end
  return { refused = refused }
end

return shelf
"""
SLOW_JOB = """
local task = require "task"

local function run(events)
  task.sleep(#events == 0 and 20 or 0)
end

return job { name = "slow", on = { "PeerStatus" }, run = run }
"""


def test_texts_passwords_and_events_have_the_bounds_the_operator_gives(tmp_path):
    own = tmp_path / "own"
    (own / "shelf").mkdir(parents=True)
    (own / "jobs").mkdir()
    (own / "shelf/shelf.lua").write_text(SHELF)
    (own / "jobs/slow.lua").write_text(SLOW_JOB)
    manager = Manager()
    host = Host(tmp_path / "host", scripts=[own], pbx=manager.section, limits={
        "shared_mb": 1, "passwords": 2, "job_events": 10, "job_events_mb": 1}).migrate()
    with host:
        for _ in range(2):
            answer = host.get("/shelf/text")
            assert answer.status_code == 200 and len(answer.text) == 2 * 1024 * 1024 + 2
        assert sample(host, "patchbay_shared_texts_refused_total") >= 2
        assert sample(host, "patchbay_shared_text_bytes") < 1024 * 1024
        assert "shared texts take more than scripts.shared_mb" in host.said()

        assert host.get("/shelf/passwords").json() == {"refused": 3}
        assert sample(host, "patchbay_passwords_refused_total") == 3
        assert "too many passwords wait to be checked" in host.said()

        eventually(lambda: host.get("/healthz").json()["pbx"][0]["state"] == "up")
        for _ in range(200):
            manager.event(Event="PeerStatus", Peer="PJSIP/x", PeerStatus="Reachable")
        eventually(lambda: "too many events wait for the job" in host.said())
        assert 0 < sample(host, 'patchbay_job_events_lost_total{job="slow"}') <= 190
    manager.close()
