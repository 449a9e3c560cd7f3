"""The measured servers, each on one core: Patchbay, the ceiling program, nginx with Lua."""

import glob
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from measure import HERE, SERVER_CORE, pinned

PROJECT = HERE.parents[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process on a port. Ends with the `with` block."""

    def __init__(self, command, port, log, *, cores=str(SERVER_CORE), environment=None):
        self.port, self.url = port, f"http://127.0.0.1:{port}"
        with open(log, "ab") as out:
            self.process = subprocess.Popen(pinned(cores, *command), stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=out, env={**os.environ, **(environment or {})})
        self.pid, self.log = self.process.pid, log
        self._wait(20)

    def _wait(self, seconds):
        deadline = time.monotonic() + seconds
        while True:
            if self.process.poll() is not None:
                raise SystemExit(f"bench: a server ended at once, see {self.log}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise SystemExit(f"bench: a server does not answer, see {self.log}") from None
                time.sleep(0.05)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Store:
    """A folder with a database and a configuration for it. `tree` is the checkout whose scripts are served."""

    def __init__(self, binary, folder, *, lanes=1, access_log=True, scripts=(), database=None, tree=PROJECT,
                 url=None):
        self.binary, self.folder = binary, Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = Path(database or self.folder / "bench.db")
        self.port = free_port()
        self.admin = self.folder / "admin.sock"
        self.config = self.folder / "patchbay.toml"
        paths = [tree / "scripts", tree / "examples/hello", tree / "tests/bench/scripts", *scripts]
        listed = ", ".join(f'"{path}"' for path in paths)
        self.config.write_text(
            f'[http]\nlisten = ["127.0.0.1:{self.port}"]\nlanes = {lanes}\n'
            f'[store]\nurl = "{url or f"sqlite://{self.database}"}"\n[scripts]\npaths = [{listed}]\n'
            f'[log]\naccess = {"true" if access_log else "false"}\n'
            f'[admin]\nsocket = "{self.admin}"\n')

    def run(self, *arguments):
        done = subprocess.run([self.binary, *arguments, "--config", self.config], capture_output=True,
                              text=True, check=False)
        if done.returncode:
            raise SystemExit(f"bench: patchbay {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def serve(self, cores=str(SERVER_CORE)):
        log = self.folder / "patchbay.log"
        log.unlink(missing_ok=True)
        return Server([self.binary, "serve", "--config", self.config], self.port, log, cores=cores)

    def ask(self, command):
        """One command on the admin socket."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(60)
            client.connect(str(self.admin))
            client.sendall(command.encode() + b"\n")
            return client.makefile().readline()


def ceiling(program, database, folder):
    port = free_port()
    return Server([program, port, database], port, Path(folder) / "ceiling.log")


PACKAGES = ("nginx libnginx-mod-http-ndk libnginx-mod-http-lua libluajit2-5.1-2 lua-resty-core "
            "lua-resty-lrucache lua-dbi-common lua-dbi-sqlite3 lua-cjson libpcre3 libpcre2-8-0").split()


def unpack_nginx(folder):
    """nginx from Debian's packages in a folder of its own: its LuaJIT conflicts with ours.
    None when the packages cannot be had."""
    root = Path(folder) / "root"
    if not (root / "usr/sbin/nginx").exists():
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(parents=True)
        got = subprocess.run(["apt-get", "download", "-q", *PACKAGES], cwd=folder, capture_output=True,
                             check=False)
        if got.returncode:
            return None
        for package in glob.glob(f"{folder}/*.deb"):
            subprocess.run(["dpkg", "-x", package, root], check=True)
    return root


def nginx(root, database, folder):
    return start_nginx(root, folder, HERE / "nginx/nginx.conf", database=database)


def start_nginx(root, folder, template, **more):
    """With a configuration made of a template, whose @names@ are known here or given."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    library = next(root.glob("usr/lib/*/lua")).parent
    names = {"modules": root / "usr/lib/nginx/modules", "share": root / "usr/share/lua/5.1",
             "library": library, "here": template.parent, "folder": folder, "port": free_port(), **more}
    text = template.read_text()
    for name, value in names.items():
        text = text.replace(f"@{name}@", str(value))
    configuration = folder / "nginx.conf"
    configuration.write_text(text)
    libraries = [library, root / "lib" / library.name]
    return Server([root / "usr/sbin/nginx", "-p", folder, "-c", configuration], names["port"],
                  folder / "start.log",
                  environment={"LD_LIBRARY_PATH": ":".join(map(str, libraries))})
