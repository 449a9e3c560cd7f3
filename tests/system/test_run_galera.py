"""`make run STORE=galera` as a user meets it, without the building: what it prints works as printed, and goes on
while one of each kind is killed as printed; what was answered done is there after all of it was killed."""

import os
import re
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from demo import Demo, printed
from host import PROJECT
from lab import Instance, Lab, eventually

NAME = "galeratest"
PARTS = ("db1", "db2", "db3", "srv01", "srv02", "host1", "host2")  # besides the balancer


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    # a store of its own, while Asterisk's root is the one of all tests
    folder = tmp_path_factory.mktemp("user")
    base = Lab(NAME).base + 10_000
    root = os.environ.get("PATCHBAY_LAB_ROOT") or str(Lab(NAME).root)
    demo = Demo(folder, NAME, base, STORE="galera", PATCHBAY_LAB_ROOT=root, XDG_CACHE_HOME=str(folder / "cache"))
    nodes = [Instance(f"{NAME}-{name}", root) for name in ("srv01", "srv02")]
    for node in nodes:
        node.down()
        node.forget()
    yield demo
    demo("--stop")
    for node in nodes:
        node.forget()


class Shown:
    """What the demo printed, and what its user does with it."""

    def __init__(self, demo):
        self.demo = demo
        self.text = demo(timeout=600)
        self.key = re.search(r"KEY=(\S+)", self.text).group(1)
        self.kills = dict(re.findall(r"^(kill -9 \d+) +# (\w+),", self.text, re.M)[number][::-1] for number in range(len(PARTS)))
        self.start = re.search(r"^.*cluster start ", self.text, re.M).group(0)
        self.made = []
        self.running = self.processes()
        assert sorted(self.running) == sorted((*PARTS, "haproxy"))
        assert self.kills == {part: f"kill -9 {self.running[part]}" for part in PARTS}

    def shell(self, command):
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=self.demo.folder, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def processes(self):
        """The parts that run, with their processes."""
        lines = self.shell(self.start.replace(" start ", " status")).splitlines()
        return {part: int(process) for part, process, _ in (line.split("\t") for line in lines) if process != "not running"}

    def kill(self, part):
        """As printed: it ends, and no other one does, then or until it is started again."""
        self.shell(f"kill -9 {self.running.pop(part)}")
        eventually(lambda: part not in self.processes())

    def start_again(self, part):
        assert self.processes() == self.running
        self.shell(self.start + part)
        now = self.processes()
        assert {part: now.get(part)} | self.running == now and now[part]
        self.running = now

    def ask(self, path, method="GET", **more):
        return requests.request(method, self.demo.url + path, headers={"X-API-Key": self.key}, timeout=60, **more)

    def make(self):
        name = f"book {id(self)}-{len(self.made)}"
        answer = self.ask("/openapi.php/phonebooks?tenant=DEMO", "POST", json={"name": name})
        if answer.status_code != 201:
            return False
        self.made.append(name)
        return True

    def books(self):
        return sorted(row["pb_name"] for row in self.ask("/openapi.php/phonebooks?tenant=DEMO&limit=1000&full=1").json())

    def goes_on(self, node):
        """The curls, and the phones at a node: they call each other and those of the other node."""
        with ThreadPoolExecutor(8) as clients:
            answers = list(clients.map(lambda _: self.ask("/openapi.php/extensions?tenant=DEMO").status_code, range(40)))
        assert answers == [200] * 40
        assert self.make()
        eventually(lambda: "Success|" in self.ask(
            f"/proxyapi.php?key={self.key}&tenant=DEMO&reqtype=DIAL&source=100&dest=102").text)
        lab = Instance(f"{NAME}-{node}", self.demo.environment["PATCHBAY_LAB_ROOT"])
        caller, near, far = ("100-DEMO", "101", "103") if node == "srv01" else ("102-DEMO", "103", "101")
        for number in (near, far):
            eventually(lambda: lab.call(caller, f"demo-secret-{caller[:3]}", number, 300).result() == ["answered", "hung up"])


def test_one_of_each_kind_is_killed_and_all_goes_on(demo):
    shown = Shown(demo)
    assert sorted(shown.kills) == sorted(PARTS)
    said = shown.shell(printed(shown.text))
    for part in ('{"hello":"Ada"}', '"number":"103"', '"ex_number":"210"', "Success|Originate successfully queued|",
                 '"state":"OK"', "<exten>100</exten>", "<code>0</code>"):
        assert part in said, part
    for part, node in (("db1", "srv01"), ("host1", "srv01"), ("srv01", "srv02")):
        shown.kill(part)
        shown.goes_on(node)
        shown.start_again(part)
    shown.goes_on("srv01")

    assert shown.processes() == shown.running
    for pid in shown.running.values():
        shown.shell(f"kill -9 {pid}")
    again = Shown(demo)
    assert again.key == shown.key
    there = [name for name in again.books() if name.startswith("book ")]
    assert len(there) == len(set(there)) and set(shown.made) <= set(there)
    again.goes_on("srv02")

    ended = demo("--stop")
    for part in (*PARTS, "haproxy"):
        assert part in ended, ended
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{demo.url}/healthz")


def test_a_part_that_cannot_start_is_named(demo):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", demo.port))
        taken.listen()
        assert f"port {demo.port}, for HAProxy, is taken: give another PORT" in demo(expect=1)
    assert "STORE=galera is with Asterisk" in demo(expect=1, PBX="none")
    start = [PROJECT / "examples/demo/cluster", "start"]
    refused = subprocess.run([*start, "db4"], capture_output=True, text=True, env=demo.environment)
    assert refused.returncode == 1 and "no part db4; there are db1 db2 db3 srv01 srv02 host1 host2 haproxy" in refused.stderr
    alone = subprocess.run([*start, "db1"], capture_output=True, text=True, env=demo.environment)
    assert alone.returncode == 1 and "database node db1 has nobody to join" in alone.stderr
