"""What the figures were taken on."""

import os
import platform
import re
import subprocess
from pathlib import Path


def _first(pattern, path):
    found = re.search(pattern, Path(path).read_text(), re.M)
    return found[1].strip() if found else "unknown"


def _said(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().splitlines()[0] if done.returncode == 0 else "unknown"


def _version(package):
    return _said("dpkg-query", "-W", "-f", "${Version}", package)


def facts():
    memory = int(_first(r"^MemTotal:\s+(\d+)", "/proc/meminfo")) / 1048576
    processor = _first(r"^model name\s*: (.*)", "/proc/cpuinfo")
    system = _first(r'^PRETTY_NAME="(.*)"', "/etc/os-release")
    return [
        ["processor", f"{processor}, {os.cpu_count()} cores"],
        ["memory", f"{memory:.1f} GiB"],
        ["system", f"{system}, Linux {platform.release()}"],
        ["libraries", f"SQLite {_version('libsqlite3-0')}, libuv {_version('libuv1')}, "
                      f"llhttp {_version('node-llhttp')}, LuaJIT {_version('libluajit-5.1-2')}"],
        ["load average at the start", " ".join(Path("/proc/loadavg").read_text().split()[:3])],
    ]
