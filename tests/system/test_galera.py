"""Two hosts at a Galera cluster of three nodes that are killed, stalled, taken out and cut from each other under
writes: what was acknowledged is there once on every node, nothing is half-done, and service resumes by itself."""

import subprocess
import threading
import time

import pytest
import requests

from host import Host
from lab import eventually
from mariadb import Node

API = "/mirtapbx/openapi.php"
NAME = "(SELECT pi_id FROM pi_phonebookitems WHERE pi_code = 'NAME')"
LOST = {"ho_hosts", "le_leases"}  # change all the time


class Cluster:
    def __init__(self, folder):
        self.folder = folder
        self.nodes, self.hosts = [Node()], []

    def __enter__(self):
        try:
            first = self.nodes[0].start()
            for _ in range(2):
                self.nodes.append(Node(first))
                self.nodes[-1].start()
            for number in range(2):
                self.hosts.append(Host(self.folder / str(number), store={"url": self.url(number)}, lanes=2))
            self.hosts[0].run("migrate")
            self.hosts[0].tenant("DEMO")
            self.headers = {"X-API-Key": self.hosts[0].key("DEMO")}
            for host in self.hosts:
                host.start()
            self.book = self.make("phonebooks", {"name": "all"}).json()["id"]
            return self
        except BaseException:
            self.__exit__(True)
            raise

    def __exit__(self, failed, *_):
        try:
            for host in self.hosts:
                host.kill() if failed else host.stop()
        finally:
            for host in self.hosts:
                host.kill()
            for node in self.nodes:
                node.stop()

    def url(self, first):
        nodes = self.nodes[first:] + self.nodes[:first]
        return "mysql://root@" + ",".join(f"127.0.0.1:{node.port}" for node in nodes) + "/shared"

    def ask(self, method, path, number=0, **more):
        return self.hosts[number].request(method, f"{API}/{path}", params={"tenant": "DEMO"}, headers=self.headers, **more)

    def make(self, what, fields, number=0):
        answer = self.ask("POST", what, number, json=fields)
        assert answer.status_code == 201, answer.text
        return answer

    def sql(self, text, node=0):
        return subprocess.run(["mariadb", "-h127.0.0.1", f"-P{self.nodes[node].port}", "-uroot", "shared", "-N", "-e",
                               "SET SESSION wsrep_sync_wait = 1; " + text],
                              capture_output=True, text=True, check=True).stdout.splitlines()

    def whole(self):
        """Waits until every node is of one cluster again."""
        eventually(lambda: [node.status("wsrep_cluster_size") for node in self.nodes] == ["3"] * 3
                   and [node.status("wsrep_local_state_comment") for node in self.nodes] == ["Synced"] * 3)

    def sums(self, node):
        tables = [it for it in self.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'shared'"
                                        " AND table_type = 'BASE TABLE' ORDER BY 1", node) if it not in LOST]
        return self.sql("CHECKSUM TABLE " + ", ".join(f"`{it}`" for it in tables), node)

    def judge(self, writers):
        """What the writers were told is what is there, on all nodes."""
        self.whole()
        eventually(lambda: self.sums(0) == self.sums(1) == self.sums(2))
        names = self.sql(f"SELECT pd_pi_value FROM pd_phonebookdetails WHERE pd_pi_id = {NAME}"
                         f" AND pd_pi_value LIKE '{writers.label} %'")
        assert len(names) == len(set(names)), "something is there twice"
        assert set(writers.acknowledged) <= set(names), "something acknowledged is gone"
        assert set(names) <= set(writers.acknowledged) | set(writers.unsure), "something refused is there"
        assert self.sql("SELECT count(*) FROM pe_phonebookentries LEFT JOIN pd_phonebookdetails ON pd_pe_id = pe_id"
                        " WHERE pd_id IS NULL") == ["0"], "half of a change is there"
        assert self.sql("SELECT count(*) FROM pd_phonebookdetails LEFT JOIN pe_phonebookentries ON pd_pe_id = pe_id"
                        " WHERE pe_id IS NULL") == ["0"]
        for table, kind in (("lg_processlogs", "lg"), ("ul_useractivitylogs", "ul")):
            logged = self.sql(f"SELECT {kind}_object_id FROM {table} WHERE {kind}_object = 'phonebookentry' ORDER BY 1")
            assert logged == self.sql("SELECT CAST(pe_id AS CHAR) FROM pe_phonebookentries ORDER BY 1"), table
        assert {it for it in writers.codes if it >= 400} <= {409, 503, 504}, writers.codes


class Writers:
    """Clients that make entries of a phonebook, each with a key of its own, at one host and, when that one refuses, at
    the other, until it is told to be done. `unsure` is what nobody could tell, `codes` counts the answers."""

    def __init__(self, cluster, label, count=4):
        self.cluster, self.label = cluster, label
        self.acknowledged, self.unsure, self.codes, self.said = [], [], {}, set()
        self._lock, self._over = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        self.some()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def some(self, more=20):
        """Waits for so many more that were acknowledged."""
        before = len(self.acknowledged)
        eventually(lambda: len(self.acknowledged) >= before + more, 120)

    def refused(self):
        return self.codes.get(503, 0) + self.codes.get(504, 0)

    def _write(self, writer):
        number = 0
        while not self._over.is_set():
            number += 1
            name = f"{self.label} {writer}-{number}"
            (self.acknowledged if self._make(name, writer) else self.unsure).append(name)

    def _make(self, name, turn):
        while not self._over.is_set():
            turn += 1
            try:
                answer = requests.post(f"{self.cluster.hosts[turn % 2].url}{API}/phonebookentries", params={"tenant": "DEMO"},
                                       json={"phonebook_id": self.cluster.book, "values": {"NAME": name}}, timeout=60,
                                       headers=self.cluster.headers | {"Idempotency-Key": name.replace(" ", ".")})
            except requests.RequestException as error:
                self.said.add(str(error))
                time.sleep(0.05)
                continue
            with self._lock:
                self.codes[answer.status_code] = self.codes.get(answer.status_code, 0) + 1
            if answer.status_code == 201:
                return True
            error = answer.json()["error"]
            self.said.add(f"{answer.status_code} {error['code']}: {error['message']}")
            if error["code"] == "result_unknown":
                return False
            time.sleep(0.05)
        return False


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("galera")) as made:
        yield made


def test_two_clients_change_one_object_at_two_hosts_at_once(cluster):
    made = cluster.make("phonebooks", {"name": "shared"}).json()
    results, together = {}, threading.Barrier(2)

    def change(number):
        for turn in range(15):
            together.wait()
            status = 503  # "busy, others changed what it had read": nothing is done, and is asked again
            while status == 503:
                status = requests.patch(f"{cluster.hosts[number].url}{API}/phonebooks/{made['id']}", params={"tenant": "DEMO"},
                                        json={"name": f"{number} {turn}"}, timeout=60,
                                        headers=cluster.headers | {"If-Match": tags[turn]}).status_code
            results[number, turn] = status
            together.wait()
            if number == 0:
                tags.append(cluster.ask("GET", f"phonebooks/{made['id']}").headers["ETag"])
            together.wait()

    tags = [cluster.ask("GET", f"phonebooks/{made['id']}").headers["ETag"]]
    threads = [threading.Thread(target=change, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for turn in range(15):
        assert sorted((results[0, turn], results[1, turn])) == [200, 412], turn
    last = cluster.ask("GET", f"phonebooks/{made['id']}", 1).json()["name"]
    assert last == f"{0 if results[0, 14] == 200 else 1} 14"
    assert cluster.sql("SELECT count(*) FROM lg_processlogs WHERE lg_object = 'phonebook' AND lg_action = 'update'") == ["15"]


def test_a_killed_host_costs_no_acknowledged_change(cluster):
    with Writers(cluster, "host") as writers:
        cluster.hosts[0].kill()
        writers.some(30)
        cluster.hosts[0].start()
        writers.some()
    cluster.judge(writers)


# Symptom: each node knew its own locks only, and both were told 201.
def test_of_two_kinds_that_take_one_number_at_once_one_has_it(cluster):
    answers, together = {}, threading.Barrier(2)

    def take(number, what):
        for turn in range(10):
            together.wait()
            fields, status = {"name": f"{what} {turn}", "number": f"8{turn:02}"}, 503
            while status == 503:
                status = requests.post(f"{cluster.hosts[number].url}{API}/{what}", params={"tenant": "DEMO"}, json=fields,
                                       timeout=60, headers=cluster.headers).status_code
            answers[what, turn] = status

    kinds = ("queues", "conferencerooms")
    threads = [threading.Thread(target=take, args=it) for it in enumerate(kinds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for turn in range(10):
        assert sorted(answers[kind, turn] for kind in kinds) == [201, 409], turn


def test_a_killed_node_costs_no_acknowledged_change_and_comes_back(cluster):
    with Writers(cluster, "killed") as writers:
        cluster.nodes[0].kill()  # the one that the first host asks
        writers.some(60)
        cluster.nodes[0].others = cluster.nodes[1:]
        cluster.nodes[0].start()
        writers.some()
    cluster.judge(writers)


def test_a_node_that_stalls_is_left_and_may_come_back(cluster):
    asked = cluster.nodes[1]  # by both, now
    with Writers(cluster, "stalled") as writers:
        asked.stall()
        writers.some(60)
        asked.go_on()
        writers.some()
    cluster.judge(writers)


def test_a_node_that_is_taken_out_under_writes_refuses_nobody_for_long(cluster):
    node = cluster.nodes[2]
    with Writers(cluster, "left") as writers:
        node.leave()
        writers.some(60)
        node.others = cluster.nodes[:2]
        node.start()
        writers.some()
    cluster.judge(writers)


def test_without_quorum_all_is_refused_clearly_and_goes_on_by_itself(cluster):
    with Writers(cluster, "quorum") as writers:
        for node in cluster.nodes[:2]:
            node.kill()
        survivor = cluster.nodes[2]
        eventually(lambda: survivor.status("wsrep_cluster_status") != "Primary")
        eventually(lambda: all(cluster.ask("GET", "phonebooks", number).status_code == 503 for number in range(2)))
        before, refused = len(writers.acknowledged), writers.refused()
        eventually(lambda: writers.refused() > refused + 20)
        assert len(writers.acknowledged) == before
        for number in range(2):
            for answer in (cluster.ask("GET", "phonebooks", number),
                           cluster.ask("POST", "phonebooks", number, json={"name": "none"})):
                assert answer.status_code == 503 and "no database server can be used" in answer.json()["error"]["message"]
            assert cluster.hosts[number].get("/readyz").status_code == 503
        survivor_says = "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=1'"
        subprocess.run(["mariadb", "-h127.0.0.1", f"-P{survivor.port}", "-uroot", "-e", survivor_says], check=True)
        writers.some()
        for node in cluster.nodes[:2]:
            node.others = [survivor]
            node.start()
        writers.some()
    cluster.judge(writers)


def test_two_nodes_that_stall_take_the_quorum_along_and_bring_it_back(cluster):
    with Writers(cluster, "asleep") as writers:
        for node in cluster.nodes[:2]:
            node.stall()
        eventually(lambda: cluster.nodes[2].status("wsrep_cluster_status") != "Primary")
        refused = writers.refused()
        eventually(lambda: writers.refused() > refused + 20)
        for node in cluster.nodes[:2]:
            node.go_on()
        writers.some(60)
    cluster.judge(writers)
