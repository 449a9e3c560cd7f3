#!/usr/bin/env python3
"""How long clients wait when a node of a Galera cluster fails: two hosts, three nodes and four writers on this machine.
usage: tests/bench/galera.py [BIN]   (default build/release/patchbay)
Prints the longest time without an acknowledged change, how many answers said 503 meanwhile, and, while nothing can be
written, how long such an answer took."""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
os.environ["PATCHBAY_BIN"] = sys.argv[1] if len(sys.argv) > 1 else str(PROJECT / "build/release/patchbay")
sys.path[:0] = [str(PROJECT / "tests/support"), str(PROJECT / "tests/system")]

from lab import eventually  # noqa: E402
from test_galera import Cluster, Writers  # noqa: E402


def pause(cluster, label, fault, seconds, mend):
    """One row of the table: what happened to the writers around the fault."""
    with Writers(cluster, label) as writers:
        times, over = [time.monotonic()], time.monotonic() + seconds
        seen, refused = len(writers.acknowledged), writers.refused()
        fault()
        while time.monotonic() < over or len(writers.acknowledged) == seen:
            if len(writers.acknowledged) > seen:
                seen = len(writers.acknowledged)
                times.append(time.monotonic())
            time.sleep(0.01)
        longest = max(after - before for before, after in zip(times, times[1:]))
        print(f"| {label} | {longest:.1f} s | {writers.refused() - refused} |", flush=True)
        mend()
        writers.some()
    cluster.judge(writers)


def refusals(cluster):
    """Milliseconds of the answers of one host when no node can be used."""
    took = []
    for _ in range(50):
        began = time.monotonic()
        assert cluster.ask("GET", "phonebooks").status_code == 503
        took.append((time.monotonic() - began) * 1000)
    return sorted(took)


def main():
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder)) as cluster:
        nodes = cluster.nodes

        def come_back(number):
            nodes[number].others = [node for node in nodes if node is not nodes[number]]
            nodes[number].start()

        print("| fault | longest time without an acknowledged change | answers with 503 |\n|---|---|---|")
        pause(cluster, "the node that is asked is killed", nodes[0].kill, 15, lambda: come_back(0))
        pause(cluster, "the node that is asked stalls", nodes[1].stall, 30, nodes[1].go_on)
        pause(cluster, "a node is taken out", nodes[2].leave, 15, lambda: come_back(2))
        for node in nodes[:2]:
            node.kill()
        eventually(lambda: nodes[2].status("wsrep_cluster_status") != "Primary")
        eventually(lambda: cluster.ask("GET", "phonebooks").status_code == 503)
        took = refusals(cluster)
        print(f"no quorum: answered 503 within {took[len(took) // 2]:.0f} ms (median), {took[-1]:.0f} ms (most)")
        began = time.monotonic()
        starting = [threading.Thread(target=come_back, args=(number,)) for number in range(2)]
        for each in starting:
            each.start()
        eventually(lambda: cluster.ask("GET", "phonebooks").status_code == 200, 120)
        print(f"both killed nodes started again: answered after {time.monotonic() - began:.1f} s")
        for each in starting:
            each.join()


if __name__ == "__main__":
    main()
