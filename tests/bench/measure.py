"""Load, processor time and memory, measured from outside the measured process."""

import json
import os
import re
import statistics
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SERVER_CORE = 0
LOAD_CORE = max(os.cpu_count() - 1, 0)


def pinned(core, *command):
    return ["taskset", "-c", str(core), *map(str, command)]


def cpu_seconds(pid):
    """Processor time of every thread so far: in nanoseconds where the kernel counts them."""
    total, threads = 0, list(Path(f"/proc/{pid}/task").iterdir())
    try:
        for thread in threads:
            total += int((thread / "schedstat").read_text().split()[0])
        return total / 1e9
    except (OSError, ValueError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _status_kib(pid, name):
    return int(re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)[1])


def memory_mib(pid):
    return _status_kib(pid, "VmRSS") / 1024


def peak_mib(pid):
    """The most since forget_peak."""
    return _status_kib(pid, "VmHWM") / 1024


def forget_peak(pid):
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def load(url, seconds, *, connections=16, headers=()):
    """One round of wrk; latencies in microseconds."""
    command = pinned(LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s",
                     "-s", HERE / "report.lua")
    for header in headers:
        command += ["-H", header]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def round_of(server, url, seconds, headers=()):
    """A round of load, with what it cost the server."""
    before = cpu_seconds(server.pid)
    result = load(url, seconds, headers=headers)
    result["cpu_us"] = (cpu_seconds(server.pid) - before) * 1e6 / max(result["requests"], 1)
    result["rate"] = result["requests"] / result["seconds"]
    result["memory"] = memory_mib(server.pid)
    return result


def medians(rounds):
    return {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}


def interleaved(contenders, seconds, rounds):
    """contenders: (name, server, url, headers). Rounds take turns, so that a noisy moment
    does not fall on one of them alone. Returns name -> medians."""
    results = {name: [] for name, *_ in contenders}
    for name, server, url, headers in contenders:
        load(url, 1, headers=headers)
    for _ in range(rounds):
        for name, server, url, headers in contenders:
            results[name].append(round_of(server, url, seconds, headers))
    for name, all_rounds in results.items():
        wrong = sum(one["refused"] + one["lost"] for one in all_rounds)
        if wrong:
            raise SystemExit(f"bench: {wrong} requests of {name} failed: the figures would mean nothing")
    return {name: medians(all_rounds) for name, all_rounds in results.items()}


def timed(command, **options):
    """Wall and processor seconds of a command that ends."""
    before, start = os.times(), time.monotonic()
    subprocess.run(list(map(str, command)), check=True, **options)
    after = os.times()
    return {"wall": time.monotonic() - start,
            "cpu": after.children_user + after.children_system - before.children_user - before.children_system}
