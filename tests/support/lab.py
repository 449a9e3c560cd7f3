"""The Asterisk of examples/lab as a pytest needs it: its own instance, ports and store.

PATCHBAY_LAB_ROOT names the Debian root (default: the one in the cache folder),
PATCHBAY_LAB_PORTS the first of the thousand ports (default 7000), and PATCHBAY_TEST_STORE=mariadb
puts the store of whoever asks store_of_tests() on a throw-away server.
"""

import atexit
import itertools
import os
import sqlite3
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "examples/lab"))

import ami  # noqa: E402,F401  for the tests: from lab import ami
from instance import Instance  # noqa: E402
from mariadb import Server  # noqa: E402
from store import Sqlite, open_store  # noqa: E402

_numbers = itertools.count(1)
_servers = []


def store_of_tests(instance):
    """Where PATCHBAY_TEST_STORE has a store made: None is the file of the instance, else it is a database of its own
    on a server that ends with the tests."""
    engine = os.environ.get("PATCHBAY_TEST_STORE") or "sqlite"
    if engine == "sqlite":
        return None
    assert engine == "mariadb", f"PATCHBAY_TEST_STORE={engine}: it is sqlite or mariadb"
    if not _servers:
        _servers.append(Server())
        atexit.register(_servers[0].stop)
        _servers[0].start()
    return f"{_servers[0].url}/{instance}_{next(_numbers)}"


def eventually(probe, seconds=60, every=0.05):
    """Call probe until it returns something true, and return that; fail with its last value. The
    seconds only bound a failure: how long things take says nothing on a busy machine."""
    deadline = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s, last seen: {value!r}"
        time.sleep(every)


class Lab(Instance):
    """An instance that starts with nothing of an earlier run. Its store is home/patchbay.db."""

    def __init__(self, instance="test", store_path=None, ports=None, root=None):
        super().__init__(instance, root or os.environ.get("PATCHBAY_LAB_ROOT"),
                         ports or int(os.environ.get("PATCHBAY_LAB_PORTS", 7000)), store_path)
        if not store_path:  # and not what an earlier run had
            self._store = open_store(self.home / "patchbay.db")

    def clean(self):
        """End and forget an earlier run, and make the folders a store can be put in."""
        self.down()
        self.forget()
        self.prepare()
        return self

    def make_store(self):
        """A store as `patchbay migrate` makes it, for tests that do without Patchbay."""
        with sqlite3.connect(self.store) as store:
            store.execute("PRAGMA journal_mode=WAL")
            for file in sorted((PROJECT / "schema").glob("*.sql")):
                if not file.name.endswith(".mariadb.sql"):
                    store.executescript(file.read_text())
        store.close()
        return self

    def records(self, where="1", *values):
        """Call records as Asterisk wrote them, oldest first, as dictionaries."""
        try:
            return Sqlite(self.cdr).sql(f"SELECT * FROM cdr WHERE {where} ORDER BY AcctId", *values)
        except sqlite3.OperationalError as error:
            if "no such table: cdr" in str(error):
                return []  # Asterisk makes it with the first record
            raise

    def channels(self):
        """Names of the channels that are there now."""
        with self.ami() as manager:
            return [item["Channel"] for item in manager.list("CoreShowChannels")]

    def originate(self, **headers):
        """AMI Originate; returns its response."""
        variables = headers.pop("variables", {})
        with self.ami() as manager:
            return manager.action("Originate", variables=variables, Async="true", **headers)

    def complaints(self):
        """What Asterisk logged as a warning or an error, but for a busy machine's lost frames."""
        if not self.log.exists():
            return []
        return [line for line in self.log.read_text(errors="replace").splitlines()
                if ("] WARNING[" in line or "] ERROR[" in line)
                and "Failed to write frame" not in line and "Unable to forward frametype" not in line]
