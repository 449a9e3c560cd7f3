"""The host as its operator and its integrator trip over it: starts whatever own scripts do, with the smallest
configuration, behind a proxy, reloaded; and says whose fault a failure is."""

import grp
import json
import os
import re
import shutil
import socket
import sqlite3
import ssl
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from host import BINARY, PATIENCE, PROJECT, Host
from lab import eventually
from ports import free_port

SOUND = """
local it = route {
  family = "sound", summary = "Answers.", actions = { show = { verb = "GET /sound", access = "public", tenant = "none" } },
}
function it.show() return { ok = true } end
return it
"""

FAULTS = """
local store = require "store"
local log = require "log"
local it = route {
  family = "faults", summary = "What goes wrong in a script.",
  actions = {
    typo = { verb = "GET /faults/typo", access = "public", tenant = "none" },
    oops = { verb = "GET /faults/oops", access = "public", tenant = "none" },
    raise = { verb = "GET /faults/raise", access = "public", tenant = "none" },
    memory = { verb = "GET /faults/memory", access = "public", tenant = "none" },
    slow = { verb = "GET /faults/slow", access = "public", tenant = "none" },
    says = { verb = "GET /faults/says", access = "public", tenant = "none" },
    mine = { verb = "GET /faults/mine", access = "public", tenant = "none" },
  },
}
function it.typo()
  local rows, err = store.query("SELECT no_such FROM te_tenants WHERE te_code = 'very secret'")
  if not rows then return nil, err end
  return rows:list()
end
function it.oops() return nil, "oops" end
function it.raise() error("raised here") end
function it.memory()
  local all = {}
  for i = 1, 1e9 do all[i] = ("x"):rep(1e5) .. i end
  return all
end
function it.slow()
  local count = store.value([[WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
    SELECT count(*) FROM n WHERE i <> 424242 AND 'very secret' <> '']])
  return { count = count }
end
function it.says()
  log.warn("said by a handler")
  return { said = true }
end
function it.mine() return nil, { code = "conflict", message = "taken" } end
return it
"""

SETTING = """
local config = require "config"
local it = route {
  family = "setting", summary = "Shows a setting.",
  actions = { show = { verb = "GET /setting", access = "public", tenant = "none" } },
}
function it.show(req) return { value = config.get("crm.word", "none"), peer = req.peer, secure = req.secure, proxy = req.proxy } end
return it
"""


def status(host):
    return json.loads(host.run("status", "--json"))


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def make_host(tmp_path, own, **sections):
    return Host(tmp_path / "host", scripts=[own], **sections).migrate()


# --- starting


def test_it_starts_whatever_own_scripts_do(tmp_path, own):
    (own / "sound.lua").write_text(SOUND)
    (own / "bad.lua").write_text("local x = = 1\n")
    (own / "lib").mkdir()
    (own / "lib/mine.lua").write_text("error('not today')\n")
    (own / "needs.lua").write_text('require "lib.mine"\n' + SOUND.replace("sound", "needs"))
    (own / "proxyapi").mkdir()
    (own / "proxyapi/dnd.lua").write_text("x = 1\n")  # stands in for a stock one
    (own / "closed.lua").symlink_to("/nowhere")
    with make_host(tmp_path, own) as host:
        assert host.get("/sound").json() == {"ok": True}
        assert host.get("/needs").status_code == 404
        health = host.get("/healthz").json()
        assert sorted(it["script"] for it in health["set_aside"]) == [
            "bad.lua", "lib/mine.lua", "needs.lua", "proxyapi/dnd.lua"]
        assert all(it["message"] for it in health["set_aside"])
        assert "\npatchbay_scripts_set_aside 4\n" in host.get("/metrics").text
        assert re.search(r"set aside   \S+/bad\.lua: bad\.lua:1: ", host.run("status"))
        assert "proxyapi/dnd.lua" in host.run("routes"), "the stock one serves"
        assert "set aside" in host.said() and "bad.lua:1:" in host.said()
        # a reload takes what is mended, and what was broken all along does not stop it
        (own / "bad.lua").write_text(SOUND.replace("sound", "bad"))
        assert host.run("reload").startswith("generation ")
        assert host.get("/bad").json() == {"ok": True}
        assert len(host.get("/healthz").json()["set_aside"]) == 3
        # what breaks while it runs changes nothing
        (own / "sound.lua").write_text("local x = = 1\n")
        done = host.run("reload", check=False)
        assert done.returncode == 1 and "sound.lua:1:" in done.stderr
        assert host.get("/sound").json() == {"ok": True}
    assert host.run("check", check=False).returncode == 1


def test_a_surface_that_breaks_takes_its_routes_along(tmp_path, own):
    (own / "pager").mkdir()
    (own / "pager/surface.lua").write_text("nonsense(\n")
    (own / "pager/one.lua").write_text(SOUND)
    with make_host(tmp_path, own) as host:
        assert host.get("/sound").status_code == 404
        assert {it["script"] for it in status(host)["set_aside"]} == {"pager/surface.lua", "pager/one.lua"}
        assert host.get("/mirtapbx/openapi.php/openapi.json").status_code == 200


def test_the_smallest_configuration_serves(tmp_path, monkeypatch):
    folder = tmp_path / "small"
    folder.mkdir()
    config = folder / "patchbay.toml"
    port = free_port()
    config.write_text(f'[http]\nlisten = ["127.0.0.1:{port}"]\n[store]\nurl = "sqlite://{folder}/patchbay.db"\n'
                      f'[scripts]\npaths = ["{PROJECT}/scripts"]\n')
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    nobody = [] if os.geteuid() else ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    for path in (tmp_path, folder):
        path.chmod(0o777)
    for parent in tmp_path.parents:
        if str(parent).startswith("/tmp/") and not os.geteuid():
            parent.chmod(parent.stat().st_mode | 0o055)
    process = subprocess.Popen([*nobody, BINARY, "serve", "--config", config], stderr=subprocess.PIPE, text=True)
    try:
        def up():
            assert process.poll() is None, process.stderr.read()
            try:
                return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200
            except requests.RequestException:
                return False
        eventually(up, seconds=PATIENCE)
        if not os.access("/run/patchbay", os.F_OK):
            assert stat.S_ISSOCK((folder / "admin.sock").stat().st_mode)
        said = subprocess.run([BINARY, "status", "--config", config], capture_output=True, text=True)
        assert said.returncode == 0 and f"127.0.0.1:{port}" in said.stdout
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_ready_says_what_is_missing(tmp_path, own):
    host = make_host(tmp_path, own)
    with host:
        ready = host.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
        assert host.post("/readyz").status_code == 405
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with open(host.config, "a") as config:
            config.write(f'[[pbx]]\nport = {closed.getsockname()[1]}\nsecret = "x"\n')
        with host:
            ready = host.get("/readyz")
            assert ready.status_code == 503
            assert ready.json() == {"status": "not ready", "missing": ["pbx: no node is up"]}
            assert host.get("/healthz").status_code == 200
    # who may not see the status hears no reason
    text = host.config.read_text().replace("[http]\n", '[http]\nstatus_from = ["10.0.0.1"]\n')
    host.config.write_text(text)
    with host:
        assert host.get("/readyz").json() == {"status": "not ready"}


def test_a_newer_store_is_told_as_such(tmp_path, own):
    host = make_host(tmp_path, own)
    with sqlite3.connect(host.store) as store:
        store.execute("INSERT INTO schema_migrations VALUES ('9876_of_tomorrow.sql', 'x', '2040-01-01')")
    said = host.run("migrate")
    assert "not known here 9876_of_tomorrow.sql" in said and "newer than this patchbay" in said
    with host:
        assert "newer than this patchbay" in host.said() and "9876_of_tomorrow.sql" in host.said()


# --- whose fault it is


def test_a_scripts_own_fault_is_logged_with_its_place_and_not_the_callers(tmp_path, own, monkeypatch):
    monkeypatch.setenv("PATCHBAY_SCRIPTS_MEMORY_MB", "64")
    monkeypatch.setenv("PATCHBAY_SCRIPTS_BUDGET_MS", "60000")
    (own / "faults.lua").write_text(FAULTS)
    with make_host(tmp_path, own, store={"slow_ms": 20}) as host:
        for name, line in (("typo", "no such column: no_such"), ("oops", "oops"), ("raise", "raised here"),
                           ("memory", "out of memory at faults.lua:")):
            answer = host.get(f"/faults/{name}")
            assert answer.status_code == 500, (name, answer.text)
            assert answer.json()["error"] == {"code": "internal", "message": "Internal error."}
            [said] = [text for text in host.said().splitlines() if line in text and " http GET " not in text]
            assert re.search(r"faults\.lua:\d+", said), said
            assert "faults." + name in said, said
        assert "very secret" not in host.said()
        mine = host.get("/faults/mine")
        assert (mine.status_code, mine.json()["error"]["message"]) == (409, "taken")
        assert host.get("/faults/slow").json() == {"count": 299999 + 1}
        [said] = [text for text in host.said().splitlines() if "slow statement" in text and "faults.slow" in text]
        assert "WITH RECURSIVE" in said and "very secret" not in said and "300000" not in said
        assert re.search(r"at=\"?faults\.lua:\d+", said), said
        assert host.get("/faults/says").json() == {"said": True}
        [said] = [text for text in host.said().splitlines() if "said by a handler" in text]
        assert "handler=faults.says" in said or "handler=custom/faults.says" in said
        assert re.search(r"at=\"?faults\.lua:\d+", said)


# --- behind a proxy, on sockets


def test_a_trusted_proxy_speaks_for_its_clients(tmp_path, own):
    (own / "setting.lua").write_text(SETTING)
    with make_host(tmp_path, own, http={"trusted_proxies": ["127.0.0.1", "10.0.0.0/8"]}) as host:
        def ask(**headers):
            return host.get("/setting", headers={name.replace("_", "-"): value for name, value in headers.items()})
        assert ask().json()["peer"] == "127.0.0.1"
        seen = ask(X_Forwarded_For="1.2.3.4, 203.0.113.7, 10.1.1.1", X_Forwarded_Proto="https").json()
        assert (seen["peer"], seen["secure"], seen["proxy"]) == ("203.0.113.7", True, "127.0.0.1")
        assert ask(Forwarded='for="[2001:db8::5]:99";proto=https').json()["peer"] == "2001:db8::5"
        both = ask(X_Forwarded_For="203.0.113.7", Forwarded="for=1.2.3.4")
        assert both.status_code == 400 and "Forwarded" in both.text
        assert "peer=203.0.113.7" in host.said(), "the access log names the client"
        # wrong keys of one client do not lock out another
        host.tenant("DEMO")
        key = host.key("DEMO")
        path = "/mirtapbx/openapi.php/extensions"
        def guess(_):
            return host.get(path, params={"key": "wrong", "tenant": "DEMO"}, headers={"X-Forwarded-For": "203.0.113.66"})

        with ThreadPoolExecutor(16) as guessers:  # each waits for its answer
            codes = [answer.status_code for answer in guessers.map(guess, range(80))]
        assert set(codes) <= {401, 403, 429}
        assert host.get(path, params={"key": key, "tenant": "DEMO"},
                        headers={"X-Forwarded-For": "203.0.113.67"}).status_code == 200


def test_others_speak_for_nobody(tmp_path, own):
    (own / "setting.lua").write_text(SETTING)
    with make_host(tmp_path, own, settings={"mikopbx": {"open_localhost": True}},
                   http={"trusted_proxies": ["10.0.0.0/8"]}) as host:
        seen = host.get("/setting", headers={"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}).json()
        assert (seen["peer"], seen["secure"], seen.get("proxy")) == ("127.0.0.1", False, None)


def test_localhost_is_the_socket_and_never_a_header(tmp_path, own):
    with make_host(tmp_path, own, settings={"mikopbx": {"open_localhost": True}},
                   http={"trusted_proxies": ["127.0.0.1"]}).tenant("DEMO") as host:
        path = "/pbxcore/api/v3/extensions"
        assert host.get(path).status_code == 200
        for value in ("127.0.0.1", "::1", "203.0.113.7, 127.0.0.1", "203.0.113.7"):
            assert host.get(path, headers={"X-Forwarded-For": value}).status_code == 401, value


def test_unix_sockets_have_a_group_and_a_mode(tmp_path, own):
    path = tmp_path / "http.sock"
    group = grp.getgrgid(os.getgroups()[0] if os.getgroups() else os.getgid()).gr_name
    host = make_host(tmp_path, own, http={"listen": [f"unix:{path}"], "socket_group": group, "socket_mode": "0600"},
                     admin={"group": group, "mode": "0640"})
    process = subprocess.Popen([BINARY, "serve", "--config", host.config], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: host.run("status", check=False).returncode == 0, seconds=PATIENCE)
        assert path.stat().st_mode & 0o777 == 0o600
        assert (host.folder / "admin.sock").stat().st_mode & 0o777 == 0o640
        assert grp.getgrgid(path.stat().st_gid).gr_name == group
    finally:
        process.terminate()
        process.wait(PATIENCE)
    wrong = Host(tmp_path / "wrong", http={"listen": [f"unix:{path}"], "socket_group": "nosuchgroup"}).migrate()
    done = wrong.run("serve", check=False)
    assert done.returncode == 1 and "no such group: nosuchgroup" in done.stderr


# --- reload


def certificate(folder, name):
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def test_a_reload_takes_certificates_settings_and_level(tmp_path, own):
    (own / "setting.lua").write_text(SETTING)
    secret = tmp_path / "word"
    secret.write_text("one\n")
    cert, key = certificate(tmp_path, "first")
    host = make_host(tmp_path, own, http={"tls": {"cert": cert, "key": key}},
                     settings={"crm": {"word": f"file:{secret}"}}, log={"level": "warn"})
    host.url = f"https://127.0.0.1:{host.port}"
    host._session.verify, host._session.trust_env = False, False

    def served():
        return ssl.get_server_certificate(("127.0.0.1", host.port))

    with host:
        assert host.get("/setting").json()["value"] == "one"
        first = served()
        assert "generation" not in host.said()
        secret.write_text("two\n")
        fresh = certificate(tmp_path, "second")
        shutil.copy(fresh[0], cert)
        shutil.copy(fresh[1], key)
        text = host.config.read_text().replace('level = "warn"', 'level = "info"').replace("lanes = 1", "lanes = 2")
        host.config.write_text(text)
        said = host.run("reload")
        assert re.search(r"^applied .*log\.level.*settings.*certificates", said, re.M), said
        assert re.search(r"^needs a restart http\.lanes$", said, re.M), said
        eventually(lambda: served() != first)
        assert host.get("/setting").json()["value"] == "two"
        assert "needs a restart" in host.said() and "path=/setting" in host.said(), "the level counts at once"
        # what cannot be used changes nothing
        key.write_text("no key\n")
        good = served()
        done = host.run("reload", check=False)
        assert done.returncode == 1 and "tls: key" in done.stderr
        assert served() == good
        host.config.write_text(text + "[nonsense]\nkey = 1\n")
        done = host.run("reload", check=False)
        assert done.returncode == 1 and "nonsense" in done.stderr
        assert host.get("/setting").json()["value"] == "two"


def test_a_file_that_is_half_written_gets_a_second_look(tmp_path, own):
    (own / "sound.lua").write_text(SOUND)
    with make_host(tmp_path, own) as host:
        assert host.get("/sound").json() == {"ok": True}
        (own / "sound.lua").write_text("")  # as an editor leaves it for a moment
        (own / "sound.lua").write_text(SOUND.replace("true", "false"))
        eventually(lambda: host.get("/sound").json() == {"ok": False})
        assert status(host)["failed_reloads"] == 0


# --- tests and skeletons


FETCHES = """
local http = require "http"
local config = require "config"
local json = require "json"
local it = route {
  family = "fetches", summary = "Asks the CRM.",
  actions = { ask = { verb = "GET /fetches", access = "public", tenant = "none" } },
}
function it.ask()
  local url = config.get("crm.url")
  if not url then return { crm = "none" } end
  local answer, err = http.request { url = url .. "/card?n=7", headers = { Authorization = "Bearer abc" }, json = { number = 7 } }
  if not answer then return { crm = "away", why = err.code } end
  return { crm = json.decode(answer.body), status = answer.status }
end
return it
"""

FETCHES_TEST = """
test("nothing of the machine's settings is seen", function(t)
  t.equal(t.http:get("/fetches").json, { crm = "none" })
end)
test("the CRM is the test's own", function(t)
  t.settings { crm = { url = "https://crm.example" } }
  t.web:answer("https://crm.example/card", { status = 201, json = { name = "Ada" } })
  t.equal(t.http:get("/fetches").json, { crm = { name = "Ada" }, status = 201 })
  local asked = t.web:asked()
  t.equal({ #asked, asked[1].method, asked[1].url, asked[1].headers.authorization, asked[1].json },
    { 1, "POST", "https://crm.example/card?n=7", "Bearer abc", { number = 7 } })
  t.web:answer("https://crm.example/card", { error = "gone", code = "timeout" })
  t.equal(t.http:get("/fetches").json, { crm = "away", why = "timeout" })
end)
test("and gone afterwards", function(t)
  t.equal(t.http:get("/fetches").json, { crm = "none" })
  t.equal(t.web:asked(), {})
end)
"""


def test_patchbay_test_runs_on_what_the_test_gives(tmp_path, own):
    (own / "fetches.lua").write_text(FETCHES)
    (own / "fetches_test.lua").write_text(FETCHES_TEST)
    config = tmp_path / "machine.toml"
    config.write_text(f'[scripts]\npaths = ["{PROJECT}/scripts", "{own}"]\n[outgoing]\nallow_private = false\n'
                      '[settings]\ncrm = { url = "http://production.example" }\n')
    done = subprocess.run([BINARY, "test", "--config", config, own / "fetches_test.lua"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed, 0 failed" in done.stdout
    (own / "fetches_test.lua").write_text("""
test("asks for what nobody answers", function(t)
  t.settings { crm = { url = "https://crm.example" } }
  t.http:get("/fetches")
end)
""")
    done = subprocess.run([BINARY, "test", "--config", config, own / "fetches_test.lua"], capture_output=True, text=True)
    assert done.returncode == 1 and "POST https://crm.example/card?n=7" in done.stdout, done.stdout


def test_new_warns_before_it_replaces_and_routes_show_it(tmp_path, own):
    host = make_host(tmp_path, own)

    def new(*more):
        return subprocess.run([BINARY, "new", "reqtype", "dnd", "--folder", own, "--config", host.config, *more],
                              capture_output=True, text=True)
    refused = new()
    assert refused.returncode == 1 and "scripts/proxyapi/dnd.lua" in refused.stderr and "--force" in refused.stderr
    assert list(own.iterdir()) == []
    assert new("--force").returncode == 0
    with host:
        assert re.search(rf"override .*{own}/proxyapi/dnd\.lua +instead of {PROJECT}/scripts/proxyapi/dnd\.lua", host.run("routes"))
        overrides = json.loads(host.run("routes", "--json"))["overrides"]
        assert [it["script"] for it in overrides] == ["proxyapi/dnd.lua"]
    # the same route in another file: both are named
    (own / "proxyapi/dnd.lua").unlink()
    (own / "proxyapi/quiet.lua").write_text('local it = route { reqtype = "DND", summary = "s", '
                                            'actions = { get = { access = "read" } } }\nfunction it.get() end\nreturn it\n')
    said = host.run("check", check=False)
    assert said.returncode == 1 and "dnd.lua" in said.stderr and "quiet.lua" in said.stderr
    with host:
        assert [it["script"] for it in status(host)["set_aside"]] == ["proxyapi/quiet.lua"]


def test_what_the_command_line_changes_leaves_a_line(tmp_path, own):
    host = make_host(tmp_path, own).tenant("DEMO")
    key = host.run("key", "create", "--tenant", "DEMO", "--label", "crm").strip()
    host.run("key", "revoke", "1")
    host.user("ada", "a secret word")
    lines = json.loads(host.run("log", "--json"))
    assert [(it["action"], it["object"], it["actor"]) for it in lines] == [
        ("create", "tenant", "patchbay tenant create"), ("create", "key", "patchbay key create"),
        ("revoke", "key", "patchbay key revoke"), ("create", "user", "patchbay user create")]
    assert key not in str(lines) and "a secret word" not in str(lines)
