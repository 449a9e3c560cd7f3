"""One running Asterisk with its phones: where it lives, how it is started, called and ended.

Several instances share one Debian root. Each has a folder of its own in it, /var/lib/patchbay/NAME
as Asterisk sees it, with configuration, spool, logs, AstDB, control socket and, unless another
file in the root is named, the store. All its ports lie in the thousand that starts at its base.
"""

import fcntl
import json
import math
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import ami
import phones

HERE = Path(__file__).resolve().parent
NODE = "srv02"
CALLER_PORTS = range(110, 150)


class LabError(Exception):
    """Something the user of the lab can act on; the message says what."""


# --- the root -----------------------------------------------------------------------------------


def default_root():
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "patchbay" / "asterisk22"


def make_root(root):
    """Make the Debian root with Asterisk if there is none. Needs to be root."""
    if (root / "usr/sbin/asterisk").exists() and not (root / "debootstrap").exists():
        return
    if root.exists() and any(root.iterdir()) and not (root / "debootstrap").exists():
        raise LabError(f"{root} is not empty and holds no asterisk")
    if not shutil.which("debootstrap"):
        raise LabError("debootstrap is missing: apt-get install debootstrap")
    mirror = os.environ.get("MIRROR", "http://deb.debian.org/debian")
    # made under another name, so that a broken run is never taken for a root
    part = root.with_name(root.name + ".part")
    log = root.with_name(root.name + ".log")
    root.parent.mkdir(parents=True, exist_ok=True)
    with open(root.with_name(root.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two labs started at once make one root
        if (root / "usr/sbin/asterisk").exists():
            return
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)
        print(f"making {root} by debootstrap, about a minute and 350 MB", flush=True)
        with open(log, "wb") as out:
            done = subprocess.run(["debootstrap", "--variant=minbase", "--include=asterisk", "sid",
                                   part, mirror], stdout=out, stderr=out)
        if done.returncode != 0:
            raise LabError(f"debootstrap failed, see {log}")
        for package in (part / "var/cache/apt/archives").glob("*.deb"):
            package.unlink()
        part.rename(root)


# --- processes ----------------------------------------------------------------------------------


def start_time(pid):
    """When the process started, in kernel ticks; None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


class Processes:
    """The processes of an instance, remembered in a file by pid and start time, so that a number
    the kernel has given away again is never taken for ours."""

    def __init__(self, path):
        self._path = path
        self._known = json.loads(path.read_text()) if path.exists() else {}
        self._children = {}

    def start(self, name, command, log, **options):
        with open(log, "wb") as out:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                     start_new_session=True, **options)
        self._children[name] = child
        self._known[name] = [child.pid, start_time(child.pid)]
        self._path.write_text(json.dumps(self._known))

    def pid(self, name):
        """The pid of the process, or None when it does not run."""
        child = self._children.get(name)
        if child is not None:
            child.poll()  # a child of ours stays a zombie until it is asked for
        pid, started = self._known.get(name, (0, None))
        return pid if started is not None and start_time(pid) == started else None

    def names(self):
        return list(self._known)

    def end(self, name, grace, ask=None):
        """End it: by ask() if given, then by SIGTERM, at last by SIGKILL."""
        pid = self.pid(name)
        if pid is not None and ask is not None:
            ask()
            self._gone(name, grace)
        for number, wait in ((signal.SIGTERM, grace), (signal.SIGKILL, 5)):
            if self.pid(name) is None:
                break
            os.kill(pid, number)
            self._gone(name, wait)
        self._known.pop(name, None)
        self._path.write_text(json.dumps(self._known))
        return pid

    def _gone(self, name, seconds):
        deadline = time.monotonic() + seconds
        while self.pid(name) is not None and time.monotonic() < deadline:
            time.sleep(0.02)


# --- the instance -------------------------------------------------------------------------------


class Instance:
    def __init__(self, name="main", root=None, base=None, store=None):
        if not name.replace("-", "").replace("_", "").isalnum():
            raise LabError(f"not an instance name: {name}")
        self.name = name
        self.root = Path(root) if root else default_root()
        self.home = self.root / "var/lib/patchbay" / name
        saved = self._saved()
        self.base = base or saved.get("base", 5000)
        if not 1024 <= self.base <= 64000:
            raise LabError(f"not a base for ports: {self.base}")
        self.store = Path(store or saved.get("store") or self.home / "patchbay.db").absolute()
        self.run = self.home / "run"
        self._processes = Processes(self.run / "processes.json")

    # paths and ports that others need

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
            "node": NODE, "host": "127.0.0.1", "ami_port": self.ami_port, "username": "patchbay",
            "secret_file": str(self.secret_file), "sip_port": self.sip_port,
            "store": str(self.store), "cdr": str(self.cdr), "recordings": str(self.recordings),
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
        make_root(self.root)
        if not self.home.exists():
            self.home.mkdir(parents=True)
            os.chown(self.home, *self._owner())
        self._folders()

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
        self._check_store()
        self._check_ports()
        self._name_host()
        self._configure()
        self._own_all()
        try:
            if with_phones:
                self._start_phones()
            self._start_asterisk()
        except BaseException:
            self.down()
            raise
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

    def ami(self, username="lab"):
        return ami.Ami(self.ami_port, username, self.secret_file.read_text().strip())

    def cli(self, line):
        with self.ami() as manager:
            return manager.command(line)

    # the phones

    def register(self, accounts, behaviour="answer", expiry=7200):
        """Register (user, password) pairs at the phone of that behaviour. Returns who was refused.

        expiry 0 takes the registration back."""
        if behaviour not in phones.BEHAVIOURS:
            raise LabError(f"no such phone: {behaviour}; there are {', '.join(phones.BEHAVIOURS)}")
        contact = self.base + 100 + phones.BEHAVIOURS.index(behaviour)
        rows = [(user, contact, expiry, password) for user, password in accounts]
        lines = self._sipp("register", phones.register(), rows).result(20 + len(rows) / 20)
        refused = [line.split()[1] for line in lines if line.startswith("refused")]
        if len(lines) != len(rows):
            raise LabError(f"{len(rows) - len(lines)} registrations had no answer")
        return refused

    def call(self, user, password, number, talk_ms=2000, *, digits="", hold_ms=0, cancel_ms=0):
        """Start one call of a phone and return it, to be asked for its result()."""
        scenario = phones.call(self._sound(), talk_ms, digits=digits, hold_ms=hold_ms,
                               cancel_ms=cancel_ms)
        return self._sipp("call", scenario, [(user, 0, 0, password)], number)

    def call_from_outside(self, caller, number, talk_ms=2000):
        """Start one call from the outside world to a DID."""
        scenario = phones.call(self._sound(), talk_ms, authenticate=False)
        return self._sipp("call", scenario, [(caller, 0, 0, "-")], number, address="127.0.0.2")

    # --- inside

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

    def _own_all(self):
        owner = self._owner()
        if owner == (0, 0):
            return
        for folder, _, files in os.walk(self.home):
            os.chown(folder, *owner)
            for name in files:
                os.chown(os.path.join(folder, name), *owner, follow_symlinks=False)

    def _check_store(self):
        self._inside(self.store)
        if not self.store.exists():
            raise LabError(f"no store at {self.store}: run patchbay migrate first")
        with sqlite3.connect(f"file:{self.store}?mode=ro", uri=True) as store:
            found = store.execute("SELECT count(*) FROM sqlite_master WHERE name IN"
                                  " ('ps_endpoints', 'dialplan_number')").fetchone()[0]
        store.close()
        if found != 2:
            raise LabError(f"{self.store} lacks tables: run patchbay migrate first")

    def _check_ports(self):
        probe = socket.socket()
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", self.ami_port))
        except OSError:
            raise LabError(f"port {self.ami_port} is taken: give another base") from None
        finally:
            probe.close()
        for port in (self.sip_port, *range(self.base + 100, self.base + 105)):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    raise LabError(f"UDP port {port} is taken: give another base") from None

    def _name_host(self):
        """Without its own name in hosts, Asterisk asks the root name servers for its address."""
        hosts = self.root / "etc/hosts"
        line = f"127.0.0.1 localhost {socket.gethostname()}\n"
        if not hosts.exists() or line not in hosts.read_text():
            hosts.write_text(line)

    def _configure(self):
        if not self.secret_file.exists():
            self.secret_file.write_text(secrets.token_hex(16) + "\n")
            self.secret_file.chmod(0o600)
        modules = next(self.root.glob("usr/lib/*/asterisk/modules"), None)
        if modules is None:
            raise LabError(f"no Asterisk modules in {self.root}")
        values = {
            "HOME": self._inside(self.home), "STORE": self._inside(self.store),
            "MODULES": self._inside(modules), "NODE": NODE,
            "SECRET": self.secret_file.read_text().strip(),
            "AMI": self.ami_port, "SIP": self.sip_port, "PROVIDER": self.provider_port,
            "RTP_FIRST": self.base + 200, "RTP_LAST": self.base + 599,
        }
        etc = self.home / "etc"
        shutil.rmtree(etc)
        etc.mkdir()
        for source in (HERE / "etc").glob("*.conf"):
            text = source.read_text()
            for key, value in values.items():
                text = text.replace(f"@{key}@", str(value))
            (etc / source.name).write_text(text)
        (etc / "manager.conf").chmod(0o600)
        # only there so that nothing is said about their absence
        for name in ("acl", "ccss", "cel", "followme", "pjproject", "pjsip_notify", "queuerules", "stasis",
                     "statsd", "udptl"):
            (etc / f"{name}.conf").touch()
        (self.home / "instance.json").write_text(
            json.dumps({"base": self.base, "store": str(self.store)}))
        self._sound_files()
        # WAL, so that a reader never makes Asterisk wait with a record in its hand
        records = sqlite3.connect(self.cdr)
        records.execute("PRAGMA journal_mode=WAL")
        records.close()

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
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": self._timezone()})
        deadline = time.monotonic() + 20
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

    def _start_phones(self):
        for index, behaviour in enumerate(phones.BEHAVIOURS):
            self._start_phone(behaviour, "127.0.0.1", self.base + 100 + index,
                              self.base + 600 + 12 * index, behaviour)
        self._start_phone("provider", "127.0.0.2", self.provider_port, self.base + 600, "answer")

    def _start_phone(self, name, address, port, media_port, behaviour):
        scenario = self.run / f"{name}.xml"
        scenario.write_text(phones.called(behaviour, self._sound()))
        # A call that is over is forgotten after 0.1 s, or a later one is taken for it
        self._processes.start(
            name,
            ["sipp", "-sf", scenario, "-i", address, "-p", str(port), "-mi", address, "-mp",
             str(media_port), "-deadcall_wait", "100", "-nostdin", "-trace_err", "-error_file",
             self.run / f"{name}.err"],
            "/dev/null", cwd=self.run, **self._as_owner())

    def _as_owner(self):
        uid, gid = self._owner()
        return {"user": uid, "group": gid} if os.geteuid() == 0 and uid else {}

    def _sipp(self, name, scenario, rows, number="-", address="127.0.0.1"):
        return Sipp(self, name, scenario, rows, number, address)

    def caller_slot(self):
        """Claim one of the ports for phones that act; held while the returned file is open."""
        for slot, offset in enumerate(CALLER_PORTS):
            lock = open(self.run / f"caller.{offset}", "w")  # closed by Sipp.result
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
                continue
            # sipp takes the media port, the second after it and one per stream behind those
            return lock, self.base + offset, self.base + 680 + slot * 8
        raise LabError("all phones of the lab are busy")


class Sipp:
    """A sipp that plays one scenario; what it logged is its result."""

    def __init__(self, instance, name, scenario, rows, number, address):
        self._lock, port, media_port = instance.caller_slot()
        stem = instance.run / f"{name}.{port}"
        scenario_file, csv, self._log = (stem.with_suffix(f"{stem.suffix}.{end}")
                                         for end in ("xml", "csv", "log"))
        scenario_file.write_text(scenario)
        csv.write_text("SEQUENTIAL\n" + "".join(
            f"{user};{contact};{expiry};[authentication username={user} password={password}]\n"
            for user, contact, expiry, password in rows))
        csv.chmod(0o600)
        self._log.unlink(missing_ok=True)
        self._errors = open(stem.with_suffix(f"{stem.suffix}.err"), "w+")
        self.process = subprocess.Popen(
            ["sipp", "-sf", scenario_file, "-inf", csv, "-s", number, "-i", address, "-p",
             str(port), "-mi", address, "-mp", str(media_port), "-m", str(len(rows)), "-r", "100",
             "-nostdin", "-trace_logs", "-log_file", self._log,
             f"127.0.0.1:{instance.sip_port}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._errors,
            cwd=instance.run)

    def result(self, timeout=150):
        """Wait for its end and return the lines of its log."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.end()
            raise LabError("the phone did not finish in time") from None
        finally:
            self._lock.close()
        lines = self._log.read_text().split("\n") if self._log.exists() else []
        lines = [line for line in lines if line]
        self._errors.seek(0)
        errors = self._errors.read()
        self._errors.close()
        if code != 0 and not lines:
            raise LabError(f"sipp ended with {code}: {errors[-600:].strip()}")
        return lines

    def end(self):
        self.process.kill()
        self.process.wait()
        self._lock.close()


def _alaw(sample):
    """One 16-bit sample as an a-law byte (G.711)."""
    magnitude = min(abs(sample), 32635)
    exponent = max(magnitude.bit_length() - 8, 0)
    mantissa = magnitude >> (exponent + 3 if exponent else 4) & 0x0F
    return ((0x80 if sample >= 0 else 0) | exponent << 4 | mantissa) ^ 0x55
