"""Processes that outlive the command that started them."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path


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
