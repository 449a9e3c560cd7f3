"""HTTP/1.1 as attackers write it: what is no request is refused, what is cut is waited for, and one request
is never read as two. The cases are in tests/fixtures/http_requests.json."""

import json
import re
import socket
from pathlib import Path

import pytest

from host import Host

CASES = json.loads((Path(__file__).parents[1] / "fixtures/http_requests.json").read_text())
# Behind what is refused, this one must not be answered.
SECOND = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with Host(tmp_path_factory.mktemp("http"), http={"header_seconds": 1, "body_seconds": 1}).migrate() as host:
        yield host


def exchange(host, sent):
    """The statuses of all answers until the host closes."""
    with socket.create_connection(("127.0.0.1", host.port), timeout=60) as peer:
        peer.sendall(sent)
        answer = b""
        try:
            while piece := peer.recv(65536):
                answer += piece
        except ConnectionResetError:  # it closed with some of ours unread
            pass
    return [int(it) for it in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]


@pytest.mark.parametrize("case", CASES["cut"], ids=repr)
def test_what_is_cut_is_waited_for(host, case):
    assert exchange(host, case.encode("latin-1")) == [408]


@pytest.mark.parametrize("case", CASES["good"], ids=lambda it: it[0])
def test_what_is_right_is_read(host, case):
    _, sent, statuses = case
    assert exchange(host, sent.encode("latin-1") + SECOND) == [*statuses, 200]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda it: it[0])
def test_what_is_no_request_is_refused_and_nothing_behind_it_is_read(host, case):
    _, sent = case
    statuses = exchange(host, sent.encode("latin-1") + SECOND)
    assert len(statuses) == 1 and 400 <= statuses[0] < 600 and statuses[0] != 500, statuses


def test_the_host_serves_on(host):
    assert host.get("/healthz").status_code == 200
    host._no_report(host.said())
