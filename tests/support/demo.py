"""`make run` as a user calls it, without the building."""

import os
import subprocess

from host import BINARY, PROJECT
from ports import free_port


class Demo:
    """Calls examples/demo/run with this name and these ports; what it started runs on until it is called with --stop."""

    def __init__(self, folder, name, ports, **environment):
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {"PORT": str(self.port), "PORTS": str(ports), "DEMO": name,
                                         "PATCHBAY_BIN": str(BINARY)} | environment

    def __call__(self, *arguments, expect=0, timeout=120, **more):
        # a file and no pipe, which what keeps running would hold open
        said = self.folder / "said.txt"
        with open(said, "w") as out:
            done = subprocess.run([PROJECT / "examples/demo/run", *arguments], stdout=out, stderr=out,
                                  stdin=subprocess.DEVNULL, cwd=self.folder, env=self.environment | more, timeout=timeout)
        assert done.returncode == expect, said.read_text()
        return said.read_text()


def printed(text):
    """The commands of the text, to be run by a shell that stops at the first that fails."""
    lines = [line for line in text.splitlines() if line.startswith(("curl ", "TOKEN="))]
    return "set -euo pipefail\ncurl() { command curl -fsS \"$@\"; echo; }\n" + "\n".join(lines)
