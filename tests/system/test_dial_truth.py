"""Calls placed over a line that fails: none twice, and every answer true. DIALS says how many."""

import os
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from bad_line import BadLine
from lab import eventually
from pbx_site import Site

DIALS = int(os.environ.get("DIALS", 60))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    lines = []

    def line(port):
        lines.append(BadLine(port))
        return lines[0]

    # a stalled answer takes longer than a request may
    with Site(tmp_path_factory.mktemp("host"), "dials", manager=line, lanes=2, limits={"request_seconds": 3}) as made:
        made.line = lines[0]
        made.phones({"100": "answer"})
        yield made
    lines[0].close()


class Dials:
    """What became of each Idempotency-Key, as its client was told."""

    def __init__(self, site):
        self.site, self.told, self._lock = site, {}, threading.Lock()

    def dial(self, key):
        """As a client does: again with the same key until there is an answer that is one."""
        end = time.monotonic() + 300
        while time.monotonic() < end:
            try:
                answer = requests.post(
                    self.site.host.url + "/mirtapbx/openapi.php/dial?tenant=DEMO", timeout=30,
                    headers={"X-API-Key": self.site.key, "Idempotency-Key": key},
                    json={"source": "100", "dest": key, "timeout": 3})
            except requests.RequestException:
                time.sleep(0.2)
                continue
            code = answer.json().get("error", {}).get("code")
            if code == "request_in_progress" or answer.status_code in (502, 503):
                time.sleep(0.2)
                continue
            with self._lock:
                self.told[key] = answer.status_code, answer.json()
            return
        raise AssertionError(f"{key}: no answer")

    def _up(self):
        try:
            return requests.get(self.site.host.url + "/healthz", timeout=5).json()["pbx"][0]["state"] == "up"
        except requests.RequestException:
            return False


def test_no_call_is_placed_twice_and_every_answer_is_true(site):
    seed = random.randrange(10**6)
    print("seed", seed)  # pytest shows it when the test fails
    chance = random.Random(seed)
    lock = threading.Lock()

    def judge(packet):
        if b"Action: Originate" not in packet:
            return None
        with lock:
            return chance.choices([None, "before", "after", 4], [70, 10, 15, 5])[0]

    site.line.judge = judge
    dials = Dials(site)
    with ThreadPoolExecutor(6) as clients:
        placed = [clients.submit(dials.dial, f"{5000 + number}") for number in range(DIALS)]
        for share in (1, 2):  # a power cut of the host, twice
            eventually(lambda: len(dials.told) > DIALS * share // 3, 600)
            site.host.kill()
            site.host.start()
        for one in placed:
            one.result()
    site.line.judge = lambda packet: None
    eventually(dials._up)
    eventually(site.quiet)

    def calls():
        """Calls that Asterisk has a record of, by originate id: the base of their unique ids."""
        found = {}
        for leg in site.lab.records():
            if leg["originateid"]:
                found.setdefault(leg["originateid"], set()).add(leg["uniqueid"].split(";")[0])
        return found

    of = {row["og_id"]: row["og_dest"] for row in site.lab.sql("SELECT og_id, og_dest FROM og_originates")}
    seen = calls()
    rung = [of[ident] for ident, ids in seen.items() for _ in ids]
    assert sorted(rung) == sorted(set(rung)), "a call was placed twice"
    unknown = 0
    for key, (status, body) in dials.told.items():
        if status == 200:
            assert body["ID"] in seen, f"{key}: said to be placed, and was not"
            ident = body["ID"]
        else:
            assert (status, body["error"]["code"]) in ((504, "dial_failed"), (409, "result_unknown")), body
            unknown += 1
            found = re.search(r"by its id (\w+)", body["error"]["message"])
            ident = found and found[1]
        if ident:
            state = site.info("call", id=ident, format="json").json()["state"]
            assert state == ("HANGUP" if ident in seen else "UNKNOWN"), (key, ident, state)
    assert unknown, "the line never failed at the wrong moment"
