"""Where a secret lies after it was given: in the columns that Asterisk or a login needs, and nowhere
else in the store; not in the log, whatever the log level."""

import base64
import re
import sqlite3

import pytest

from host import Host

MARK = "zq7marker"
PIN = "8642097531086"  # where only digits go
# Columns that hold a secret because something has to read it there in clear.
HOMES = {
    ("ps_auths", "password"), ("sipfriends", "secret"), ("voicemail", "password"), ("ds_disas", "ds_pin"),
    ("meetme", "pin"), ("meetme", "adminpin"), ("pr_providers", "pr_smspassword"), ("se_settings", "se_value"),
    ("ph_phones", "ph_password"), ("ph_phones", "ph_http_password"), ("pa_paginggroups", "pa_pin"),
    ("qu_queues", "qu_api_password"), ("ve_virtualextensions", "ve_securitypin"), ("ex_extensions", "ex_lockpin"),
    ("te_tenants", "te_recordingpassword"), ("voicemail", "imappassword"), ("ps_registrations", "client_uri"),
}
GIVEN = [
    ("extensions", {"number": "210", "password": MARK, "ex_lockpin": PIN, "ex_webpassword": MARK}),
    ("extensions", {"number": "211", "tech": "SIP", "password": MARK}),
    ("extensions", {"number": "212", "tech": "VIRTUAL", "ve_securitypin": PIN}),
    ("voicemails", {"mailbox": "210", "password": PIN, "imappassword": MARK}),
    ("users", {"username": "operator", "password": MARK}),
    ("providers", {"name": "Carrier", "tech": "PJSIP", "host": "192.0.2.1", "username": "u", "password": MARK,
                   "sms_password": MARK}),
    ("disas", {"name": "Line", "pin": PIN}),
    ("conferencerooms", {"name": "Room", "number": "900", "pin": PIN, "adminpin": PIN}),
    ("settings", {"code": "APIPASSWORD", "value": MARK}),
    ("queues", {"name": "Q", "number": "700", "qu_api_password": MARK}),
    ("phones", {"name": "Desk", "mac": "001122334455", "password": MARK, "http_password": MARK}),
    ("paginggroups", {"name": "P", "number": "800", "pin": PIN}),
]
GLOBAL = ("users", "providers")
SHOWN = ("disas", "paginggroups", "conferencerooms")  # whose PIN the original shows to every key


def found(path):
    """(table, column) of every cell that holds the mark, as it is or in base64."""
    forms = [PIN.encode(), MARK.encode(), *(base64.b64encode(b"x" * n + MARK.encode())[4:-4] for n in range(3))]
    places = set()
    with sqlite3.connect(path, timeout=20) as store:
        store.text_factory = bytes
        names = [name.decode() for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            rows = store.execute(f'SELECT * FROM "{name}"')
            columns = [it[0] for it in rows.description]
            for row in rows:
                for column, value in zip(columns, row):
                    if isinstance(value, bytes) and any(form in value for form in forms):
                        places.add((name, column))
    return places


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with Host(tmp_path_factory.mktemp("secrets"), log={"level": "debug"}).migrate().tenant("DEMO") as host:
        host.global_key = host.key()
        yield host


def test_a_secret_lies_only_where_it_is_read(host):
    ids = {}
    for at, (path, body) in enumerate(GIVEN):
        where = f"/openapi.php/{path}" + ("" if path in GLOBAL else "?tenant=DEMO")
        headers = {"X-API-Key": host.global_key, "Idempotency-Key": f"made-{at}"}
        for _ in range(2):
            answer = host.post(where, json=body, headers=headers)
            assert answer.status_code == 201, (path, answer.text)
        separator = "&" if "?" in where else "?"
        ids[path] = where, answer.json()["id"]
        # what is refused, too: too long, a wrong type, a line break
        secrets = [name for name, value in body.items() if value in (MARK, PIN)]
        for name in secrets:
            for wrong in (MARK * 200, {"a": MARK}, [MARK], MARK + "\r\n", MARK + "\0"):
                host.post(where + separator + "dry_run=1", json=body | {name: wrong}, headers={"X-API-Key": host.global_key})
                single = where.replace(path, f"{path}/{answer.json()['id']}")
                host.request("PATCH", single, json={name: wrong}, headers={"X-API-Key": host.global_key})
        host.post(where, data="{\"password\": \"" + MARK, headers={"X-API-Key": host.global_key})
    token = host.post("/openapi.php/auth/token", json={"user": "operator"},
                      headers={"X-API-Key": host.global_key, "Idempotency-Key": "token"}).json()["token"]
    assert found(host.store) - HOMES == set()
    said = host.said()
    assert MARK not in said and PIN not in said and token not in said and host.global_key not in said
    with sqlite3.connect(host.store, timeout=20) as store:
        text = "\n".join(store.iterdump())
    assert token not in text and host.global_key not in text
    assert re.search("[0-9a-f]{64}", text), "digests are there"


def test_no_answer_but_the_full_global_keys_shows_it(host):
    for key in (host.key(read_only=True), host.key("DEMO"), host.key("DEMO", read_only=True)):
        for path, body in GIVEN:
            where = f"/openapi.php/{path}" + ("" if path in GLOBAL else "?tenant=DEMO")
            listed = host.get(where, headers={"X-API-Key": key})
            assert MARK not in listed.text and (path in SHOWN or PIN not in listed.text), path
            if listed.status_code == 200:
                one = host.get(where.replace(path, f"{path}/{listed.json()[-1]['id']}"), headers={"X-API-Key": key})
                assert MARK not in one.text
                assert path in SHOWN or PIN not in one.text, path
