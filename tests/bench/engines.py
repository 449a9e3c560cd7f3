"""The same on each engine of one machine: SQLite, a MariaDB server, three nodes of Galera, and what PHP with PDO does
on that server. The servers write to disk at each commit, as they do by default."""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import data
import figures
from measure import HERE, LOAD_CORE, cpu_seconds, forget_peak, interleaved, load, memory_mib, peak_mib, pinned
from servers import Server, Store, free_port, start_nginx

sys.path.insert(0, str(HERE.parents[0] / "support"))
import mariadb  # noqa: E402

DATABASE = "bench"
ON_DISK = ("--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=512M", "--innodb-log-file-size=256M")
HOSTS = (1, 2, 3)
MADE = "MADE"  # the tenant of what is created: the lists of the other one stay as long as they are
APART = 100_000_000  # the numbers that are created on each engine, and by each host


def tenant_of_creates(store):
    """Its key."""
    store.run("tenant", "create", MADE)
    return store.run("key", "create", "--tenant", MADE)


class Php:
    """nginx before PHP's own FastCGI server with four children."""

    def __init__(self, stack, root, folder, database):
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        fastcgi = stack.enter_context(Server(
            ["php-cgi", "-b", f"127.0.0.1:{port}"], port, folder / "php.log",
            environment={"PHP_FCGI_CHILDREN": "4", "PHP_FCGI_MAX_REQUESTS": "0"}))
        self.nginx = stack.enter_context(start_nginx(root, folder, HERE / "php/nginx.conf", php=port, store=(
            f"mysql:host=127.0.0.1;port={database.port};dbname={DATABASE};charset=utf8mb4")))
        children = Path(f"/proc/{fastcgi.pid}/task/{fastcgi.pid}/children").read_text().split()
        self.pids = [self.nginx.pid, *map(int, children)]


def creates(stores, key, seconds, first):
    """Creates of phones by 16 clients in all, shared by some hosts at once: (a second, p50 ms, p99 ms)."""
    clients = []
    for place, store in enumerate(stores):
        clients.append(subprocess.Popen(
            pinned(LOAD_CORE, "wrk", "-t1", f"-c{16 // len(stores)}", f"-d{seconds}s", "--timeout", "30s", "-s",
                   HERE / "create.lua", f"http://127.0.0.1:{store.port}", "--", first + place * 10_000_000, key, MADE),
            stdout=subprocess.PIPE, text=True))
    got = [json.loads(client.communicate()[0].strip().splitlines()[-1]) for client in clients]
    if any(one["wrong"] for one in got):
        raise SystemExit(f"bench: creates failed: {got}")
    return (sum(one["requests"] / one["seconds"] for one in got), max(one["p50"] for one in got) / 1000,
            max(one["p99"] for one in got) / 1000)


def exported(server, key, records):
    """1,000 rows a second of info=CDRS as CSV, and MiB above idle."""
    url = figures.export_url(server, key)
    load(server.url + "/hello", 1)
    # what a first export makes for all that follow it is no part of one
    subprocess.run(["sh", "-c", 'curl -s "$0" | head -c 100000 >/dev/null', url], check=True)
    time.sleep(1)
    idle = memory_mib(server.pid)
    forget_peak(server.pid)
    start = time.monotonic()
    lines = subprocess.run(["sh", "-c", 'curl -sf "$0" | wc -l', url], capture_output=True, text=True, check=True)
    wall = time.monotonic() - start
    if int(lines.stdout) != records + 1:
        raise SystemExit(f"bench: the export has {lines.stdout.strip()} lines, not {records + 1}")
    return records / wall / 1000, peak_mib(server.pid) - idle


class Engine:
    """One engine's column. `pids`: the processes of the store, beside the host."""

    def __init__(self, name, store, pids=()):
        self.name, self.store, self.pids, self.figures = name, store, pids, {}

    def measure(self, key, made_key, records, quick, first):
        seconds, rounds, samples = (1, 1, 20) if quick else (2, 3, 100)
        with self.store.serve() as server:
            head = (f"X-API-Key: {key}",)
            tenant = f"tenant={data.TENANT}"
            asked = {"E2 same work": f"/bench/extension/100?{tenant}", "E2 documented": f"/openapi.php/extensions/number/100?{tenant}",
                     "E3 same work": f"/bench/extensions?{tenant}", "E3 documented": f"/openapi.php/extensions?{tenant}"}
            # first what is created, so that each engine is asked beside the rows of another tenant
            api = figures.Api(server, made_key)
            wall, _ = api.timed([("POST", "/extensions", figures.phone(first + i), MADE) for i in range(samples)])
            self.figures["a create alone, ms"] = f"{wall / 1000:.1f}"
            rate, p50, p99 = creates([self.store], made_key, seconds * 2, first + 1_000_000)
            self.figures["creates/s, 16 clients"] = f"{rate:,.0f}"
            self.figures["their p50 ms"], self.figures["their p99 ms"] = f"{p50:.1f}", f"{p99:.1f}"
            start, count = time.monotonic(), 100 if quick else 1000
            for begin in range(0, count, 100):
                api.ask("POST", "/extensions", [figures.phone(first + 90_000_000 + begin + i) for i in range(100)],
                        tenant=MADE)
            self.figures["bulk create of 100, µs/row"] = f"{(time.monotonic() - start) * 1e6 / count:,.0f}"
            for name, path in asked.items():
                before = sum(map(cpu_seconds, self.pids))
                got = interleaved([(name, server, server.url + path, head)], seconds, rounds)[name]
                requests = got["requests"] * rounds + 1e-9
                self.figures[f"{name}, requests/s"] = f"{got['rate']:,.0f}"
                self.figures[f"{name}, p50 µs"] = f"{got['p50']:.0f}"
                self.figures[f"{name}, CPU µs of the host"] = f"{got['cpu_us']:.0f}"
                self.figures[f"{name}, CPU µs of the servers"] = (
                    f"{(sum(map(cpu_seconds, self.pids)) - before) * 1e6 / requests * rounds / (rounds + 1):.0f}" if self.pids else "-")
        with self.store.serve() as server:
            rate, above = exported(server, key, records)
            self.figures["export, 1000 rows/s"] = f"{rate:,.0f}"
            self.figures["export, MiB above idle"] = f"{above:.1f}"


def php(stack, root, scratch, database, key, quick):
    """E2 and E3 of PHP: the figures that it has."""
    seconds, rounds = (1, 1) if quick else (2, 3)
    server, made = Php(stack, root, scratch / "php", database), {}
    for name, path in (("E2 same work", f"/?key={key}&number=100"), ("E3 same work", f"/?key={key}")):
        load(server.nginx.url + path, 1)
        before, asked = [sum(map(cpu_seconds, pids)) for pids in (server.pids, [database.process.pid])], 0
        for _ in range(rounds):
            got = load(server.nginx.url + path, seconds)
            asked += got["requests"]
            if got["refused"] or got["lost"]:
                raise SystemExit("bench: PHP failed")
        spent = [sum(map(cpu_seconds, pids)) - since for pids, since in zip((server.pids, [database.process.pid]), before)]
        made[f"{name}, requests/s"] = f"{got['requests'] / got['seconds']:,.0f}"
        made[f"{name}, p50 µs"] = f"{got['p50']:.0f}"
        made[f"{name}, CPU µs of the host"] = f"{spent[0] * 1e6 / asked:.0f}"
        made[f"{name}, CPU µs of the servers"] = f"{spent[1] * 1e6 / asked:.0f}"
    return made


def hosts(binary, folder, urls, key, quick, first):
    """Creates a second with one host and more; each asks the next of the servers."""
    row = []
    for count in HOSTS:
        with ExitStack() as stack:
            stores = [Store(binary, folder / f"host-{count}-{i}", url=f"{urls[i % len(urls)]}/{DATABASE}") for i in range(count)]
            for i, store in enumerate(stores):
                stack.enter_context(store.serve(cores=f"0-{max(os.cpu_count() - 1, 0)}"))
            row.append(f"{creates(stores, key, 2 if quick else 4, first + 30_000_000 * count)[0]:,.0f}")
    return row


def engines(binary, scratch, main, key, records, root, quick):
    """(rows of figures by engine, rows of creates by hosts). `main` is the store of the other parts."""
    columns = []
    copied = Store(binary, scratch / "sqlite")  # creates shall not stay in the one that is kept
    shutil.copy(main.database, copied.database)
    columns.append(Engine("SQLite", copied))
    columns[0].measure(key, tenant_of_creates(copied), records, quick, APART)
    shutil.rmtree(scratch / "sqlite")
    servers, by_hosts = [mariadb.Server(*ON_DISK, folder=scratch / "mariadb")], []
    try:
        single = servers[0].start()
        url = f"{single.url}/{DATABASE}"
        start = time.monotonic()
        main.run("copy", "--from", f"sqlite://{main.database}", "--to", url)
        taken = time.monotonic() - start
        store = Store(binary, scratch / "on-mariadb", url=url)
        columns.append(Engine("MariaDB", store, [single.process.pid]))
        made_key = tenant_of_creates(store)
        columns[1].measure(key, made_key, records, quick, APART)
        columns[1].figures["copy of the store into it, s"] = f"{taken:.0f}"
        if root and shutil.which("php-cgi"):
            with ExitStack() as stack:
                columns.append(Engine("PHP with PDO, MariaDB", None))
                columns[-1].figures = php(stack, root, scratch, single, key, quick)
        by_hosts.append(["MariaDB", *hosts(binary, scratch, [single.url], made_key, quick, 2 * APART)])
        # The server's data become the first node's.
        single.process.terminate()
        single.process.wait()
        nodes = [mariadb.Node(options=ON_DISK, folder=single.folder)]
        servers = nodes
        nodes[0].start()
        for i in (1, 2):
            nodes.append(mariadb.Node(nodes[0], options=ON_DISK, folder=scratch / f"node-{i}"))
            nodes[i].start()
        store = Store(binary, scratch / "on-galera", url=f"{nodes[0].url}/{DATABASE}")
        columns.append(Engine("Galera, 3 nodes", store, [node.process.pid for node in nodes]))
        columns[-1].measure(key, made_key, records, quick, 4 * APART)
        by_hosts.append(["Galera, 3 nodes", *hosts(binary, scratch, [node.url for node in nodes], made_key, quick, 5 * APART)])
    finally:
        for server in reversed(servers):
            server.stop()
    names = list(dict.fromkeys(name for column in columns for name in column.figures))
    return ([column.name for column in columns],
            [[name, *(column.figures.get(name, "-") for column in columns)] for name in names], by_hosts)
