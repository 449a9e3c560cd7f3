"""What MikoPBX's published page does in Python, step by step: a key with the permissions that it names, requests with
a bearer, and what a script reads of the answers."""

import datetime
import os
import sqlite3

import pytest
import requests

from host import Host

PERMISSIONS = {"employees": "write", "providers": "write", "sip": "read", "cdr": "read", "pbx-status": "read",
               "sip-providers": "write"}


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    made = Host(tmp_path_factory.mktemp("host")).migrate()
    made.tenant("DEMO")
    with made:
        yield made


@pytest.fixture(scope="module")
def ask(host):
    """The page's template: a session whose header is the key."""
    secret = os.urandom(32).hex()
    made = host.post("/pbxcore/api/v3/api-keys", headers={"Authorization": f"Bearer {host.key()}"}, json={
        "description": "Examples", "key": secret,
        "allowed_paths": {f"/api/v3/{name}": level for name, level in PERMISSIONS.items()}})
    assert made.status_code == 201, made.text
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {secret}"

    def call(method, path, **more):
        return session.request(method, f"{host.url}/pbxcore/api/v3{path}", timeout=60, **more)

    return call


def employee(number, name, **more):
    return {"number": number, "user_username": name, "sip_secret": f"Str0ng-Pass-{number}!", **more}


def test_employees_one_by_one_and_in_a_batch(ask):
    made = ask("POST", "/employees", json=employee("283", "John Smith", user_email="john@example.com",
                                                   mobile_number="+79001234567", fwd_ringlength=45, fwd_forwarding="284"))
    assert made.status_code == 201 and made.json()["result"] is True, made.text
    assert made.json()["data"]["number"] == "283"
    assert ask("POST", "/employees", json=employee("283", "Again")).status_code == 409
    weak = ask("POST", "/employees", json={**employee("285", "Weak"), "sip_secret": "1234"})
    assert weak.status_code == 400 and weak.json()["messages"]["error"], weak.text
    assert requests.post(made.url, json={}, timeout=60).status_code == 401
    assert ask("GET", "/api-keys").status_code == 403
    batch = ask("POST", "/employees:batchCreate", json={"employees": [employee(str(n), f"Batch {n}") for n in (291, 292, 293)],
                                                        "mode": "create", "skip_errors": True})
    assert batch.json()["data"]["stats"]["created"] == 3, batch.text
    listed = ask("GET", "/employees", params={"limit": 100, "offset": 0}).json()["data"]
    assert {"283", "291", "292", "293"} <= {it["number"] for it in listed["data"]}
    assert listed["recordsTotal"] == len(listed["data"])


def test_a_provider_made_and_listed(ask):
    made = ask("POST", "/sip-providers", json={
        "description": "Example provider", "host": "127.0.0.1", "username": "example", "secret": "Example-Pass-1",
        "registration_type": "none", "qualify": False, "transport": "udp", "dtmfmode": "auto", "port": 5099})
    assert made.status_code == 201, made.text
    rows = ask("GET", "/sip-providers").json()["data"]
    [row] = [it for it in rows if it["id"] == made.json()["data"]["id"]]
    assert row["host"] == "127.0.0.1" and row["state"]
    assert ask("DELETE", f"/sip-providers/{row['id']}").json()["result"] is True


def test_the_history_and_the_statistics_of_a_period(host, ask):
    now = datetime.datetime.now()
    start = now.strftime("%Y-%m-%d %H:%M:%S")
    with sqlite3.connect(host.store, timeout=30) as store:
        [tenant] = store.execute("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'").fetchone()
        for n, (disposition, seconds) in enumerate((("ANSWERED", 30), ("ANSWERED", 12), ("NO ANSWER", 0), ("BUSY", 0))):
            store.execute("INSERT INTO cdr (te_id, start, answer, end, src, dst, realsrc, firstdst, lastdst, disposition, "
                          "duration, billsec, uniqueid, linkedid, channel, dstchannel) "
                          "VALUES (?, ?, ?, ?, '283', '291', '283-DEMO', '291', '291-DEMO', ?, ?, ?, ?, ?, "
                          "'PJSIP/283-DEMO-01', 'PJSIP/291-DEMO-02')",
                          (tenant, start, start if seconds else None, start, disposition, seconds + 5, seconds,
                           f"177.{n}", f"177.{n}"))
    period = {"dateFrom": (now - datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S"),
              "dateTo": (now + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S"), "limit": 100, "offset": 0}

    def calls(**more):
        return ask("GET", "/cdr", params={**period, **more}).json()["data"]["records"]

    every = calls()
    assert len(every) == 4
    assert {"linkedid", "start", "src_num", "src_name", "dst_num", "dst_name", "disposition", "totalBillsec",
            "totalDuration", "records"} <= set(every[0])
    assert {"recordingfile", "playback_url", "download_url", "dtmf_digits"} <= set(every[0]["records"][0])
    answered = [it for it in every if it["disposition"] == "ANSWERED"]
    missed = [it for it in every if it["disposition"] in ("NO ANSWER", "NOANSWER", "BUSY", "FAILED")]
    assert (len(answered), len(missed), sum(it["totalBillsec"] for it in answered)) == (2, 2, 42)
    assert len(calls(disposition="BUSY")) == 1 and len(calls(src_num="283", dst_num="291")) == 4


def test_nobody_is_registered_where_no_asterisk_is(ask):
    states = ask("GET", "/sip").json()["data"]
    assert {it["status"] for it in states.values()} == {"Unavailable"} and "283" in states
    assert ask("GET", "/sip-providers").json()["data"] == []
    assert ask("GET", "/pbx-status").json()["data"] == []
