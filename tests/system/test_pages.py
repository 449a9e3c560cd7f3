"""/docs in a real browser: the pages of everything that is loaded, and nothing from elsewhere.

The screenshots are left in build/screenshots for people to look at.
"""

import json
import re
import shutil
import struct
import subprocess
import zlib

import pytest

from host import PROJECT, Host

PAGES = PROJECT / "build/pages"
SCREENSHOTS = PROJECT / "build/screenshots"
WRONG = re.compile(r"Content Security Policy|Refused|Uncaught|Failed|[Ee]xception|TypeError|"
                   r"ReferenceError|net::ERR|status of [45]")


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    assert (PAGES / "scalar.js").exists(), "no pages: make docs-pages"
    host = Host(tmp_path_factory.mktemp("host"), scripts=[PROJECT / "examples/hello"],
                files={"pages": PAGES}).migrate()
    with host:
        yield host


class Visit:
    """One page load in a browser that knows no other host than the loopback."""

    def __init__(self, folder, address, *arguments, width=1280, height=900):
        folder.mkdir()
        browser = shutil.which("chromium")
        assert browser, "no chromium: apt-get install chromium"
        self._net = folder / "net.json"
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
             f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr",
             f"--log-net-log={self._net}", "--hide-scrollbars", "--virtual-time-budget=15000",
             f"--window-size={width},{height}", *arguments, address],
            capture_output=True, text=True, timeout=120, check=True)
        self.dom = done.stdout
        self.console = re.findall(r":CONSOLE[^\]]*\] (.*)", done.stderr)

    def requests(self, origin):
        """The addresses the page asked for; what the browser wants for itself is left out."""
        log = json.loads(self._net.read_text())
        kinds = {number: name for name, number in log["constants"]["logEventTypes"].items()}
        asked = [event["params"] for event in log["events"]
                 if kinds[event["type"]] == "URL_REQUEST_START_JOB"
                 and "url" in event.get("params", {})]
        return [it["url"] for it in asked
                if it.get("initiator") == origin or it["url"].startswith(origin)]


def picture(path):
    """Width, height and how many different lines a PNG has."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height = struct.unpack(">II", body[:8])
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    raw = zlib.decompress(packed)
    line = len(raw) // height
    return width, height, len({raw[row * line:(row + 1) * line] for row in range(height)})


def test_the_page_shows_what_is_loaded_and_asks_nobody_else(host, tmp_path):
    visit = Visit(tmp_path / "visit", host.url + "/docs#tag/hello", "--dump-dom")
    assert "<h1" in visit.dom and "Patchbay" in visit.dom
    # the integrator's own, which the address opened, and what the families have
    for name in ("Hello, by name.", "Hello, whoever you are.", "/hello/{name}", "ATXTRANSFER",
                 "GETCURRENTCALLS", "Authentication"):
        assert name in visit.dom, name
    assert [line for line in visit.console if WRONG.search(line)] == []
    asked = visit.requests(host.url)
    assert {host.url + path for path in ("/docs/scalar.js", "/docs/start.js", "/openapi.json")
            } <= set(asked)
    assert [url for url in asked if not url.startswith((host.url + "/", "data:"))] == []
    assert "404" not in " ".join(visit.console)


@pytest.mark.parametrize("name, width, height", [("desktop", 1280, 900), ("phone", 390, 844)])
def test_what_it_looks_like(host, tmp_path, name, width, height):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    file = SCREENSHOTS / f"docs-{name}.png"
    file.unlink(missing_ok=True)
    Visit(tmp_path / "visit", host.url + "/docs", f"--screenshot={file}", width=width,
          height=height)
    seen_width, seen_height, lines = picture(file)
    assert (seen_width, seen_height) == (width, height)
    assert lines > 100  # an empty page has a handful


def test_the_policy_of_the_pages(host):
    for path in ("/docs", "/docs/start.js", "/docs/scalar.js"):
        answer = host.get(path)
        assert answer.status_code == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "connect-src 'self'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert host.get("/docs/scalar.js").content == (PAGES / "scalar.js").read_bytes()
    again = host.get("/docs/scalar.js", headers={
        "If-None-Match": host.get("/docs/scalar.js").headers["ETag"]})
    assert again.status_code == 304
    for path in ("/docs/../secret", "/docs/%2e%2e/patchbay.toml", "/docs/version"):
        assert host.get(path).status_code in (400, 404)
    assert "http://" not in host.get("/docs").text and "https://" not in host.get("/docs").text
