"""One running Asterisk with its phones: where it lives, how it is started, called and ended.

Several instances share one Debian root. Each has a folder of its own in it, /var/lib/patchbay/NAME
as Asterisk sees it, with configuration, spool, logs, AstDB, control socket and, unless another
file in the root or a database is named, the store. All its ports lie in the thousand that starts at its base.
"""

import json
import math
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import ami
import phones
from processes import Processes
from root import LabError, default_root, make_root, odbc_driver
from sipp import PHONES, PHONES_MEDIA, Sipp, command, credentials
from store import open_store

HERE = Path(__file__).resolve().parent
CONFIGURATION = HERE.parents[1] / "asterisk"
NODE = "srv02"


class Instance:
    address = "127.0.0.1"  # of SIP

    def __init__(self, name="main", root=None, base=None, store=None, node=None, files_of=None):
        if not name.replace("-", "").replace("_", "").isalnum():
            raise LabError(f"not an instance name: {name}")
        self.name = name
        self.root = Path(root) if root else default_root()
        self.home = self.root / "var/lib/patchbay" / name
        saved = self._saved()
        self.base = base or saved.get("base", 5000)
        if not 1024 <= self.base <= 64000:
            raise LabError(f"not a base for ports: {self.base}")
        self._store = open_store(store or saved.get("store") or self.home / "patchbay.db")
        self.node = node or saved.get("node", NODE)
        self.files_of = files_of or saved.get("files_of")
        self.run = self.home / "run"
        self._processes = Processes(self.run / "processes.json")

    # paths and ports that others need

    @property
    def store(self):
        """The file of the store, or its URL when it is on a server."""
        return self._store.place

    @property
    def store_url(self):
        return self._store.url

    @property
    def ami_port(self):
        return self.base + 38

    @property
    def sip_port(self):
        return self.base + 60

    @property
    def provider_port(self):
        return self.base + 80

    @property
    def secret_file(self):
        return self.home / "ami.secret"

    @property
    def recordings(self):
        return self.home / "spool/monitor"

    @property
    def voicemail(self):
        return self.home / "spool/voicemail"

    @property
    def cdr(self):
        return self.home / "log/cdr.db"

    @property
    def log(self):
        return self.home / "log/full"

    def facts(self):
        """What a configuration of Patchbay for this Asterisk needs."""
        return {
            "node": self.node, "host": "127.0.0.1", "ami_port": self.ami_port, "username": "patchbay",
            "secret_file": str(self.secret_file), "sip_port": self.sip_port,
            "store": str(self.store), "store_url": self.store_url, "cdr": str(self.cdr), "recordings": str(self.recordings),
            "voicemail": str(self.voicemail), "media": str(self.home / "media"),
            "fax": str(self.home / "spool/fax"), "log": str(self.log),
        }

    def running(self):
        return self._processes.pid("asterisk") is not None

    def processes(self):
        return {name: self._processes.pid(name) for name in self._processes.names()}

    # the life of the instance

    def prepare(self):
        """Make the root and the folders, owned by whoever asked for them through sudo."""
        make_root(self.root, self._store.engine)
        self._folders()
        # already here: a configuration of Patchbay may name it before the first start
        if not self.secret_file.exists():
            self.secret_file.touch(0o600)
            self.secret_file.write_text(secrets.token_hex(16) + "\n")
        # and the ports, which the facts are asked for before the first start as well
        saved = self.home / "instance.json"
        saved.touch(0o600)  # the URL of a store may hold a password
        saved.write_text(json.dumps({"base": self.base, "store": str(self.store), "node": self.node,
                                     "files_of": self.files_of}))
        self._own_all()

    def forget(self):
        """Remove what earlier runs left: records, recordings, messages, AstDB, the own store."""
        if self.running():
            raise LabError(f"instance {self.name} is running")
        if self.home.exists():
            shutil.rmtree(self.home)

    def up(self, with_phones=True):
        if os.geteuid() != 0:
            raise LabError("needs to be root, for chroot")
        if with_phones and not shutil.which("sipp"):
            raise LabError("sipp is missing: apt-get install sip-tester")
        self.prepare()
        if self.running():
            return False
        self.down()  # phones that outlived an Asterisk that crashed hold its ports
        if self._store.engine == "sqlite":
            self._inside(self.store)
        self._store.check()
        self._check_ports()
        self._name_host()
        self._configure()
        self._own_all()
        try:
            if with_phones:
                self._start_provider()
            self._start_asterisk()
        except BaseException:
            self.down()
            raise
        self._own_all()
        return True

    def down(self):
        """End what up() started; returns the names of what was ended."""
        if not self.run.exists():
            return []
        names = self._processes.names()
        ended = []
        for name in sorted(names, key=lambda name: name != "asterisk"):
            # Asterisk waits up to 15 s for a call whose phone has gone without a word
            stop = self._ask_to_stop if name == "asterisk" else None
            if self._processes.end(name, 20 if stop else 2, stop):
                ended.append(name)
        return ended

    def restart(self):
        """End Asterisk in the middle of whatever it does and start it again; the phones stay."""
        self._processes.end("asterisk", 20, self._ask_to_stop)
        self._start_asterisk()

    def ami(self, username="lab"):
        return ami.Ami(self.ami_port, username, self.secret_file.read_text().strip())

    def sql(self, statement, *values):
        """Run one statement on the store, as another process would, with ? for values."""
        return self._store.sql(statement, *values)

    def cli(self, line):
        with self.ami() as manager:
            return manager.command(line)

    # the phones

    def register(self, accounts, behaviour="answer", expiry=7200):
        """Let a phone of that behaviour register for each (user, password). Returns who was
        refused; their phones, if they had one, stay as they are."""
        if behaviour not in phones.BEHAVIOURS:
            raise LabError(f"no such phone: {behaviour}; there are {', '.join(phones.BEHAVIOURS)}")
        lines = [credentials(user, password) for user, password in accounts]
        said = Sipp(self, "try", phones.register(bind=False), lines).result(20 + len(lines) / 20)
        if len(said) != len(lines):
            raise LabError(f"{len(lines) - len(said)} of {len(lines)} got no answer")
        refused = [line.split()[1] for line in said if line.startswith("refused")]
        accepted = [account for account in accounts if account[0] not in refused]
        for user, password in accepted:
            self._start_phone(user, password, behaviour, expiry)
        self._await_reachable([user for user, _ in accepted])
        return refused

    def unregister(self, accounts):
        """Take registrations back and end their phones. Returns who was refused."""
        refused = []
        for user, password in accounts:
            port = self.phone_port(user)
            self._processes.end(_phone(user), 2)
            said = Sipp(self, "leave", phones.register(), [credentials(user, password)],
                        port=port).result(20)
            refused += [user for line in said if line.startswith("refused")]
        return refused

    def call(self, user, password, number, talk_ms=2000, *, digits="", hold_ms=0, cancel_ms=0):
        """Start one call of a phone and return it, to be asked for its result()."""
        scenario = phones.call(self._sound(), talk_ms, digits=digits, hold_ms=hold_ms,
                               cancel_ms=cancel_ms)
        return Sipp(self, "call", scenario, [credentials(user, password)], number)

    def call_from_outside(self, caller, number, talk_ms=2000, *, digits=""):
        """Start one call from the outside world to a DID."""
        scenario = phones.call(self._sound(), talk_ms, authenticate=False, digits=digits)
        return Sipp(self, "call", scenario, [credentials(caller, "-")], number, "127.0.0.2")

    def phone_port(self, user):
        """The port of the user's phone, the same each time, so that a new phone takes the place
        of the one before it and is not a second one."""
        path = self.run / "phones.json"
        ports = json.loads(path.read_text()) if path.exists() else {}
        if user not in ports:
            if len(ports) == len(PHONES):
                raise LabError(f"there are only {len(PHONES)} phones")
            ports[user] = PHONES[len(ports)]
            path.write_text(json.dumps(ports))
        return self.base + ports[user]

    # --- inside

    def _await_reachable(self, users, seconds=3):
        """Asterisk takes a registration at once, but shows the phone as unavailable until that has
        answered an OPTIONS. A phone that never does is left as it is."""
        deadline = time.monotonic() + seconds
        with self.ami() as manager:
            for user in users:
                state = {"Variable": f"DEVICE_STATE(PJSIP/{user})"}
                while manager.action("Getvar", **state).get("Value") == "UNAVAILABLE" \
                        and time.monotonic() < deadline:
                    time.sleep(0.02)

    def _saved(self):
        path = self.home / "instance.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def _inside(self, path):
        """The path as Asterisk sees it in its root."""
        try:
            return "/" + str(Path(path).resolve().relative_to(self.root.resolve()))
        except ValueError:
            raise LabError(f"{path} is not inside {self.root}, so Asterisk cannot see it") from None

    def _owner(self):
        """Whom Asterisk and the phones run as: who called sudo, so that Patchbay, run by the same
        user, and Asterisk can write the same store."""
        if os.geteuid() != 0:
            return os.getuid(), os.getgid()
        return int(os.environ.get("SUDO_UID", 0)), int(os.environ.get("SUDO_GID", 0))

    def _folders(self):
        for folder in ("etc", "run", "lib/moh", "cache", "media", "log", "spool/fax",
                       "spool/monitor", "spool/voicemail", "spool/outgoing", "spool/tmp",
                       "spool/system"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        if self.files_of:
            self._share_files()

    def _share_files(self):
        """Recordings, boxes, media and faxes are another instance's, as on machines that share such folders."""
        for folder in ("media", "spool/fax", "spool/monitor", "spool/voicemail"):
            here, there = self.home / folder, self.root / "var/lib/patchbay" / self.files_of / folder
            there.mkdir(parents=True, exist_ok=True)
            if not here.is_symlink():
                try:
                    here.rmdir()
                except OSError:
                    raise LabError(f"{here} holds files of its own") from None
                here.symlink_to(os.path.relpath(there, here.parent))

    def _own_all(self):
        owner = self._owner()
        if owner[0] == 0 or os.geteuid() != 0:
            return
        for folder, _, files in os.walk(self.home):
            os.chown(folder, *owner)
            for name in files:
                os.chown(os.path.join(folder, name), *owner, follow_symlinks=False)

    def _check_ports(self):
        probe = socket.socket()
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", self.ami_port))
        except OSError:
            raise LabError(f"port {self.ami_port} is taken: give another base") from None
        finally:
            probe.close()
        for port in (self.sip_port, self.base + PHONES[0]):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                try:
                    probe.bind((self.address, port))
                except OSError:
                    raise LabError(f"UDP port {port} is taken: give another base") from None

    def _name_host(self):
        """Without its own name in hosts, Asterisk asks the root name servers for its address."""
        hosts = self.root / "etc/hosts"
        line = f"127.0.0.1 localhost {socket.gethostname()}\n"
        if not hosts.exists() or line not in hosts.read_text():
            hosts.write_text(line)

    def _configure(self):
        modules = next(self.root.glob("usr/lib/*/asterisk/modules"), None)
        if modules is None:
            raise LabError(f"no Asterisk modules in {self.root}")
        etc = self.home / "etc"
        home = self._inside(self.home)
        values = {
            "ETC": f"{home}/etc", "LIB": f"{home}/lib", "CACHE": f"{home}/cache",
            "SPOOL": f"{home}/spool", "RUN": f"{home}/run", "LOG": f"{home}/log",
            "MOH": f"{home}/lib/moh", "MODULES": self._inside(modules), "NODE": self.node,
            "ODBC_DRIVER": self._inside(odbc_driver(self.root, self._store.engine)),
            "SECRET": self.secret_file.read_text().strip(), "AGENT": "Patchbay lab",
            "AMI": self.ami_port, "BIND": self.address, "SIP": self.sip_port,
            "BIND6": "[::1]" if _has_ipv6() else "",
            "PROVIDER": self.provider_port,
            "RTP_FIRST": self.base + 200, "RTP_LAST": self.base + PHONES_MEDIA - 1,
        } | self._store.settings(self._inside, f"asterisk_{self.name}", etc)
        shutil.rmtree(etc)
        etc.mkdir()
        subprocess.run([CONFIGURATION / "configure", etc,
                        *(f"{name}={value}" for name, value in values.items())], check=True)
        self._store.let_in(values, etc)
        for source in (HERE / "etc").iterdir():
            text = source.read_text()
            for key, value in values.items():
                text = text.replace(f"@{key}@", str(value))
            (etc / source.name).write_text(text)
        (etc / "manager_local.conf").chmod(0o600)
        # only there so that nothing is said about their absence
        for name in ("acl", "ccss", "cel", "followme", "pjproject", "pjsip_notify", "queuerules",
                     "stasis", "statsd", "udptl"):
            (etc / f"{name}.conf").touch()
        self._sound_files()
        self._records_file()
        self._name_media_folder()

    def _records_file(self):
        records = sqlite3.connect(self.cdr)
        # WAL, so that a reader never makes Asterisk wait with a record in its hand
        records.execute("PRAGMA journal_mode=WAL")
        # Asterisk makes the table once and never widens it: a record with one field more is lost
        there = [row[1] for row in records.execute("PRAGMA table_info(cdr)")]
        if there:
            line = next(line for line in (self.home / "etc/cdr_sqlite3_custom.conf")
                        .read_text().splitlines() if line.startswith("columns"))
            for column in line.partition("=")[2].replace('"', "").split(","):
                if column.strip() not in there:
                    records.execute(f'ALTER TABLE cdr ADD COLUMN "{column.strip()}"')
        records.commit()
        records.close()

    def _name_media_folder(self):
        """Tell the store where Asterisk sees the media files that Patchbay writes."""
        self.sql("DELETE FROM se_settings WHERE se_te_id = 0 AND se_code = 'MEDIAFOLDER'")
        self.sql("INSERT INTO se_settings (se_te_id, se_code, se_value) VALUES (0, 'MEDIAFOLDER', ?)",
                 self._inside(self.home / "media"))

    def _sound_files(self):
        """A minute of a tone, as a-law without a header: what phones say and music on hold is."""
        period = [_alaw(int(9000 * math.sin(2 * math.pi * 400 * n / 8000))) for n in range(20)]
        tone = bytes(period) * (60 * 8000 // 20)
        (self.home / "lib/moh/tone.alaw").write_bytes(tone)

    def _sound(self):
        return self.home / "lib/moh/tone.alaw"

    def _timezone(self):
        """The root knows no time zone but UTC, and call records carry local time."""
        if os.environ.get("TZ"):
            return os.environ["TZ"]
        zone = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
        return zone or "UTC"

    def _start_asterisk(self):
        uid, gid = self._owner()
        identity = [f"--userspec={uid}:{gid}"] if uid else []
        configuration = self._inside(self.home / "etc/asterisk.conf")
        self.log.unlink(missing_ok=True)
        self._processes.start(
            "asterisk",
            ["chroot", *identity, self.root, "/usr/sbin/asterisk", "-f", "-C", configuration],
            self.run / "asterisk.out", cwd="/",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": self._timezone(),
                 "ODBCSYSINI": self._inside(self.home / "etc")})
        deadline = time.monotonic() + 90
        while True:
            if not self.running():
                raise LabError(f"asterisk ended at once, see {self.run / 'asterisk.out'}")
            try:
                with self.ami() as manager:
                    manager.wait(lambda event: event.get("Event") == "FullyBooted")
                    self._check_modules(manager)
                return
            except (OSError, ami.AmiError):
                if time.monotonic() > deadline:
                    raise LabError("asterisk does not answer on its AMI port") from None
                time.sleep(0.02)

    def _check_modules(self, manager):
        """A module that fails to load only leaves a line in the log; here it ends the start."""
        text = manager.command("module show")[1]
        loaded = {line.split()[0] for line in text.splitlines()
                  if line.split() and "Running" in line and "Not Running" not in line}
        wanted = [line.split("=")[1].strip()
                  for line in (self.home / "etc/modules.conf").read_text().splitlines()
                  if line.startswith(("load", "preload"))]
        missing = [name for name in wanted if name not in loaded]
        if missing:
            raise LabError(f"not loaded: {' '.join(missing)}; see {self.log}")

    def _ask_to_stop(self):
        try:
            self.cli("core stop now")
        except (OSError, ami.AmiError):
            pass  # it closes the connection while it answers

    def _start_provider(self):
        scenario = self.run / "provider.xml"
        scenario.write_text(phones.called("answer", self._sound()))
        # A call that is over is forgotten after 0.1 s, or a later one is taken for it
        self._processes.start(
            "provider",
            ["sipp", "-sf", scenario, "-i", "127.0.0.2", "-p", str(self.provider_port), "-mi",
             "127.0.0.2", "-mp", str(self.base + PHONES_MEDIA), "-deadcall_wait", "100",
             "-nostdin"],
            "/dev/null", cwd=self.run, **self._as_owner())

    def _start_phone(self, user, password, behaviour, expiry):
        """One sipp for the user: it registers, again at half time, and what else comes to its port
        it handles as the behaviour has it. One port for both, because Asterisk may be told to
        take a phone's address from where its REGISTER came (rewrite_contact)."""
        self._processes.end(_phone(user), 2)
        port = self.phone_port(user)
        stem = f"phone.{port}"
        register, called, csv, log = (self.run / f"{stem}.{end}"
                                      for end in ("xml", "called.xml", "csv", "log"))
        # one user of sipp's: when its call is over, at half time, the next begins
        register.write_text(phones.register(wait_ms=expiry * 500))
        called.write_text(phones.called(behaviour, self._sound()))
        csv.touch(0o600)
        csv.write_text("SEQUENTIAL\n" + credentials(user, password, expiry))
        log.unlink(missing_ok=True)
        self._own_all()
        media_port = self.base + PHONES_MEDIA + (port - self.base - PHONES[0]) * 8
        self._processes.start(
            _phone(user),
            command(self, register, csv, "127.0.0.1", port, media_port, "-oocsf", called,
                    "-users", "1", "-deadcall_wait", "100",
                    "-trace_logs", "-log_file", log),
            self.run / f"{stem}.err", cwd=self.run, **self._as_owner())
        deadline = time.monotonic() + 10
        while not (log.exists() and log.read_text().strip()):
            if self._processes.pid(_phone(user)) is None or time.monotonic() > deadline:
                raise LabError(f"the phone of {user} did not start, see {self.run / stem}.err")
            time.sleep(0.02)

    def _as_owner(self):
        uid, gid = self._owner()
        return {"user": uid, "group": gid} if os.geteuid() == 0 and uid else {}


def _has_ipv6():
    path = Path("/proc/net/if_inet6")
    return path.exists() and path.read_text() != ""


def _phone(user):
    return f"phone {user}"


def _alaw(sample):
    """One 16-bit sample as an a-law byte (G.711)."""
    magnitude = min(abs(sample), 32635)
    exponent = max(magnitude.bit_length() - 8, 0)
    mantissa = magnitude >> (exponent + 3 if exponent else 4) & 0x0F
    return ((0x80 if sample >= 0 else 0) | exponent << 4 | mantissa) ^ 0x55
