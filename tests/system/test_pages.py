"""/docs in a real browser: the pages of everything that is loaded, and nothing from elsewhere.

The screenshots are left in build/screenshots for people to look at.
"""

import json
import re
import struct
import zlib

import pytest

from browser import Browser
from host import PROJECT, Host

PAGES = PROJECT / "build/pages"
SCREENSHOTS = PROJECT / "build/screenshots"
GROUPS = ["KalliopePBX", "MikoPBX REST v3", "MikoPBX, older REST", "OpenAPI", "ProxyAPI", "This host"]
BUTTON = "return [...document.querySelectorAll('button')].%s(it => it.innerText.includes(arguments[0]))"


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    assert (PAGES / "scalar.js").exists(), "no pages: make docs-pages"
    host = Host(tmp_path_factory.mktemp("host"), scripts=[PROJECT / "examples/hello"],
                files={"pages": PAGES}).migrate().tenant("DEMO")
    with host:
        yield host


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def show(browser, address):
    """Loads the page anew, and waits until it shows its first operations."""
    browser.go("about:blank")
    browser.console()
    browser.asked()
    browser.go(address)
    # The groups are beside it, where there is room.
    browser.until("const text = document.body.innerText; return document.querySelector('h1') "
                  "&& text.includes('Operations') && (innerWidth < 1000 || text.includes('KalliopePBX'))")


def has_button(browser, label):
    return browser.until(BUTTON % "some", label)


def press(browser, label):
    has_button(browser, label)
    browser.run((BUTTON % "find").replace("return ", "") + ".click()", label)


def test_the_page_shows_what_is_loaded_and_asks_nobody_else(host, browser):
    show(browser, host.url + "/docs#tag/hello")
    browser.until("return document.body.innerText.includes('/hello/{name}')")
    text = browser.run("return document.body.innerText")
    # the integrator's own, which the address opened, and what the families have
    for name in ("GET\n/hello\n", "ATXTRANSFER", "MANAGEDB did", "employees",
                 "Phonebook entry"):
        assert name.replace("\n", " ") in " ".join(text.split()) + " ", name
    asked = browser.asked()
    assert {host.url + path for path in ("/docs", "/docs/scalar.js", "/docs/start.js", "/openapi.json")} <= {
        url.split("#")[0] for url in asked}
    assert [url for url in asked if not url.startswith((host.url + "/", "data:", "chrome:", "about:"))] == []
    # What its own validation warns of are schemas without a type, as OpenAPI allows them.
    assert [message for level, message in browser.console() if level == "SEVERE"] == []


def test_the_families_are_groups(host, browser):
    show(browser, host.url + "/docs")
    text = browser.run("return document.body.innerText")
    found = [text.index("\n" + name + "\n") for name in GROUPS]
    assert found == sorted(found), dict(zip(GROUPS, found))


def test_the_search_finds_operations(host, browser):
    show(browser, host.url + "/docs")
    press(browser, "Search")
    browser.until("return document.activeElement && document.activeElement.tagName === 'INPUT'")
    browser.type("conference room")
    browser.until("return [...document.querySelectorAll('[role=option], [role=dialog] a')]"
                  ".some(it => it.innerText.includes('Conference room'))")


FIND_KEY = "return [...document.querySelectorAll('input.scalar-password-input')].find(it => it.offsetParent)"
# As if it were typed: the framework hears `input`.
SET_KEY = FIND_KEY.replace("return ", "const it = ") + """;
Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(it, arguments[0]);
it.dispatchEvent(new Event('input', { bubbles: true }));
it.dispatchEvent(new Event('change', { bubbles: true }));"""
SEND = "[...document.querySelectorAll('button')].filter(it => /^\\s*Send/.test(it.innerText) && it.offsetParent)[0].click()"


def send(browser, *wanted):
    """Sends what the form shows, and waits for all of these words in the answer."""
    browser.run(SEND)
    browser.until("const text = [...document.querySelectorAll('[role=dialog], .scalar-client')]"
                  ".map(it => it.innerText).join(); return arguments[0].every(it => text.includes(it))", list(wanted))


def test_an_operation_is_tried_with_a_key(host, browser):
    key = host.key()
    made = host.post("/openapi.php/queues?tenant=DEMO", json={"name": "Tried from the page", "number": "790"},
                     headers={"X-API-Key": key})
    assert made.status_code == 201
    show(browser, host.url + "/docs#tag/queue/GET/mirtapbx/openapi.php/queues")
    press(browser, "(get /mirtapbx/openapi.php/queues)")
    browser.until(FIND_KEY)
    send(browser, "401", "missing_api_key")
    browser.run(SET_KEY, key)
    browser.asked()
    send(browser, "200", "Tried from the page")
    assert any(url.startswith(host.url + "/mirtapbx/openapi.php/queues") for url in browser.asked())


def test_a_request_of_proxyapi_is_tried(host, browser):
    show(browser, host.url + "/docs#tag/proxyapi-dnd")
    press(browser, "(get /mirtapbx/proxyapi.php/DND/get)")
    browser.until("return document.querySelector('[role=dialog], .scalar-client')")
    send(browser, "200 OK")
    assert any("reqtype=DND" in url and "action=get" in url for url in browser.asked())


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


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name, width, height", [("desktop", 1280, 900), ("phone", 390, 844)])
def test_what_it_looks_like(host, tmp_path, name, width, height, dark):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with Browser(tmp_path, width=width, height=height, dark=dark) as browser:
        for what, address in (("docs", "/docs"), ("operation", "/docs#tag/queue/POST/mirtapbx/openapi.php/queues")):
            show(browser, host.url + address)
            if what == "operation":
                has_button(browser, "(post /mirtapbx/openapi.php/queues)")
            file = SCREENSHOTS / f"{what}-{name}-{'dark' if dark else 'light'}.png"
            browser.picture(file)
            seen_width, seen_height, lines = picture(file)
            assert (seen_width, seen_height) == (width, height)
            assert lines > 100  # an empty page has a handful
            assert browser.run("return document.documentElement.scrollWidth") <= width, "it scrolls sideways"
            assert browser.run("return document.body.className").startswith("dark" if dark else "light")
        if name == "phone":
            assert browser.until("return [...document.querySelectorAll('button')].some(it => /menu/i.test("
                                 "it.innerText + (it.getAttribute('aria-label') || '')))"), "the groups can be opened"


def test_the_policy_of_the_pages(host):
    for path in ("/docs", "/docs/start.js", "/docs/scalar.js"):
        answer = host.get(path)
        assert answer.status_code == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "connect-src 'self'" in policy
        assert re.search(r"script-src 'self'(;|$)", policy), policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert host.get("/docs/scalar.js").content == (PAGES / "scalar.js").read_bytes()
    again = host.get("/docs/scalar.js", headers={
        "If-None-Match": host.get("/docs/scalar.js").headers["ETag"]})
    assert again.status_code == 304
    for path in ("/docs/../secret", "/docs/%2e%2e/patchbay.toml", "/docs/version"):
        assert host.get(path).status_code in (400, 404)
    assert "http://" not in host.get("/docs").text and "https://" not in host.get("/docs").text


def test_what_is_loaded_is_in_the_document(host):
    document = json.loads(host.get("/openapi.json").content)
    assert document["paths"]["/hello/{name}"]["get"]["tags"] == ["This host: hello"]
    assert [group["name"] for group in document["x-tagGroups"]] == GROUPS
