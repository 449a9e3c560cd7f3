"""What the transport refuses before any script is asked: each address answers in its own dialect,
with the headers that a browser needs to show it."""

import json
import re
import socket
import xml.etree.ElementTree

import pytest

from host import Host

LIMIT = 8 << 20  # of a body that is no multipart
HEAD = "Host: pbx\r\nConnection: keep-alive\r\n"


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with Host(tmp_path_factory.mktemp("refusals"), http={"header_seconds": 1, "body_seconds": 1}).migrate() as host:
        yield host


def ask(host, text):
    """Status, headers and body of what comes back for these bytes; the connection then ends."""
    with socket.create_connection(("127.0.0.1", host.port), timeout=30) as peer:
        peer.sendall(text.encode())
        answer = b""
        while piece := peer.recv(65536):
            answer += piece
    head, _, body = answer.decode().partition("\r\n\r\n")
    status, *lines = head.split("\r\n")
    assert status.startswith("HTTP/1.1 "), answer[:200]
    return int(status.split()[1]), {line.split(": ")[0].lower(): line.split(": ", 1)[1] for line in lines}, body


def openapi(headers, body):
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["access-control-allow-origin"] == "*"
    error = json.loads(body)["error"]
    return error["code"], error["message"]


def mikopbx(headers, body):
    assert headers["content-type"] == "application/json"
    answer = json.loads(body)
    assert answer["result"] is False
    return None, answer["messages"]["error"][0]


def legacy(headers, body):
    assert headers["content-type"] == "application/json"
    return None, json.loads(body)["errors"][0]


def kalliope(headers, body):
    assert headers["content-type"].startswith("text/xml")
    error = xml.etree.ElementTree.fromstring(body).find("error")
    return None, error.findtext("message")


def proxyapi(headers, body):
    assert headers["content-type"].startswith("text/html")
    return None, re.fullmatch(r"Error\|(.*)\|", body)[1]


def custom(headers, body):
    return openapi(headers, body)


ADDRESSES = [("/mirtapbx/openapi.php/extensions", openapi), ("/openapi.php/dial", openapi),
             ("/pbx/proxyapi.php", proxyapi), ("/pbxcore/api/v3/employees", mikopbx),
             ("/pbxcore/api/sip/getRegistry", legacy), ("/rest/users/", kalliope), ("/hello", custom)]


@pytest.mark.parametrize("path,read", ADDRESSES, ids=[path for path, _ in ADDRESSES])
def test_a_refusal_is_in_the_words_of_the_address(host, path, read):
    long = "x" * 20000
    many = "".join(f"X-{i}: 1\r\n" for i in range(200))
    cases = [
        (413, "content_too_large", f"POST {path} HTTP/1.1\r\n{HEAD}Content-Length: {LIMIT + 1}\r\n\r\n"),
        (413, "content_too_large", f"POST {path} HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n{LIMIT + 1:x}\r\n"),
        (414, "uri_too_long", f"GET {path}?{long} HTTP/1.1\r\n{HEAD}\r\n"),
        (414, "uri_too_long", f"GET {path}/{long}"),
        (431, "request_header_fields_too_large", f"GET {path} HTTP/1.1\r\n{HEAD}{many}\r\n"),
        (431, "request_header_fields_too_large", f"GET {path}?a=b HTTP/1.1\r\n{HEAD}X: {long}{long}\r\n\r\n"),
        (417, "expectation_failed", f"POST {path} HTTP/1.1\r\n{HEAD}Expect: wonders\r\n\r\n"),
        (400, "bad_request", f"GET {path} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        (400, "bad_request", f"POST {path} HTTP/1.1\r\n{HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        (408, "request_timeout", f"GET {path} HTTP/1.1\r\nHost: "),
        (408, "request_timeout", f"POST {path} HTTP/1.1\r\n{HEAD}Content-Length: 5\r\n\r\n12"),
        (505, "http_version_not_supported", f"GET {path} HTTP/3.0\r\n{HEAD}\r\n"),
    ]
    for status, code, text in cases:
        got, headers, body = ask(host, text)
        assert got == status, (text[:60], body)
        word, message = read(headers, body)
        assert word in (None, code) and message, (text[:60], body)
        assert headers["connection"] == "close" and headers["x-request-id"]


def test_a_method_nobody_knows(host):
    for path, allowed in (("/openapi.php/extensions", "GET, POST, OPTIONS"),
                          ("/openapi.php/extensions/1", "GET, PUT, PATCH, DELETE, OPTIONS"),
                          ("/openapi.php/dial", "POST, OPTIONS"), ("/openapi.php/openapi.json", "GET, OPTIONS"),
                          ("/openapi.php", "GET, OPTIONS")):
        status, headers, body = ask(host, f"TRACE {path} HTTP/1.1\r\n{HEAD}\r\n")
        assert (status, openapi(headers, body)[0], headers["allow"]) == (405, "method_not_allowed", allowed), path
    status, headers, body = ask(host, f"PURGE /openapi.php/nothing HTTP/1.1\r\n{HEAD}\r\n")
    assert (status, openapi(headers, body)[0]) == (404, "not_found")
    status, headers, body = ask(host, f"TRACE /rest/users/ HTTP/1.1\r\n{HEAD}\r\n")
    assert (status, kalliope(headers, body)[1]) == (501, "method not implemented")


def test_what_is_no_request_is_answered_in_plain_text(host):
    for text in ("\r\n\r\n\r\nnonsense\r\n\r\n", "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", "G(T /openapi.php HTTP/1.1\r\n\r\n"):
        status, headers, body = ask(host, text)
        assert (status, headers["content-type"]) == (400, "text/plain; charset=utf-8"), text
        assert body.startswith("400 bad request")


def test_proxyapi_answers_in_the_format_the_address_asks_for(host):
    status, headers, body = ask(host, f"POST /proxyapi.php?format=JSON HTTP/1.1\r\n{HEAD}Content-Length: {LIMIT + 1}\r\n\r\n")
    assert (status, headers["content-type"]) == (413, "application/json")
    assert json.loads(body) == {"Response": "Error", "Message": f"request body larger than {LIMIT} bytes"}


def test_head_gets_the_headers_alone(host):
    status, headers, body = ask(host, f"HEAD /openapi.php/extensions?{'x' * 20000} HTTP/1.1\r\n{HEAD}\r\n")
    assert (status, body) == (414, "") and headers["access-control-allow-origin"] == "*"


def test_the_next_request_on_the_lane_is_served(host):
    assert host.get("/openapi.php/openapi.json").status_code == 200
    assert re.search(r'POST path=/openapi.php/dial status=413 .* note="request body larger', host.said())
