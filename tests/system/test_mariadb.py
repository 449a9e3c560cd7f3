"""The host on a real MariaDB: hosts that start at once, a server that dies under writes, a store that moves there
and back, and phones that call through it."""

import os
import re
import signal
import subprocess
import threading

import pytest
import requests

from call_flow import answered_by, landed, make, reach
from host import BINARY, PROJECT, Host
from lab import eventually
from mariadb import Server
from pbx_site import PATHS, Site


def migrate(url):
    return subprocess.Popen([BINARY, "migrate", "--database", url, "--config", "/dev/null"], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True,
                            env={"PATCHBAY_STORE_SCHEMA": str(PROJECT / "schema"), "PATH": "/usr/bin"})


@pytest.mark.parametrize("engine", ["sqlite", "mariadb"])
def test_of_hosts_that_start_at_once_one_migrates(server, tmp_path, engine):
    url = f"sqlite://{tmp_path}/new.db" if engine == "sqlite" else server.url + "/together"
    outputs = [process.communicate(timeout=300) + (process.returncode,) for process in [migrate(url) for _ in range(3)]]
    assert all(code == 0 for _, _, code in outputs), outputs
    applied = [line for out, _, _ in outputs for line in out.splitlines() if line.startswith("applied ")]
    assert len(applied) == len(set(applied)) > 40
    assert not [line for line in migrate(url).communicate()[0].splitlines() if line.startswith("applied ")]


def sql(server, text, *, database="mysql"):
    return subprocess.run(["mariadb", "-h127.0.0.1", f"-P{server.port}", "-uroot", database, "-N", "-e", text],
                          capture_output=True, text=True, check=True).stdout


# With an account that may do nothing but use its database, and a password of letters that an address cannot have.
def test_hosts_that_start_at_once_on_an_empty_database_both_serve(server, tmp_path):
    sql(server, "CREATE DATABASE pair CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;"
                "CREATE USER pair@'127.0.0.1' IDENTIFIED BY 'p@ss:w/rd?'; GRANT ALL ON pair.* TO pair@'127.0.0.1'")
    secret = tmp_path / "store.secret"
    secret.write_text("p@ss:w/rd?\n")
    hosts = [Host(tmp_path / name, store={"url": f"mysql://pair@127.0.0.1:{server.port}/pair", "password": f"file:{secret}",
                                          "readers": 3, "writers": 2}) for name in ("one", "two")]
    try:
        starting = [threading.Thread(target=host.start) for host in hosts]
        for each in starting:
            each.start()
        for each in starting:
            each.join()
        said = [host.said() for host in hosts]
        applied = re.findall(r"schema file applied.* file=(\S+)", "".join(said))
        assert sorted(applied) == sorted(sql(server, "SELECT file FROM schema_migrations", database="pair").split()), said
        assert "p@ss" not in "".join(said)
        key = hosts[0].tenant("DEMO").key("DEMO")
        for number, host in enumerate(hosts):
            made = host.post("/mirtapbx/openapi.php/phonebooks?tenant=DEMO", json={"name": f"book {number}"},
                             headers={"X-API-Key": key})
            assert made.status_code == 201, made.text
        for host in hosts:
            listed = host.get("/mirtapbx/openapi.php/phonebooks?tenant=DEMO", headers={"X-API-Key": key}).text
            assert "book 0" in listed and "book 1" in listed
            host.stop()
    finally:
        for host in hosts:
            host.kill()


def host_on(server, folder, name, **sections):
    host = Host(folder, store={"url": f"{server.url}/{name}"}, **sections)
    host.run("migrate")
    host.tenant("DEMO")
    host.headers = {"X-API-Key": host.key("DEMO")}
    return host


def rows_read(server):
    return int(sql(server, "SHOW GLOBAL STATUS LIKE 'Handler_read_rnd_next'").split()[1])


# Symptom: whether a number is free was asked of the numbers of all tenants.
def test_a_create_reads_no_numbers_of_other_tenants(server, tmp_path):
    with host_on(server, tmp_path, "numbers") as host:
        sql(server, "INSERT INTO te_tenants (te_code, te_name) VALUES ('MANY', 'Many');"
                    "INSERT INTO ex_extensions (ex_te_id, ex_number, ex_name, ex_tech) SELECT te_id, 100000 + seq, 'x', 'PJSIP'"
                    " FROM te_tenants, seq_1_to_20000 WHERE te_code = 'MANY'", database="numbers")

        def create(number):
            before = rows_read(server)
            made = host.post("/mirtapbx/openapi.php/extensions?tenant=DEMO", headers=host.headers,
                             json={"number": str(number), "tech": "PJSIP", "password": f"secret-{number}"})
            assert made.status_code == 201, made.text
            return rows_read(server) - before

        rows = [create(number) for number in range(200, 205)]
        assert min(rows) < 2000, rows  # jobs ask meanwhile


# Power fails at the server while clients write: what was answered 201 is there once, what was answered
# 503 or not at all is there once or not at all, and the host goes on by itself.
def test_a_server_that_dies_under_writes_loses_nothing_acknowledged(server, tmp_path):
    own = Server().start()
    try:
        with host_on(own, tmp_path, "faults") as host:
            acknowledged, refused, stop = [], [], threading.Event()

            def write(writer):
                number = 0
                while not stop.is_set():
                    number += 1
                    name = f"book {writer}-{number}"
                    try:
                        answer = requests.post(host.url + "/mirtapbx/openapi.php/phonebooks?tenant=DEMO", json={"name": name},
                                               headers=host.headers, timeout=60)
                    except requests.RequestException:
                        continue
                    (acknowledged if answer.status_code == 201 else refused).append((name, answer.status_code))

            writers = [threading.Thread(target=write, args=(i,)) for i in range(3)]
            for each in writers:
                each.start()
            eventually(lambda: len(acknowledged) > 20)
            own.kill()
            eventually(lambda: len(refused) > 3)
            before = len(acknowledged)
            own.start()
            eventually(lambda: len(acknowledged) > before + 20)
            stop.set()
            for each in writers:
                each.join()
            assert {code for _, code in refused} <= {503, 504}
            rows = sql(own, "SELECT pb_name FROM pb_phonebooks", database="faults")
            there = [line for line in rows.splitlines() if line.startswith("book ")]
            assert len(there) == len(set(there)), "something is there twice"
            assert {name for name, _ in acknowledged} <= set(there)
    finally:
        own.stop()


def test_a_store_moves_to_the_server_and_back(server, tmp_path):
    host = Host(tmp_path / "host").migrate().tenant("DEMO", "Ünï 'quoted'")
    key = host.key("DEMO")
    with host:
        for number in range(30):
            made = host.post("/mirtapbx/openapi.php/phonebooks?tenant=DEMO", json={"name": f"Büch {number}"},
                             headers={"X-API-Key": key})
            assert made.status_code == 201, made.text

        def copy(source, target):
            return host.run("copy", "--from", source, "--to", target)

        there = server.url + "/moved"
        out = copy(f"sqlite://{host.store}", there)  # the host runs
        assert re.search(r"pb_phonebooks: 30 rows, 30 new, 0 changed, 0 removed, checksum [0-9a-f]{16}", out), out
        assert "are the same on both sides" in out
        host.post("/mirtapbx/openapi.php/phonebooks?tenant=DEMO", json={"name": "late"}, headers={"X-API-Key": key})
    again = copy(f"sqlite://{host.store}", there)
    assert re.search(r"pb_phonebooks: 31 rows, 1 new", again), again
    assert copy(f"sqlite://{host.store}", there).endswith("; 0 were written\n")
    moved = Host(tmp_path / "moved", store={"url": there})
    with moved:
        listed = moved.get("/mirtapbx/openapi.php/phonebooks?tenant=DEMO", headers={"X-API-Key": key})
        assert listed.status_code == 200 and "Büch 7" in listed.text and "late" in listed.text
    back = f"sqlite://{tmp_path}/back.db"
    assert "are the same on both sides" in copy(there, back)
    assert copy(back, there).endswith("; 0 were written\n")


@pytest.fixture(scope="module")
def site(server, tmp_path_factory):
    with Site(tmp_path_factory.mktemp("calls"), "mariadbcalls", database=server.url + "/calls") as made:
        made.ids, made.seen = made.phones({"100": "answer", "101": "answer"}), 0
        yield made


# A part of test_call_flow.py, which runs here as a whole with PATCHBAY_TEST_STORE=mariadb.
def test_a_phone_made_by_post_calls_at_once_and_leaves_its_records(site):
    queue = make(site, "queues", name="Support", number="800", members=[{"extension_id": site.ids["101"]}])
    reach(site, "101")
    landed(site, "101", "101-DEMO", src="100")
    reach(site, "800")
    landed(site, "800", "Queue Support")
    answered_by(site, "800", "101-DEMO")
    eventually(lambda: [row["event"] for row in site.lab.sql(
        "SELECT event FROM queue_log WHERE queuename = ? AND callid LIKE 'srv%' ORDER BY id", str(queue["id"]))][:2]
        == ["ENTERQUEUE", "CONNECT"])
    assert site.lab.complaints() == []


# Symptom: a phone with the password a^41b had aAb, one with a semicolon lost what came after it.
def test_what_odbc_reads_is_what_was_written(site):
    password, name = "pass^41word;^3B", 'Ann ^80; "Sales"'
    site.extension("102", password="pass^41word", name=name.replace('"', ""))
    assert site.lab.register([("102-DEMO", "passAword")]) == ["102-DEMO"]
    assert site.lab.register([("102-DEMO", "pass^41word")]) == []

    def read(family, column):
        with site.lab.ami() as manager:
            return manager.action("Getvar", Variable=f"REALTIME_FIELD({family},id,102-DEMO,{column})")["Value"]

    site.lab.sql("UPDATE ps_auths SET password = ? WHERE id = '102-DEMO'", password)
    site.lab.sql("UPDATE ps_endpoints SET callerid = ? WHERE id = '102-DEMO'", name)
    assert (read("ps_auths", "password"), read("ps_endpoints", "callerid")) == (password, name)


# Symptom: each registration read the passwords and the addresses of all phones.
def test_a_look_up_of_asterisk_reads_the_rows_of_one_phone(site, server):
    def look_up(family, column):
        before = rows_read(server)
        with site.lab.ami() as manager:
            value = manager.action("Getvar", Variable=f"REALTIME_FIELD({family},id,101-DEMO,{column})")["Value"]
        return value, rows_read(server) - before

    sql(server, "INSERT INTO ps_auths (id, username) SELECT CONCAT(seq, '-MANY'), CONCAT(seq, '-MANY') FROM seq_1_to_20000;"
                "INSERT INTO ps_aors (id) SELECT CONCAT(seq, '-MANY') FROM seq_1_to_20000;"
                "INSERT INTO ps_endpoints (id) SELECT CONCAT(seq, '-MANY') FROM seq_1_to_20000", database="calls")
    try:
        for family, column in (("ps_endpoints", "context"), ("ps_auths", "password"), ("ps_aors", "maximum_expiration")):
            looked = [look_up(family, column) for _ in range(3)]
            assert all(value for value, _ in looked)
            assert min(rows for _, rows in looked) < 2000, (family, looked)  # the host asks meanwhile
    finally:
        for table in ("ps_auths", "ps_aors", "ps_endpoints"):
            sql(server, f"DELETE FROM {table} WHERE id LIKE '%-MANY'", database="calls")


# With PrepOnClient the values stand in the statement: what a phone calls itself must stay a text in it.
def test_what_asterisk_looks_up_stays_a_value(site):
    def look_up(name):
        with site.lab.ami() as manager:
            return manager.action("Getvar", Variable=f"REALTIME_FIELD(ps_endpoints,id,{name},context)")["Value"]

    assert look_up("101-DEMO")
    for name in ("x' OR '1'='1", "101-DEMO' -- ", "\\\\' OR 1=1 -- ", "x\\\\", "\N{GREEK SMALL LETTER ALPHA}' OR id LIKE '%"):
        assert look_up(name) == "", name


def test_views_for_odbc_have_the_columns_of_what_they_show(site):
    columns = {row["name"]: row["columns"] for row in site.lab.sql(
        "SELECT table_name AS name, group_concat(column_name ORDER BY ordinal_position) AS columns"
        " FROM information_schema.columns WHERE table_schema = database() GROUP BY table_name")}
    views = [name for name in columns if name.startswith("odbc_")]
    assert len(views) > 20
    assert [name for name in views if columns[name] != columns[name.removeprefix("odbc_")]] == []


@pytest.fixture(scope="module")
def pair(site, tmp_path_factory):
    """Two hosts at one store and one Asterisk."""
    with Host(tmp_path_factory.mktemp("second"), site.lab) as second:
        eventually(lambda: second.get("/healthz").json()["pbx"][0]["state"] == "up")
        yield site.host, second


MOVES = re.compile(r"(duration|time|age|seconds|uptime|since)")  # goes on between two questions


def still(value):
    if isinstance(value, dict):
        return {name: still(item) for name, item in value.items() if not MOVES.search(name)}
    return sorted(map(still, value), key=str) if isinstance(value, list) else value


def live(site, host):
    """What a host tells of channels, calls, phones, queues and registrations."""
    def proxy(reqtype, **query):
        return host.get(PATHS["proxy"], params={"key": site.key, "tenant": "DEMO", "reqtype": reqtype} | query)

    queues = [row["qu_id"] for row in site.lab.sql("SELECT qu_id FROM qu_queues")]
    return {
        "channels": still(proxy("CHANNELS", format="json").json()),
        "counts": [proxy(it).text for it in ("COUNTCALLS", "COUNTCHANNELS", "COUNTPEERS")],
        "peers": still(proxy("CHANSIPPEERS", format="json").json()),
        "registrations": [proxy("INFO", info="REGSTATE", number=number).text.splitlines()[:2] for number in site.ids],
        "states": [host.get(f"{PATHS['openapi']}/extensions/{id}", params={"tenant": "DEMO"}, headers={"X-API-Key": site.key})
                   .json()["related"]["state"]["st_state"] for id in site.ids.values()],
        "queues": [still(proxy("INFO", info="AGENTS", id=str(id), format="json").json()) for id in queues],
    }


def agreed(site, pair, holds):
    """Both tell the same of a moment at which it `holds`; events are some milliseconds under way."""
    def both():
        first, second = [live(site, host) for host in pair]
        return first == second and holds(first) and first

    return eventually(both)


def test_two_hosts_tell_the_same_of_calls_phones_and_queues(site, pair):
    make(site, "queues", name="Both", number="801", members=[{"extension_id": site.ids["101"]}])
    quiet = agreed(site, pair, lambda it: it["channels"] == [] and it["counts"][0] == "0")
    assert [it[1].split("|")[1] for it in quiet["registrations"]] == ["Registered"] * 2
    site.proxy("DIAL", source="100", dest="101")
    talking = agreed(site, pair, lambda it: it["states"] == ["INUSE"] * 2 and it["counts"][0] == "1")
    assert talking["channels"] != [] and talking["counts"][1] != "0"
    # what one of them changes in Asterisk, the other one hears
    answer = pair[1].get(PATHS["proxy"], params={"key": site.key, "tenant": "DEMO", "reqtype": "HANGUP", "number": "100"})
    assert not answer.text.startswith("Error"), answer.text
    assert agreed(site, pair, lambda it: it["channels"] == [] and it["states"] == ["NOT_INUSE"] * 2)["counts"][0] == "0"


def test_an_asterisk_killed_under_writes_costs_no_acknowledged_phone(site, pair):
    site.proxy("DIAL", source="100", dest="101")
    agreed(site, pair, lambda it: it["counts"][0] == "1")
    made, wrong, over = [], [], threading.Event()

    def write(turn):
        number = 2000 + 1000 * turn
        while not over.is_set():
            number += 1
            answer = requests.post(f"{pair[turn].url}{PATHS['openapi']}/extensions", params={"tenant": "DEMO"}, timeout=60,
                                   headers={"X-API-Key": site.key},
                                   json={"number": str(number), "tech": "PJSIP", "password": f"secret-{number}"})
            (made if answer.status_code == 201 else wrong).append((number, answer.status_code))

    threads = [threading.Thread(target=write, args=(turn,)) for turn in range(2)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(made) > 6)
    os.kill(site.lab.processes()["asterisk"], signal.SIGKILL)
    eventually(lambda: all(host.get("/healthz").json()["pbx"][0]["state"] != "up" for host in pair))
    before = len(made)
    eventually(lambda: len(made) > before + 6)
    over.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    site.lab.down()
    site.lab.up()
    numbers = [str(number) for number, _ in made]
    rows = [row["ex_number"] for row in site.lab.sql("SELECT ex_number FROM ex_extensions WHERE ex_number >= '2000'")]
    assert sorted(rows) == sorted(numbers)
    for table in ("ps_endpoints", "ps_auths", "ps_aors"):
        ids = {row["id"] for row in site.lab.sql(f"SELECT id FROM {table}")}
        assert {f"{number}-DEMO" for number in numbers} <= ids
    eventually(lambda: all(host.get("/healthz").json()["pbx"][0]["state"] == "up" for host in pair))
    assert site.lab.register([(f"{numbers[-1]}-DEMO", f"secret-{numbers[-1]}")]) == []
    agreed(site, pair, lambda it: it["channels"] == [] and it["counts"][0] == "0")
