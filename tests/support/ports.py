"""Ports that nobody listens on.

A port is found here and taken a little later. PATCHBAY_TEST_PORTS=0 or 1 is one half of them: two runs of tests at once
that have one half each (tests/system/run) never find the same."""

import os
import socket


def free_port():
    half = os.environ.get("PATCHBAY_TEST_PORTS")
    probes = []  # those of the other half are held meanwhile: the next one is another
    try:
        while True:
            probes.append(socket.socket())
            probes[-1].bind(("127.0.0.1", 0))
            port = probes[-1].getsockname()[1]
            if not half or port // 2 % 2 == int(half):
                return port
    finally:
        for probe in probes:
            probe.close()
