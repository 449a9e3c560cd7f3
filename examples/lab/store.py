"""The store that Asterisk and Patchbay share, as the lab asks it: an SQLite file in the root, or a database on a
MariaDB server."""

import contextlib
import secrets
import shutil
import sqlite3
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from root import LabError

try:
    import pymysql
except ImportError:  # only who has a MariaDB needs it
    pymysql = None

CA = "store_ca.pem"  # in Asterisk's folder
WANTED = ("ps_endpoints", "dialplan_number")
ERRORS = (sqlite3.Error, *((pymysql.Error,) if pymysql else ()))


def open_store(place):
    """The store at a path, sqlite://PATH or mysql://USER:PASSWORD@HOST:PORT/NAME?ssl-ca=FILE."""
    place = str(place)
    return MariaDb(place) if place.startswith("mysql://") else Sqlite(place.removeprefix("sqlite://"))


def _secret(password):
    """The password itself, or as Patchbay has it what the file:/path it names holds."""
    return Path(password.removeprefix("file:")).read_text().strip() if password.startswith("file:") else password


class Sqlite:
    engine = "sqlite"

    def __init__(self, path):
        self.place = Path(path).absolute()
        self.url = f"sqlite://{self.place}"

    def check(self):
        if not self.place.exists():
            raise LabError(f"no store at {self.place}: run patchbay migrate first")
        found = self._run(f"file:{self.place}?mode=ro", "SELECT count(*) AS found FROM sqlite_master"
                          " WHERE name IN (?, ?)", WANTED)
        if found[0]["found"] != len(WANTED):
            raise LabError(f"{self.place} lacks tables: run patchbay migrate first")

    def settings(self, inside, account, etc):
        """What asterisk/configure is told to write to that folder; `inside` is how Asterisk sees a path, `account` its
        name on a server."""
        return {"ENGINE": self.engine, "STORE": inside(self.place)}

    def let_in(self, settings, etc):
        """Make the account of those settings and give it the rights that configure wrote to the folder."""

    def sql(self, statement, *values):
        """Run one statement, with ? for values; its rows as dictionaries."""
        return self._run(f"file:{self.place}", statement, values)

    @staticmethod
    def _run(uri, statement, values):
        with contextlib.closing(sqlite3.connect(uri, timeout=10, uri=True)) as database, database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(statement, values)]


class MariaDb:
    """Asterisk has an account of its own there, with the rights of asterisk/grants.mariadb.sql, so whom the URL
    names must be allowed to make it."""

    engine = "mariadb"

    def __init__(self, url):
        self.place = self.url = url
        parts = urlsplit(url)
        self.name = parts.path.strip("/")
        login, _, hosts = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        self._login = {"user": unquote(user), "password": _secret(unquote(password))}
        self.ca = parse_qs(parts.query).get("ssl-ca", [None])[0]
        self.addresses = [(host, int(port or 3306)) for host, _, port in (it.partition(":") for it in hosts.split(","))]
        if not self.name:
            raise LabError(f"no database in {parts.scheme}://{hosts}")

    def check(self):
        try:
            found = self.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = ?"
                             " AND table_name IN (?, ?)", self.name, *WANTED)
        except ERRORS as error:
            raise LabError(f"no store at {self._listed()}/{self.name}: {error}") from None
        if len(found) != len(WANTED):
            raise LabError(f"database {self.name} lacks tables: run patchbay migrate first")

    def settings(self, inside, account, etc):
        several = len(self.addresses) > 1
        return {"ENGINE": self.engine, "DB_HOST": self._listed() if several else self.addresses[0][0],
                "DB_PORT": self.addresses[0][1],
                "DB_NAME": self.name, "DB_USER": account, "DB_PASSWORD": secrets.token_hex(16),
                "DB_CA": inside(etc / CA) if self.ca else ""}

    def let_in(self, settings, etc):
        if self.ca:
            shutil.copy(self.ca, etc / CA)
        self.sql(f"CREATE OR REPLACE USER '{settings['DB_USER']}'@'%' IDENTIFIED BY '{settings['DB_PASSWORD']}'"
                 f"{' REQUIRE SSL' if self.ca else ''}")
        for statement in (etc / "grants.sql").read_text().split(";\n"):
            if statement.strip():
                self.sql(statement)

    def sql(self, statement, *values):
        if pymysql is None:
            raise LabError("python3-pymysql is missing: apt-get install python3-pymysql")
        with contextlib.closing(self._connect()) as database:
            with database.cursor() as cursor:
                cursor.execute(statement.replace("%", "%%").replace("?", "%s"), values)
                return list(cursor.fetchall())

    # --- inside

    def _listed(self):
        return ",".join(f"{host}:{port}" for host, port in self.addresses)

    def _connect(self):
        """To the first server that answers."""
        for number, (host, port) in enumerate(self.addresses, 1):
            try:
                return pymysql.connect(
                    **self._login, host=host, port=port, database=self.name, charset="utf8mb4", autocommit=True,
                    cursorclass=pymysql.cursors.DictCursor, ssl={"ca": self.ca} if self.ca else None,
                    init_command="SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin, time_zone = '+00:00', sql_mode ="
                    " 'STRICT_ALL_TABLES,ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'")
            except pymysql.OperationalError:
                if number == len(self.addresses):
                    raise
