"""What is measured. Every function returns rows of text for a table."""

import http.client
import json
import random
import sqlite3
import statistics
import subprocess
import threading
import time
import urllib.parse

import data
from measure import (LOAD_CORE, SERVER_CORE, cpu_seconds, forget_peak, interleaved, load, memory_mib, peak_mib, pinned,
                     timed)

SPAN = "start=2025-01-01&end=2026-12-31"


# ---- E1 to E3: the same answer from every contender


def answers(contenders, seconds, rounds):
    """contenders: experiment -> [(name, server, path, headers)]."""
    rows = []
    for experiment, entrants in contenders.items():
        results = interleaved([(name, server, server.url + path, headers)
                               for name, server, path, headers in entrants], seconds, rounds)
        ceiling = results.get("C (ceiling)", {}).get("cpu_us")
        nginx = results.get("nginx+Lua", {}).get("cpu_us")
        for name, got in results.items():
            rows.append([experiment, name, f"{got['rate']:,.0f}", f"{got['p50']:.0f}", f"{got['p99']:.0f}",
                         f"{got['cpu_us']:.1f}", f"{got['cpu_us'] / ceiling:.2f}" if ceiling else "-",
                         f"{got['cpu_us'] / nginx:.2f}" if nginx else "-", f"{got['memory']:.0f}"])
    return rows


# ---- E4: a million rows


def export_url(server, key):
    return (f"{server.url}/mirtapbx/proxyapi.php?key={urllib.parse.quote(key)}&tenant={data.TENANT}"
            f"&reqtype=INFO&info=CDRS&format=csv&{SPAN}")


def download(url, **options):
    return timed(pinned(LOAD_CORE, "curl", "-sf", "-o", "/dev/null", url), **options)


STATEMENT = """SELECT c."accountcode", c."ID", c."start", c."answer", c."end", c."clid", c."realsrc", c."firstdst",
c."duration", c."billsec", c."disposition", c."cc_cost", c."dcontext", c."dstchannel", c."userfield", c."uniqueid",
c."prevuniqueid", c."lastdst", c."wherelanded", c."src", c."dst", c."lastapp", c."srcCallID", c."linkedid",
c."peeraccount", c."originateid", c."cc_country", c."cc_network", c."pincode", c."cc_buy" FROM cdr c
WHERE c.te_id = 1 AND c."start" >= '2025-01-01 00:00:00' AND c."start" <= '2026-12-31 23:59:59'
ORDER BY c."start", c.ID;"""


def export(exporters, ceiling, key, database, records, rounds):
    """exporters: name -> (server, key) of the Patchbays."""
    idle, requests = {}, {}
    for name, (server, own_key) in exporters.items():
        url = export_url(server, own_key)
        requests[f"{name}, over HTTP"] = server, url
        load(server.url + "/hello", 1)
        idle[f"{name}, over HTTP"] = memory_mib(server.pid)
        forget_peak(server.pid)
        lines = subprocess.run(["sh", "-c", 'curl -sf "$0" | wc -l', url], capture_output=True, text=True, check=True)
        if int(lines.stdout) != records + 1:
            raise SystemExit(f"bench: the export has {lines.stdout.strip()} lines, not {records + 1}")
    requests["C (ceiling), SELECT * over HTTP"] = ceiling, f"{ceiling.url}/cdrs?key={key}"
    walls = {name: [] for name in [*idle, "sqlite3 -csv, same statement", "sqlite3 -csv, SELECT *", *requests]}
    cpus = {name: [] for name in walls}

    def note(name, wall, cpu):
        walls[name].append(wall)
        cpus[name].append(cpu)

    for _ in range(rounds):
        for name, (one, address) in requests.items():
            before = cpu_seconds(one.pid)
            wall = download(address)["wall"]
            note(name, wall, cpu_seconds(one.pid) - before)
        for name, statement in (("sqlite3 -csv, same statement", STATEMENT),
                                ("sqlite3 -csv, SELECT *", "SELECT * FROM cdr;")):
            got = timed(pinned(SERVER_CORE, "sqlite3", "-csv", "-header", database, statement), stdout=subprocess.DEVNULL)
            note(name, got["wall"], got["cpu"])
    best = statistics.median(walls["sqlite3 -csv, same statement"])
    rows = []
    for name in walls:
        wall = statistics.median(walls[name])
        above = f"{peak_mib(requests[name][0].pid) - idle[name]:.1f}" if name in idle else "-"
        rows.append([name, f"{wall:.2f}", f"{wall / best:.2f}", f"{statistics.median(cpus[name]):.2f}",
                     f"{records / wall / 1000:,.0f}", above])
    return rows


class Exports:
    """Clients that take one export after another until the block ends; `bytes` is what they got."""

    def __init__(self, url, clients):
        self.url, self.clients, self.bytes, self.running = url, clients, 0, True
        self.threads = []

    def _take(self):
        while self.running:
            # nice: these share the core with the load program, whose times count
            curl = subprocess.Popen(pinned(LOAD_CORE, "nice", "-n", "15", "curl", "-sf", self.url),
                                    stdout=subprocess.PIPE)
            counter = subprocess.Popen(pinned(LOAD_CORE, "nice", "-n", "15", "wc", "-c"), stdin=curl.stdout,
                                       stdout=subprocess.PIPE, text=True)
            curl.stdout.close()
            while curl.poll() is None:
                if not self.running:
                    curl.terminate()
                time.sleep(0.02)
            self.bytes += int(counter.communicate()[0])

    def __enter__(self):
        self.threads = [threading.Thread(target=self._take) for _ in range(self.clients)]
        for thread in self.threads:
            thread.start()
        time.sleep(0.3)
        return self

    def __exit__(self, *_):
        self.running = False
        for thread in self.threads:
            thread.join()


def beside(server, key, seconds, rounds):
    """E1 with no exports, one and four at a time. Two connections: the exports get their share."""
    rows = []
    for clients in (0, 1, 4):
        start = time.monotonic()
        with Exports(export_url(server, key), clients) as exports:
            taken = [load(server.url + "/hello", seconds, connections=2) for _ in range(rounds)]
        rate = exports.bytes / 1e6 / (time.monotonic() - start)
        worst = max(one["p99"] for one in taken)
        middle = statistics.median(one["p99"] for one in taken)
        rows.append([str(clients), f"{statistics.median(one['requests'] / one['seconds'] for one in taken):,.0f}",
                     f"{statistics.median(one['p50'] for one in taken):.0f}", f"{middle:.0f}", f"{worst:.0f}",
                     f"{max(one['max'] for one in taken) / 1000:.1f}", f"{rate:.0f}"])
    return rows


# ---- reload, runaway


def reloads(store, server, count):
    before = memory_mib(server.pid)
    outcome, times = {}, []

    def under_load():
        total = {"requests": 0, "lost": 0, "refused": 0, "p99": []}
        while not finished.is_set():
            one = load(server.url + "/hello", 2)
            for name in ("requests", "lost", "refused"):
                total[name] += one[name]
            total["p99"].append(one["p99"])
        outcome.update(total)

    finished = threading.Event()
    loader = threading.Thread(target=under_load)
    loader.start()
    for _ in range(count):
        start = time.monotonic()
        answer = json.loads(store.ask("reload"))
        if not answer.get("ok"):
            finished.set()
            raise SystemExit(f"bench: a reload failed: {answer}")
        times.append(time.monotonic() - start)
    finished.set()
    loader.join()
    time.sleep(1)
    return [["reloads under load", f"{count:,}"],
            ["one reload, median", f"{statistics.median(times) * 1000:.0f} ms"],
            ["requests answered meanwhile", f"{outcome['requests']:,}"],
            ["requests lost or refused", str(outcome["lost"] + outcome["refused"])],
            ["p99 of requests meanwhile", f"{statistics.median(outcome['p99']) / 1000:.1f} ms"],
            ["memory before, after", f"{before:.0f} MiB, {memory_mib(server.pid):.0f} MiB"]]


def saved(server, folder, trials):
    """From the save of a file until an answer of the new one."""
    taken = []
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    for trial in range(trials):
        script = (f'local saved = route {{ family = "saved", summary = "Which one.", actions = {{ it = {{ '
                  f'verb = "GET /bench/saved", access = "public", tenant = "none", summary = "Which." }} }} }}\n'
                  f'function saved.it() return {{ trial = {trial} }} end\nreturn saved\n')
        start = time.monotonic()
        (folder / "saved.lua").write_text(script)
        while True:
            connection.request("GET", "/bench/saved")
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 200 and json.loads(body)["trial"] == trial:
                break
            if time.monotonic() - start > 10:
                raise SystemExit("bench: a saved script was not taken up in 10 s")
            time.sleep(0.005)
        taken.append(time.monotonic() - start)
        time.sleep(0.1)
    return [["file save to new answers, median", f"{statistics.median(taken) * 1000:.0f} ms"],
            ["the slowest of them", f"{max(taken) * 1000:.0f} ms"]]


def runaway(server, lanes):
    """A handler that never ends, and what the others wait for meanwhile."""
    before = load(server.url + "/hello", 2)
    answered = {}

    def fall():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        start = time.monotonic()
        connection.request("GET", "/bench/runaway")
        answered["status"] = connection.getresponse().status
        answered["seconds"] = time.monotonic() - start

    thread = threading.Thread(target=fall)
    results = {}
    loader = threading.Thread(target=lambda: results.update(load(server.url + "/hello", 4)))
    loader.start()
    time.sleep(0.5)
    thread.start()
    thread.join()
    loader.join()
    return [[str(lanes), str(answered["status"]), f"{answered['seconds']:.2f}", f"{before['p99']:.0f}",
             f"{results['p50']:.0f}", f"{results['p99']:.0f}", f"{results['max'] / 1e6:.2f}",
             str(results["lost"] + results["refused"])]]


# ---- what one row costs as the number of rows grows


class Api:
    def __init__(self, server, key):
        self.server, self.key = server, key
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)

    def ask(self, method, path, body=None, tenant=data.TENANT):
        headers = {"X-API-Key": self.key}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request(method, f"/openapi.php{path}" + (f"?tenant={tenant}" if tenant else ""),
                                None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"bench: {method} {path}: {answer.status} {text[:200]}")
        return text

    def timed(self, calls):
        """Median wall and mean processor microseconds of each of some calls."""
        walls, before = [], cpu_seconds(self.server.pid)
        for call in calls:
            start = time.monotonic()
            self.ask(*call)
            walls.append((time.monotonic() - start) * 1e6)
        return statistics.median(walls), (cpu_seconds(self.server.pid) - before) * 1e6 / len(walls)


def phone(number):
    return {"number": str(number), "name": f"Phone {number}", "password": f"a-secret-{number}"}


# What an extension is in the store; `{n}` of the numbers that are copied.
COPIED = {"ex_extensions": "ex_number", "ps_endpoints": "id", "ps_aors": "id", "ps_auths": "id", "st_states": "st_extension"}
FIRST = 100000
BY_CLIENT = 10_000  # more than that would be minutes of creating


def copy_phones(database, tenant, there, size):
    """Phones like the first one, straight into the tables."""
    with sqlite3.connect(database, timeout=60) as store:
        for table, key in COPIED.items():
            columns = [(name, kind) for _, name, kind, *_ in store.execute(f"PRAGMA table_info({table})")]
            made = ", ".join("NULL" if name == "ex_id" else f"replace(\"{name}\", '{FIRST}', n)" if "CHAR" in kind.upper()
                             or "TEXT" in kind.upper() else f'"{name}"' for name, kind in columns)
            number = FIRST if table == "ex_extensions" else f"{FIRST}-{tenant}"
            store.execute(f"WITH RECURSIVE more(n) AS (SELECT {FIRST + there} UNION ALL SELECT n + 1 FROM more "
                          f"WHERE n + 1 < {FIRST + size}) INSERT INTO {table} SELECT {made} FROM {table}, more "
                          f"WHERE {key} = ?", (str(number),))
    store.close()


def changes_of_one(api, size, samples):
    """list, get, create, delete: (wall, processor) microseconds of each."""
    pick = random.Random(7)
    return (api.timed([("GET", "/extensions")] * 5),
            api.timed([("GET", f"/extensions/number/{FIRST + pick.randrange(size)}") for _ in range(samples)]),
            api.timed([("POST", "/extensions", phone(900000 + i)) for i in range(samples)]),
            api.timed([("DELETE", f"/extensions/number/{900000 + i}") for i in range(samples)]))


def create_phones(api, there, size):
    """Bulk creates up to a size: processor and wall microseconds of each."""
    before, start, made = cpu_seconds(api.server.pid), time.monotonic(), size - there
    while there < size:
        count = min(500, size - there)
        api.ask("POST", "/extensions", [phone(FIRST + there + i) for i in range(count)])
        there += count
    return (cpu_seconds(api.server.pid) - before) * 1e6 / made, (time.monotonic() - start) * 1e6 / made


def growth(server, database, key, sizes, samples):
    api, rows, there = Api(server, key), [], 0
    for size in sizes:
        bulk = ("-", "-")
        if size <= BY_CLIENT:
            bulk = [f"{figure:.0f}" for figure in create_phones(api, there, size)]
        else:
            copy_phones(database, data.TENANT, there, size)
        there = size
        listed, got, created, deleted = changes_of_one(api, size, samples)
        rows.append([f"{size:,}", f"{listed[1] / size:.2f}", f"{listed[0] / 1000:.1f}", f"{got[1]:.0f}", f"{got[0]:.0f}",
                     f"{created[1]:.0f}", f"{created[0]:.0f}", f"{deleted[1]:.0f}", f"{deleted[0]:.0f}", *bulk,
                     f"{memory_mib(server.pid):.0f}"])
    return rows


def tenants(server, key, sizes, samples):
    """The same for one tenant of 100 extensions among more and more tenants that have 10 each."""
    api, rows, there = Api(server, key), [], 1
    create_phones(api, 0, 100)
    for size in sizes:
        while there < size:
            api.ask("POST", "/tenants", {"code": f"T{there}", "name": f"Tenant {there}"}, tenant=None)
            api.ask("POST", "/extensions", [phone(100 + i) for i in range(10)], tenant=f"T{there}")
            there += 1
        listed, got, created, deleted = changes_of_one(api, 100, samples)
        many = api.timed([("GET", "/tenants", None, None)] * 5)
        rows.append([f"{size:,}", f"{listed[1] / 100:.2f}", f"{listed[0] / 1000:.1f}", f"{got[1]:.0f}", f"{got[0]:.0f}",
                     f"{created[1]:.0f}", f"{created[0]:.0f}", f"{deleted[1]:.0f}", f"{deleted[0]:.0f}",
                     f"{many[1] / size:.1f}", f"{memory_mib(server.pid):.0f}"])
    return rows


def manager_events(program, fixtures):
    done = subprocess.run(pinned(SERVER_CORE, program, *sorted(fixtures.glob("*.ami"))), capture_output=True, text=True,
                          check=True)
    return [["manager events absorbed", done.stdout.strip()]]
