"""Starts the patchbay binary for a test, with a configuration and a store of its own.

PATCHBAY_BIN names the binary (default build/dev/patchbay).
"""

import os
import signal
import subprocess
import time
from pathlib import Path

import requests

from ports import free_port

PROJECT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("PATCHBAY_BIN", PROJECT / "build/dev/patchbay")).absolute()
PATIENCE = 120  # seconds that end a test which hangs; nothing here takes nearly as long


def _toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


class Host:
    """One Patchbay. Give it a Lab, and it talks to that Asterisk and uses the store it reads;
    without one it uses a store in its folder and knows no PBX. `manager` is another port than the
    Lab's to reach its manager by, `limits` are keys of [scripts]; other sections go by their name,
    [[pbx]] as a list."""

    def __init__(self, folder, lab=None, *, scripts=(), limits=None, lanes=1, manager=None, **sections):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lab, self.manager = lab, manager
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.store = lab.store if lab else self.folder / "patchbay.db"
        self.store_url = lab.store_url if lab else f"sqlite://{self.store}"
        self.config = self.folder / "patchbay.toml"
        self.log = self.folder / "patchbay.log"
        self.popen = {}  # more for subprocess.Popen: an environment, limits
        self._process = None
        self._session = requests.Session()
        self._write_config([PROJECT / "scripts", *scripts], limits or {}, lanes, sections)

    # --- commands

    def run(self, *arguments, stdin=None, check=True):
        """Run one patchbay command on this configuration; returns what it printed."""
        done = subprocess.run(self.command(*arguments), input=stdin,
                              capture_output=True, text=True, timeout=PATIENCE)
        if check:
            assert done.returncode == 0, f"patchbay {arguments}: {done.returncode}\n{done.stderr}"
            self._no_report(done.stderr)
        return done.stdout if check else done

    def migrate(self):
        # as the contract has it; the other commands read the store's place from the file
        done = subprocess.run([BINARY, "migrate", "--database", self.store_url,
                               "--config", self.config], capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, f"migrate: {done.returncode}\n{done.stderr}"
        return self

    def tenant(self, code, name=None):
        self.run("tenant", "create", code, *(["--name", name] if name else []))
        return self

    def key(self, tenant=None, read_only=False):
        """A new key: the tenant's, or a global one."""
        arguments = ["--tenant", tenant] if tenant else ["--global"]
        if read_only:
            arguments.append("--read-only")
        return self.run("key", "create", *arguments).strip()

    def user(self, name, password, admin=False):
        arguments = ["user", "create", name, "--password-stdin"]
        self.run(*arguments, *(["--admin"] if admin else []), stdin=password + "\n")
        return self

    # --- the server

    def command(self, *arguments):
        return [BINARY, *arguments, "--config", self.config]

    def start(self, seconds=PATIENCE):
        out = open(self.log, "ab")  # closed right after the child has it
        self._process = subprocess.Popen(self.command("serve"),
                                         stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                         cwd=self.folder, **self.popen)
        out.close()
        deadline = time.monotonic() + seconds
        while True:
            assert self._process.poll() is None, f"patchbay ended at once:\n{self.said()}"
            try:
                if self.get("/healthz", timeout=2).status_code == 200:
                    return self
            except requests.RequestException:
                pass
            assert time.monotonic() < deadline, f"no /healthz in {seconds} s:\n{self.said()}"
            time.sleep(0.05)

    def stop(self, seconds=PATIENCE):
        """End it as an operator does, and expect it to end well."""
        if self._process is not None:
            self.signal(signal.SIGTERM)
            self.ended(seconds)

    def signal(self, number):
        self._process.send_signal(number)

    def ended(self, seconds=PATIENCE):
        """Expect it to end well after a signal it has got already."""
        process, self._process = self._process, None
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"SIGTERM did not end patchbay:\n{self.said()}") from None
        self._session.close()
        self._no_report(self.said())
        assert code == 0, f"patchbay ended with {code}:\n{self.said()}"

    def kill(self):
        """End it as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.kill()
            raise

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            self.kill()  # the test has failed already; what it says counts

    @property
    def pid(self):
        return self._process.pid if self._process else None

    def said(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    # --- requests

    def request(self, method, path, **more):
        more.setdefault("timeout", PATIENCE)
        return self._session.request(method, self.url + path, **more)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)

    # --- inside

    def _write_config(self, scripts, limits, lanes, sections):
        values = {
            "http": {"listen": [f"127.0.0.1:{self.port}"], "lanes": lanes},
            "store": {"url": self.store_url, "schema": PROJECT / "schema"},
            "scripts": {"paths": scripts, **limits},
            "files": {"temporary": self.folder, "media": self.folder / "media"},
            "admin": {"socket": self.folder / "admin.sock"},
        }
        if self.lab:
            values["files"] |= {"recordings": self.lab.recordings, "media": self.lab.home / "media",
                                "voicemail": self.lab.voicemail,
                                "fax": self.lab.home / "spool/fax"}
            values["cdr"] = {"source": self.lab.cdr}
        if self.lab:
            facts = self.lab.facts()
            values["pbx"] = [{"node": facts["node"], "host": facts["host"], "port": self.manager or facts["ami_port"],
                              "username": facts["username"], "secret": "file:" + facts["secret_file"]}]
        for name, section in sections.items():
            values[name] = section if isinstance(section, list) else values.get(name, {}) | section
        lines = []
        for name, section in values.items():
            several = isinstance(section, list)
            for table in section if several else [section]:
                lines += [f"[[{name}]]" if several else f"[{name}]",
                          *(f"{key} = {_toml(value)}" for key, value in table.items())]
        self.config.write_text("\n".join(lines) + "\n")

    @staticmethod
    def _no_report(text):
        for mark in ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:"):
            assert mark not in text, f"a sanitizer report:\n{text}"
