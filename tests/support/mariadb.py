#!/usr/bin/env python3
"""A throw-away MariaDB server on loopback: own data folder, socket and port, gone afterwards.
usage: tests/support/mariadb.py run COMMAND...
The command has PATCHBAY_TEST_MARIADB=mysql://root@127.0.0.1:PORT, and that for {url} in its words.
A server that is missing or does not start is a failure, never a skip."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ports import free_port


# What a server that nobody mourns need not do: write to disk, write twice, make a file of every table.
UNSAFE = ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF", "--innodb-file-per-table=OFF",
          "--innodb-stats-persistent=OFF", "--sync-frm=OFF"]


class Server:
    """`options` are further options of mariadbd; `folder` is where its data are, in memory when it is not given."""

    def __init__(self, *options, port=None, folder=None):
        self.options = options
        self.port = port or free_port()
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
        self.folder = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="mariadb-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
        self.process = None

    @property
    def url(self):
        return f"mysql://root@127.0.0.1:{self.port}"

    def start(self):
        for program in ("mariadbd", "mariadb-install-db"):
            if not shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin"):
                raise SystemExit(f"{program} is missing (Debian: mariadb-server; tools/packages mariadb)")
        data, passing = self.folder / "data", self.folder / "tmp"
        passing.mkdir(exist_ok=True)  # a server that starts removes temporary tables of all that share the folder
        user = ["--user=root"] if os.getuid() == 0 else []
        if not data.is_dir():
            made = subprocess.run(["mariadb-install-db", "--no-defaults", *user, f"--datadir={data}",
                                   f"--tmpdir={passing}", "--skip-test-db", "--auth-root-authentication-method=normal"], capture_output=True, text=True)
            if made.returncode != 0:
                raise SystemExit("mariadb-install-db: " + made.stdout + made.stderr)
        log = open(self.folder / "log", "a")
        self.process = subprocess.Popen(
            self.command(shutil.which("mariadbd", path="/usr/sbin:" + os.environ.get("PATH", "")), *user,
             f"--datadir={data}", f"--tmpdir={passing}", f"--socket={self.folder}/socket",
             f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=64M",
             "--innodb-log-file-size=32M", "--performance-schema=OFF", "--max-connections=500",
             "--table-definition-cache=4000", "--table-open-cache=8000", "--max-allowed-packet=80M", *self.options),
            stdout=log, stderr=log)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        text = (self.folder / "log").read_text()
        self.stop()
        raise SystemExit("mariadbd did not start:\n" + text)

    def command(self, program, *options):
        return [program, "--no-defaults", *options]

    def kill(self):
        """As a power cut does."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Node(Server):
    """One of a Galera cluster on loopback; `first`: the node that begins it, None for that one itself. Started
    again after it was killed it joins `others` with what it has."""

    def __init__(self, first=None, *, options=(), folder=None):
        super().__init__("--binlog-format=ROW", "--innodb-autoinc-lock-mode=2", "--log-bin-trust-function-creators=1",
                         *options, folder=folder)
        self.cluster, self.others = free_port(), [first] if first else []

    # What copies the data to another node does not know all options of the server, unless they are in a file.
    def command(self, program, *options):
        listen = f"gmcast.listen_addr=tcp://127.0.0.1:{self.cluster};ist.recv_addr=127.0.0.1:{free_port()};gcache.size=16M"
        joins = ",".join(f"127.0.0.1:{it.cluster}" for it in self.others or [self])
        lines = [it[2:] for it in options if not it.startswith("--user")] + [
            "wsrep-on=ON", "wsrep-provider=/usr/lib/galera/libgalera_smm.so", "wsrep-cluster-name=test",
            f"wsrep-cluster-address=gcomm://{joins}", f"wsrep-node-address=127.0.0.1:{self.cluster}",
            "wsrep-sst-method=mariabackup", "wsrep-sst-auth=root:", f"wsrep-sst-receive-address=127.0.0.1:{free_port()}",
            f"wsrep-provider-options='{listen}'"]
        file = self.folder / "my.cnf"
        file.write_text("\n".join(["[mysqld]", *lines, "[sst]", "sst-syslog=-1", ""]))
        command = [program, f"--defaults-file={file}", *(it for it in options if it.startswith("--user"))]
        return command + ([self.position(command)] if self.others else ["--wsrep-new-cluster"])

    def position(self, command):
        """How far it was, as systemd's unit asks for it: with that the others send only what is missing."""
        if not (self.folder / "data/ibdata1").exists():
            return "--wsrep-start-position=00000000-0000-0000-0000-000000000000:-1"
        asked = subprocess.run([*command, "--wsrep-recover", "--skip-log-error"], capture_output=True, text=True)
        return "--wsrep-start-position=" + re.findall(r"Recovered position: *(\S+)", asked.stderr)[-1]

    def start(self, seconds=120):
        super().start()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.status("wsrep_local_state_comment") == "Synced":
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.2)
        text = (self.folder / "log").read_text()
        self.stop()
        raise SystemExit("a node did not join:\n" + text)

    def status(self, name):
        """None: it does not answer."""
        asked = subprocess.run(["mariadb", "-h127.0.0.1", f"-P{self.port}", "-uroot", "-N", "--connect-timeout=5", "-e",
                                f"SHOW STATUS LIKE '{name}'"], capture_output=True, text=True)
        return asked.stdout.split("\t")[1].strip() if asked.returncode == 0 and asked.stdout else None

    def stall(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.go_on()
        super().stop()

    def leave(self):
        """As an operator takes it out; its data stays."""
        self.process.terminate()
        self.process.wait(60)


def main():
    if len(sys.argv) < 3 or sys.argv[1] != "run":
        raise SystemExit(__doc__)
    server = Server(*UNSAFE)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        server.start()
        words = [word.replace("{url}", server.url) for word in sys.argv[2:]]
        return subprocess.run(words, env={**os.environ, "PATCHBAY_TEST_MARIADB": server.url}).returncode
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
