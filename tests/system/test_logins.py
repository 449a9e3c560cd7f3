"""Logins as attackers meet them: tokens for once under a race, hashes in the store, guessers, and TLS
as a stranger's tool rates it."""

import concurrent.futures
import hashlib
import json
import shutil
import sqlite3
import subprocess
import threading

import pytest
import requests

from host import Host

PASSWORD = "Adm1n-Passw0rd!"
OPEN = "/mirtapbx/openapi.php"


def column(host, text, *values):
    with sqlite3.connect(host.store, timeout=10) as store:
        row = store.execute(text, values).fetchone()
    return row and row[0]


@pytest.fixture
def host(tmp_path):
    host = Host(tmp_path, lanes=3).migrate().tenant("DEMO").user("admin", PASSWORD, admin=True)
    with host:
        yield host


def check_auth(host, key, name, password):
    return host.post("/mirtapbx/proxyapi.php", params={"key": key}, data={
        "reqtype": "CHECKAUTH", "username": name, "password": password, "format": "json"}).json()["Response"]


def log_in(host, password=PASSWORD, **more):
    return host.post("/pbxcore/api/v3/auth:login", json={"login": "admin", "password": password}, **more)


def test_a_token_for_once_is_used_by_one_of_many(host):
    # Found: it was read outside of the transaction that takes it.
    key = host.key()
    headers = {"X-API-Key": key}
    clients = 8
    for name in ("first", "second", "third"):  # who comes late has guessed wrong, and not too often
        host.user(name, PASSWORD)
        made = host.post(f"{OPEN}/auth/token", headers=headers, json={"user": name, "validity": "ONCE"})
        assert made.status_code in (200, 201), made.text
        token, together = made.json()["token"], threading.Barrier(clients)

        def use(_):
            together.wait()
            return check_auth(Fresh(host), key, name, token)

        with concurrent.futures.ThreadPoolExecutor(clients) as pool:
            answers = list(pool.map(use, range(clients)))
        assert answers.count("Success") == 1, answers


class Fresh:
    """The host asked on a connection of one's own: a session is not for several threads."""

    def __init__(self, host):
        self.host = host

    def post(self, path, **more):
        return requests.post(self.host.url + path, timeout=120, **more)


def test_a_guesser_is_told_when_to_come_back_and_keys_stay_good(host):
    key = host.key("DEMO")
    statuses = [log_in(host, f"wrong {number}") for number in range(12)]
    assert [it.status_code for it in statuses] == [401] * 10 + [429] * 2
    assert int(statuses[-1].headers["Retry-After"]) > 0
    for _ in range(15):  # wrong keys
        assert host.get(f"{OPEN}/extensions?tenant=DEMO", headers={"X-API-Key": "guess"}).status_code == 401
    assert host.get(f"{OPEN}/extensions?tenant=DEMO", headers={"X-API-Key": key}).status_code == 200
    for line in ("an address guesses passwords: it is refused", "an address sends wrong keys: its answers are held back"):
        assert host.said().count(f"{line} address=127.0.0.1") == 1, line  # once, whatever comes


def test_a_store_without_unsalted_digests(tmp_path):
    digest = hashlib.sha256(PASSWORD.encode()).hexdigest()
    host = Host(tmp_path, settings={"auth": {"unsalted": False}}).migrate().tenant("DEMO").user("admin", PASSWORD, admin=True)
    of = "SELECT us_password FROM us_users WHERE us_username = 'admin'"
    with host:
        assert column(host, of) != digest  # made without it
        with sqlite3.connect(host.store, timeout=10) as store:  # as from an older release
            store.execute("UPDATE us_users SET us_password = ?", (digest,))
        assert log_in(host, "wrong").status_code == 401
        answer = log_in(host)
        assert answer.status_code == 200, answer.text
        token = answer.json()["data"]["accessToken"]
        kept = column(host, of)
        assert kept != digest and len(kept) == 64
        assert host.get("/pbxcore/api/v3/employees", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert log_in(host).status_code == 200
        assert column(host, of) == kept
        assert log_in(host, kept).status_code == 401  # what the column shows opens nothing
        key = host.key()
        changed = host.request("PATCH", f"{OPEN}/users/1", headers={"X-API-Key": key}, json={"password": "An0ther-Passw0rd!"})
        assert changed.status_code == 200, changed.text
        assert host.get("/pbxcore/api/v3/employees", headers={"Authorization": f"Bearer {token}"}).status_code == 401
        assert column(host, of) not in (kept, hashlib.sha256(b"An0ther-Passw0rd!").hexdigest())
        assert log_in(host).status_code == 401 and log_in(host, "An0ther-Passw0rd!").status_code == 200
    assert digest not in host.said() and PASSWORD not in host.said()


def test_nobody_holds_the_lanes_with_passwords(host):
    # A slow hash takes a tenth of a second, and on a lane everybody would wait for it.
    assert log_in(host).status_code == 200  # the hash is made
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        logins = [pool.submit(lambda: Fresh(host).post("/pbxcore/api/v3/auth:login", json={
            "login": "admin", "password": PASSWORD}).status_code) for _ in range(16)]
        assert host.get("/healthz").status_code == 200
        assert {it.result() for it in logins} == {200}


def test_tls_as_testssl_rates_it(tmp_path):
    assert shutil.which("testssl"), "tools/packages tls"
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert], check=True, capture_output=True)
    host = Host(tmp_path / "host", http={"tls": {"cert": cert, "key": key}}).migrate()
    host.url = f"https://127.0.0.1:{host.port}"
    host._session.verify, host._session.trust_env = str(cert), False
    found = tmp_path / "found.json"
    with host:
        # protocols, ciphers, forward secrecy, server preferences, known holes; not who signed the certificate,
        # nor what a page may ask of browsers
        subprocess.run(["testssl", "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--ip", "127.0.0.1",
                        "-p", "-s", "-f", "-P", "-U", "--jsonfile", found, f"127.0.0.1:{host.port}"],
                       capture_output=True, timeout=600, stdin=subprocess.DEVNULL, check=False)
        assert host.get("/healthz").status_code == 200
    rated = json.loads(found.read_text())
    assert len(rated) > 30
    # what it says of its own openssl is none of ours
    assert [it for it in rated if it["severity"] not in ("OK", "INFO", "DEBUG") and it["id"] != "engine_problem"] == []
