"""HAProxy as the product ships it, examples/haproxy/haproxy.cfg, in front of two addresses on loopback."""

import os
import shutil
import socket
import subprocess

from host import PROJECT
from ports import free_port
from lab import eventually


class Balancer:
    def __init__(self, folder, first, second):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "haproxy.log"
        self._environment = os.environ | {"PATCHBAY_BIND": f"127.0.0.1:{self.port}", "PATCHBAY_HOST1": f"127.0.0.1:{first}",
                                          "PATCHBAY_HOST2": f"127.0.0.1:{second}"}
        self._process = None

    def __enter__(self):
        program = shutil.which("haproxy", path=os.environ.get("PATH", "") + ":/usr/sbin")
        assert program, "haproxy is missing (tools/packages balancer)"
        with open(self.log, "ab") as out:
            self._process = subprocess.Popen([program, "-db", "-f", PROJECT / "examples/haproxy/haproxy.cfg"],
                                             stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self._environment)

        def listens():
            assert self._process.poll() is None, self.said()
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        eventually(listens)
        return self

    def __exit__(self, *_):
        if self._process:
            self._process.terminate()
            self._process.wait()

    def said(self):
        return self.log.read_text(errors="replace")

    def changes(self, host):
        """What it has seen of host1 or host2, in order: "UP" and "DOWN"."""
        return [line.split(f"patchbay/{host} is ")[1].split(",")[0].split()[0].rstrip(".") for line in self.said().splitlines()
                if f"patchbay/{host} is " in line]
