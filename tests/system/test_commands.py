"""Tenants, keys and people from the command line: made through the models, with a line in the log."""

import json

import pytest
from host import Host


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path).migrate()


def logged(host):
    return [(line["actor"], line["tenant"], line["action"], line["object"])
            for line in json.loads(host.run("log", "--json"))]


def test_what_is_made_and_revoked_leaves_a_line(host):
    assert host.run("tenant", "create", "DEMO", "--name", "Demo tenant").startswith("tenant DEMO created, id ")
    host.run("key", "create", "--tenant", "DEMO", "--label", "crm", "--read-only")
    [row] = json.loads(host.run("key", "list", "--json"))
    assert (row["tenant"], row["access"], row["label"]) == ("DEMO", "read-only", "crm")
    assert host.run("key", "revoke", str(row["id"])) == f"key {row['id']} revoked\n"
    assert logged(host) == [("patchbay tenant create", "", "create", "tenant"),
                            ("patchbay key create", "DEMO", "create", "key"),
                            ("patchbay key revoke", "DEMO", "revoke", "key")]
    head, line = host.run("tenant", "list").splitlines()
    assert head.split() == ["id", "code", "name"] and line.endswith("DEMO  Demo tenant")


def test_what_cannot_be_is_refused_in_words(host):
    host.tenant("DEMO")
    for command, words in ((("tenant", "create", "DEMO"), "DEMO"), (("tenant", "create", "A-B"), "code"),
                           (("key", "create", "--tenant", "NOBODY"), "no such tenant: NOBODY"),
                           (("key", "revoke", "7"), "no key in force with id 7"),
                           (("user", "password", "nobody"), "no such user: nobody"),
                           (("user", "delete", "nobody"), "no such user: nobody")):
        done = host.run(*command, check=False)
        assert done.returncode == 1 and done.stdout == "" and words in done.stderr, (command, done)
        assert done.stderr.startswith("patchbay: ") and done.stderr.count("\n") == 1, done.stderr


def test_people_are_made_listed_changed_and_deleted(host):
    host.tenant("DEMO").user("admin", "first-Passw0rd!", admin=True)
    made_up = host.run("user", "create", "operator").strip()
    assert len(made_up) >= 16
    again = host.run("user", "create", "operator", check=False)
    assert again.returncode == 1 and "operator" in again.stderr
    assert [(row["name"], row["admin"]) for row in json.loads(host.run("user", "list", "--json"))] == [
        ("admin", "yes"), ("operator", "no")]

    def login(password):
        return host.post("/pbxcore/api/v3/auth:login", data={"login": "admin", "password": password})

    def listed(token):
        return host.get("/pbxcore/api/v3/employees", headers={"Authorization": f"Bearer {token}"}).status_code

    with host:
        token = login("first-Passw0rd!").json()["data"]["accessToken"]
        assert listed(token) == 200
        host.run("user", "password", "admin", "--password-stdin", stdin="second-Passw0rd!\n")
        assert listed(token) == 401, "a session ends with its password"
        assert login("first-Passw0rd!").status_code == 401
        assert login("second-Passw0rd!").status_code == 200
    assert host.run("user", "delete", "operator") == "user operator deleted\n"
    assert "operator" not in host.run("user", "list")
