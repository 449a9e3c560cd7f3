"""What every system test can import, tests/support; and a server that tests of several files use."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))


@pytest.fixture(scope="module")
def server():
    """A MariaDB of the module's own."""
    from mariadb import Server  # in tests/support
    server = Server()
    try:
        yield server.start()
    finally:
        server.stop()
