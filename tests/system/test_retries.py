"""An Idempotency-Key whose first request ends badly: stopped by its deadline, by an error, or with
the whole host."""

import sqlite3
import threading

import pytest
import requests

from host import Host
from lab import eventually

PATH = "/openapi.php/ending?tenant=DEMO"
ENDING = """
local store = require "store"
local task = require "task"
local ending = route {
  object = "ending", summary = "Changes something and then ends as asked.",
  actions = { create = { verb = "POST /ending", access = "write", body = { how = { required = true } } } },
}
function ending.create(req)
  store.write("INSERT INTO al_variables (al_name) SELECT 'done' || count(*) FROM al_variables")
  if req.params.how == "wait" then task.sleep(3000) end
  if req.params.how == "error" then error("broken") end
  return { done = true }
end
return ending
"""


@pytest.fixture
def host(tmp_path, monkeypatch):
    monkeypatch.setenv("PATCHBAY_SCRIPTS_REQUEST_SECONDS", "2")
    scripts = tmp_path / "scripts"
    (scripts / "openapi").mkdir(parents=True)
    (scripts / "openapi/ending.lua").write_text(ENDING)
    host = Host(tmp_path / "host", scripts=[scripts]).migrate().tenant("DEMO")
    host.headers = {"X-API-Key": host.key("DEMO"), "Idempotency-Key": "once"}
    with host:
        yield host
        if host.pid is None:
            host.start()


def count(host):
    with sqlite3.connect(host.store, timeout=20) as store:
        return store.execute("SELECT count(*) FROM al_variables WHERE al_name LIKE 'done%'").fetchone()[0]


def ask(host, how):
    answer = host.post(PATH, json={"how": how}, headers=host.headers)
    return answer.status_code, answer.json().get("error", {}).get("code")


def test_after_a_deadline_the_same_504_comes_at_once(host):
    assert ask(host, "wait") == (504, "timeout")
    again = host.post(PATH, json={"how": "wait"}, headers=host.headers)
    assert again.status_code == 504 and again.headers["Idempotency-Replayed"] == "true"
    assert count(host) == 1, "nobody knows whether it was done: it is not done again"


def test_after_an_error_of_ours_it_may_be_tried_again(host):
    assert ask(host, "error") == (500, "internal_error")
    assert ask(host, "error") == (500, "internal_error")
    assert count(host) == 2


def test_a_first_request_that_died_with_the_host_is_not_waited_for_for_ever(host):
    def first():
        with pytest.raises(requests.ConnectionError):
            requests.post(host.url + PATH, json={"how": "wait"}, headers=host.headers, timeout=30)

    asking = threading.Thread(target=first)
    asking.start()
    eventually(lambda: count(host) == 1)
    host.kill()
    asking.join(30)
    host.start()
    assert ask(host, "wait") == (409, "request_in_progress")
    with sqlite3.connect(host.store, timeout=20) as store:
        left, = store.execute("SELECT ik_until - strftime('%s', 'now') FROM ik_idempotencykeys").fetchone()
        assert left <= 12, "its deadline, and a little"
        store.execute("UPDATE ik_idempotencykeys SET ik_until = ik_until - 20")
    assert ask(host, "wait") == (409, "result_unknown")
    assert count(host) == 1
    host.headers["Idempotency-Key"] = "another"
    assert ask(host, "now") == (200, None)
