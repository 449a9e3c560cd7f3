"""Helpers that the operator named, on a real host: what runs, as whom it is killed, what is told of it."""

import stat
import time

import pytest

from host import Host

SCRIPT = """
local helper = require "helper"
local r = route { family = "do", summary = "Runs a helper.", actions = {
  go = { access = "public", tenant = "none", verb = "POST /do/{name}", params = { word = {} } } } }
function r.go(req)
  local ended, err = helper.run(req.args.name, { req.params.word }, req.params.word)
  if err then return { failed = err.code } end
  return ended
end
return r
"""


def eventually(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@pytest.fixture
def host(tmp_path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nprintf '%s|' \"$@\"\ncat\nls /proc/self/fd | wc -l >&2\nexit 3\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nsleep 1000 &\necho $! >> {tmp_path}/pid\nwait\n")
    slow.chmod(slow.stat().st_mode | stat.S_IXUSR)
    own = tmp_path / "scripts"
    own.mkdir()
    (own / "do.lua").write_text(SCRIPT)
    helpers = {"seconds": 5, "output_kb": 1, "at_once": 1, "program": [str(program), "--", "a b"], "slow": [str(slow)],
               "flood": ["/usr/bin/head", "-c"], "absent": ["/nonexistent/program"]}
    host = Host(tmp_path / "host", scripts=[own], helpers=helpers, limits={"request_seconds": 20}).migrate()
    with host:
        yield host


def run(host, name, word, **more):
    answer = host._session.post(f"{host.url}/do/{name}", json={"word": word}, timeout=60, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_what_is_named_runs_and_nothing_else(host):
    ended = run(host, "program", "$(id) secret-word")
    assert ended == {"code": 3, "out": "--|a b|$(id) secret-word|$(id) secret-word", "err": "4\n", "cut": False}
    assert run(host, "unnamed", "x") == {"failed": "not_found"}
    assert run(host, "absent", "x") == {"failed": "unavailable"}
    said = host.said()
    assert "helper ended name=program code=3" in said and "secret-word" not in said
    metrics = host.get("/metrics").text
    assert 'patchbay_helpers_total{outcome="failed"} 2' in metrics
    assert "patchbay_helpers_running 0" in metrics


def test_output_is_bounded(host):
    own = run(host, "flood", "5000")  # of its input, which is shorter
    assert own["out"] == "5000" and not own["cut"]
    long = "x" * 5000
    ended = run(host, "program", long[:4096])
    assert len(ended["out"]) == 1024 and ended["cut"] and ended["code"] == 3
    assert "a helper said more than helpers.output_kb" in host.said()


def test_its_time_over_all_of_it_is_killed_and_its_place_is_free(host, tmp_path):
    assert run(host, "slow", "x") == {"failed": "timeout"}
    pids = [int(it) for it in (tmp_path / "pid").read_text().split()]
    assert len(pids) == 2
    eventually(lambda: not any(map(alive, pids)), "killed")
    eventually(lambda: "patchbay_helpers_running 0" in host.get("/metrics").text, "free")
    assert run(host, "program", "x")["code"] == 3
    assert 'patchbay_helpers_total{outcome="timeout"} 1' in host.get("/metrics").text


def test_the_host_ends_and_leaves_none(host, tmp_path):
    import threading
    import requests

    def ask():
        try:
            requests.post(f"{host.url}/do/slow", json={"word": "x"}, timeout=60)
        except requests.RequestException:
            pass

    asking = threading.Thread(target=ask)
    asking.start()
    pid = tmp_path / "pid"
    eventually(lambda: pid.exists() and len(pid.read_text().split()) == 2, "started")
    eventually(lambda: "patchbay_helpers_running 1" in host.get("/metrics").text, "counted")
    assert run(host, "program", "x") == {"failed": "unavailable"}  # one at once
    host.stop()
    asking.join()
    eventually(lambda: not any(alive(int(it)) for it in pid.read_text().split()), "killed")


def test_a_wrong_one_is_refused_at_the_start(tmp_path):
    for helpers in ({"x": ["reboot"]}, {"x": []}, {"x": "reboot"}, {"at_once": 0}):
        host = Host(tmp_path / "host", helpers=helpers)
        done = host.run("check", check=False)
        assert done.returncode != 0 and "helpers." in done.stderr
