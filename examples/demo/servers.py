"""MariaDB servers of the demo's own, on loopback: one, or the three nodes of a Galera cluster. Each has its data, socket,
log and password in a folder of its own, and outlives the command that started it."""

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lab"))
sys.dont_write_bytecode = True

from processes import Processes  # noqa: E402
from root import LabError  # noqa: E402

try:
    import pymysql
except ImportError:
    pymysql = None

ERRORS = (LabError, OSError, *((pymysql.Error,) if pymysql else ()))
NAME = "patchbay"  # of the database, and of Patchbay's account
PATH = "/usr/sbin:/usr/bin:" + os.environ.get("PATH", "")
SECONDS = 60


def program(name, package):
    found = shutil.which(name, path=PATH)
    if not found:
        raise LabError(f"{name} is missing: apt-get install {package}")
    return found


def check_port(port, what, setting="PORTS"):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise LabError(f"port {port}, for {what}, is taken: give another {setting}") from None


def owner():
    return pwd.getpwuid(os.geteuid()).pw_name


class Server:
    """One server; `secret` is the file with the password of Patchbay's account."""

    options = ("--innodb-buffer-pool-size=64M", "--performance-schema=OFF", "--max-allowed-packet=80M")
    title = "MariaDB"
    seconds = SECONDS

    def __init__(self, folder, port, secret=None):
        self.folder, self.port = folder.absolute(), port
        self.data, self.log = self.folder / "data", self.folder / "mariadb.log"
        self.passing = self.folder / "tmp"  # a server that starts removes temporary tables of all that share the folder
        # a socket's path may have 107 bytes, a folder's more
        self.socket = os.path.relpath(self.folder / "socket", self.data)
        self.secret = secret or self.folder / "store.secret"
        self._processes = Processes(self.folder / "processes.json") if self.folder.is_dir() else None

    def up(self):
        self.prepare()
        runs_at = self.folder / "port"
        if runs_at.exists() and runs_at.read_text() != str(self.port):
            self.down()
        if self.pid() is None:
            self._make_data()
            self._start()
            runs_at.write_text(str(self.port))
        return self.url([self])

    def prepare(self):
        program("mariadbd", "mariadb-server")
        program("mariadb-install-db", "mariadb-server")
        if pymysql is None:
            raise LabError("python3-pymysql is missing: apt-get install python3-pymysql")
        self.passing.mkdir(parents=True, exist_ok=True)
        self._processes = self._processes or Processes(self.folder / "processes.json")

    def down(self):
        return self._processes is not None and self._processes.end("mariadb", SECONDS) is not None

    def pid(self):
        return self._processes and self._processes.pid("mariadb")

    def url(self, servers):
        """As [store] has it, with those addresses in that order."""
        addresses = ",".join(f"127.0.0.1:{server.port}" for server in servers)
        return f"mysql://{NAME}:{quote(f'file:{self.secret}', safe='')}@{addresses}/{NAME}"

    def ask(self, *statements):
        """Run them as the server's administrator; the rows of the last."""
        os.chdir(self.data)
        with pymysql.connect(unix_socket=self.socket, user=owner(), autocommit=True) as server, server.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall()

    # --- inside

    def _make_data(self):
        if self.data.is_dir():
            return
        part = self.folder / "data.part"  # so that a broken run is not taken for a server's data
        shutil.rmtree(part, ignore_errors=True)
        made = subprocess.run(
            [program("mariadb-install-db", "mariadb-server"), "--no-defaults", *self._user(), f"--datadir={part}",
             f"--tmpdir={self.passing}", "--skip-test-db", "--auth-root-authentication-method=socket",
             f"--auth-root-socket-user={owner()}"], capture_output=True, text=True)
        if made.returncode != 0:
            raise LabError(f"mariadb-install-db failed: {made.stdout}{made.stderr}")
        part.rename(self.data)

    def _start(self, *more):
        check_port(self.port, self.title)
        self._processes.start("mariadb", [program("mariadbd", "mariadb-server"), *self._command(), *more],
                              self.log, cwd=self.folder)
        deadline = time.monotonic() + self.seconds
        while True:
            if self.pid() is None:
                raise LabError(f"{self.title} ended at once, see {self.log}")
            try:
                return self._answers()
            except (pymysql.OperationalError, FileNotFoundError) as error:
                if time.monotonic() > deadline:
                    self.down()
                    raise LabError(f"{self.title} does not answer ({error}), see {self.log}") from None
                time.sleep(0.05)

    def _command(self):
        return ["--no-defaults", *self._user(), f"--datadir={self.data}", f"--tmpdir={self.passing}",
                f"--socket={self.socket}", f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve", *self.options]

    def _answers(self):
        self._make_account()

    def _make_account(self):
        """Patchbay's account, which the lab asks for one of Asterisk's."""
        if not self.secret.exists():
            self.secret.touch(0o600)
            self.secret.write_text(secrets.token_hex(16) + "\n")
        self.ask(f"CREATE DATABASE IF NOT EXISTS {NAME} CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
                 f"CREATE OR REPLACE USER {NAME}@'127.0.0.1' IDENTIFIED BY '{self.secret.read_text().strip()}'",
                 f"GRANT CREATE USER ON *.* TO {NAME}@'127.0.0.1'",
                 f"GRANT ALL ON {NAME}.* TO {NAME}@'127.0.0.1' WITH GRANT OPTION")

    @staticmethod
    def _user():
        return [f"--user={owner()}"] if os.geteuid() == 0 else []


class Node(Server):
    """A node of a cluster; it listens to the others beside its port."""

    seconds = 3 * SECONDS  # it may copy all data first

    def __init__(self, name, folder, ports, number, secret):
        super().__init__(folder, ports + 90 + number, secret)
        self.name, self.title = name, f"database node {name}"
        self.socket = str(self.folder / "socket")
        self.group, self._ist, self._sst = (ports + first + number for first in (93, 96, 100))
        self.members = ()  # of the cluster, this one too

    def begin(self):
        """Start as the first one, which has what the others will copy."""
        state = self.data / "grastate.dat"
        if state.exists():
            state.write_text(re.sub(r"safe_to_bootstrap: \d", "safe_to_bootstrap: 1", state.read_text()))
        self._make_data()
        self._start("--wsrep-new-cluster")
        self._make_account()
        self.ask(f"CREATE OR REPLACE USER copier@localhost IDENTIFIED BY '{self.secret.read_text().strip()}'",
                 "GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR, REPLICA MONITOR ON *.* TO copier@localhost")

    def join(self):
        """Start and wait until it has what the others have; its own changes of before are theirs or gone."""
        self._make_data()
        self._start()

    def position(self):
        """How far its data goes; -1: it has none."""
        if not (self.data / "grastate.dat").exists():
            return -1
        known = re.search(r"^seqno:\s*(-?\d+)", (self.data / "grastate.dat").read_text(), re.M)
        if known and int(known[1]) >= 0:
            return int(known[1])
        self._write_options()
        told = subprocess.run([program("mariadbd", "mariadb-server"), *self._command(), "--wsrep-recover"],
                              capture_output=True, text=True, cwd=self.folder)
        found = re.findall(r"Recovered position: \S+:(-?\d+)", told.stdout + told.stderr)
        return int(found[-1]) if found else -1

    # --- inside

    def _start(self, *more):
        if len(self.socket) > 107:
            raise LabError(f"the path of a socket may have 107 bytes: {self.socket}")
        for port in (self.group, self._ist, self._sst):
            check_port(port, self.title)
        self._write_options()
        super()._start(*more)

    def _answers(self):
        state = self.ask("SHOW STATUS LIKE 'wsrep_local_state_comment'")
        if not state or state[0][1] != "Synced":
            raise pymysql.OperationalError(f"its state is {state[0][1] if state else 'unknown'}")

    # What copies the data to another node reads the options from a file.
    def _write_options(self):
        library = next(Path("/usr/lib/galera").glob("libgalera_smm.so"), None)
        if library is None:
            raise LabError("libgalera_smm.so is missing: apt-get install galera-4")
        program("mariabackup", "mariadb-backup")
        program("socat", "socat")
        others = [it for it in self.members if it is not self] or [self]
        lines = [
            f"datadir={self.data}", f"tmpdir={self.passing}", f"socket={self.socket}", f"port={self.port}",
            "bind-address=127.0.0.1", "skip-name-resolve",
            *(it.removeprefix("--") for it in self.options),
            "binlog-format=ROW", "innodb-autoinc-lock-mode=2", "log-bin-trust-function-creators=1",
            "wsrep-on=ON", f"wsrep-provider={library}", f"wsrep-cluster-name={NAME}", f"wsrep-node-name={self.name}",
            f"wsrep-cluster-address=gcomm://{','.join(f'127.0.0.1:{it.group}' for it in others)}",
            f"wsrep-node-address=127.0.0.1:{self.group}",
            "wsrep-sst-method=mariabackup", f"wsrep-sst-receive-address=127.0.0.1:{self._sst}",
            f"wsrep-sst-auth=copier:{self.secret.read_text().strip() if self.secret.exists() else ''}",
            f"wsrep-provider-options='gmcast.listen_addr=tcp://127.0.0.1:{self.group};"
            f"ist.recv_addr=127.0.0.1:{self._ist};gcache.size=32M'"]
        file = self.folder / "my.cnf"
        file.touch(0o600)
        file.write_text("\n".join(["[mysqld]", *lines, "[sst]", "sst-syslog=-1", ""]))

    def _command(self):
        return [f"--defaults-file={self.folder / 'my.cnf'}", *self._user()]


class Cluster:
    """Three nodes that begin at the ports PORTS + 90."""

    def __init__(self, folder, ports):
        self.secret = folder / "store.secret"
        self.nodes = [Node(f"db{number + 1}", folder / f"db{number + 1}", ports, number, self.secret) for number in range(3)]
        for node in self.nodes:
            node.members = self.nodes

    def up(self):
        """Start what does not run. Where none does, the one with the newest data begins."""
        if not self.secret.exists():
            self.secret.touch(0o600)
            self.secret.write_text(secrets.token_hex(16) + "\n")
        for node in self.nodes:
            node.prepare()
        if not any(node.pid() for node in self.nodes):
            max(self.nodes, key=Node.position).begin()
        for node in self.nodes:
            self.up_one(node)

    def up_one(self, node):
        """A node that does not run joins the others, of which one must be there."""
        node.prepare()
        if node.pid() is not None:
            return
        if not any(it.pid() for it in self.nodes):
            raise LabError(f"{node.title} has nobody to join: start all of them (up)")
        node.join()

    def down(self):
        """End all, and return the names of those that ran."""
        return [node.name for node in reversed(self.nodes) if node.down()]

    def url(self, first):
        """With the addresses of all nodes, beginning with one of them."""
        return self.nodes[0].url(self.nodes[first:] + self.nodes[:first])
