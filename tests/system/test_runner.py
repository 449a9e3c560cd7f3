"""What `patchbay test` finds wrong with a test that says itself that all is well."""

import subprocess

import pytest

from host import BINARY, PATIENCE, PROJECT

ROUTE = """
local log = require "log"
local task = require "task"
local it = route {
  family = "it", summary = "For a test.",
  actions = {
    say = { verb = "GET /it/say", access = "public", tenant = "none" },
    fail = { verb = "GET /it/fail", access = "public", tenant = "none" },
    linger = { verb = "POST /it/linger", access = "write" },
  },
}
function it.say() log.warn("odd thing", { number = 7 }) return { said = true } end
function it.fail() return nil, { code = "refused", message = "no" } end
function it.linger() task.sleep(600) end
return it
"""


@pytest.fixture
def run(tmp_path):
    """Runs the tests `body`, of a route in the same folder; returns the outcome and what was printed."""
    (tmp_path / "it.lua").write_text(ROUTE)

    def run(body, *arguments, path=True):
        (tmp_path / "it_test.lua").write_text(body)
        done = subprocess.run([BINARY, "test", "--scripts", PROJECT / "scripts", "--scripts", tmp_path,
                               *arguments, *([tmp_path] if path else [])],
                              capture_output=True, text=True, timeout=PATIENCE)
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_line_nobody_announced_fails_its_test_only(run):
    code, said = run("""
test("loud", function(t) t.equal(t.http:get("/it/say").status, 200) end)
test("quiet", function(t) t.http:get("/it/fail") end)
test("announced", function(t)
  t.log:expect("odd thing number=%d")
  t.http:get("/it/say")
  t.http:get("/it/say")
end)
""")
    assert code == 1 and "2 passed, 1 failed" in said, said
    assert "it_test.lua: loud\nlogged: warn handler odd thing number=7 " in said


def test_a_line_beside_the_announced_one_fails(run):
    code, said = run("""
test("another", function(t)
  t.log:expect("odd thing number=7")
  t.http:get("/it/say")
  require("log").error("something else")
end)
""")
    assert code == 1 and "logged: error handler something else" in said, said
    assert "odd thing" not in said, said


def test_an_announced_line_that_does_not_come_fails(run):
    code, said = run("""
test("silent", function(t)
  t.log:expect("odd thing", 0.1)
  t.http:get("/it/fail")
end)
""")
    assert code == 1 and "logged: odd thing did not happen in time" in said, said


# A step without an answer was told to the scripted Asterisk at the next request only, and
# forgotten when none came.
def test_a_step_that_is_not_asked_for_fails(run):
    code, said = run("""
test("answered", function(t) t.ami:expect("DBPut"):reply("success") end)
test("not answered", function(t)
  t.http:get("/it/fail")
  t.ami:expect("DBGet", { Family = "DND" })
end)
test("the next", function(t) t.http:get("/it/fail") end)
""")
    assert code == 1 and "1 passed, 2 failed" in said, said
    assert "not asked for: DBPut" in said and "not asked for: DBGet Family=DND" in said, said


def test_a_request_left_running_fails(run, monkeypatch):
    monkeypatch.setenv("PATCHBAY_SCRIPTS_REQUEST_SECONDS", "600")
    code, said = run("""
local http = require "http"
test("leaves", function(t)
  local url = t.url .. "/it/linger?tenant=DEMO&key=" .. t.key
  t.equal(http.request({ url = url, method = "POST", timeout = 2 }), nil)
end)
""")
    assert code == 1 and "leaves\na request or a job still runs" in said, said


def test_an_action_no_test_got_an_answer_from_fails_a_run_of_all(run, tmp_path):
    some = """
test("fails", function(t) t.equal(t.http:get("/it/fail").status, 502) end)
test("says", function(t)
  t.log:expect("odd thing")
  t.http:get("/it/say")
end)
"""
    code, said = run(some, path=False)
    assert code == 1 and "2 passed, 0 failed" in said, said
    assert said.endswith("from these actions:\ncustom/it.fail\ncustom/it.linger\n"), said
    assert run(some)[0] == 0, "a path is a part"
    assert run(some, "--match", "says", path=False)[0] == 0
    code, said = run(some, "--cover", tmp_path)
    assert code == 1 and "custom/it.linger" in said, said
