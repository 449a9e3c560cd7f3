"""`make run` as a user meets it, without the building: the demo starts, what it prints works as
printed, it survives a crash, and stopping leaves nothing behind."""

import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import requests

from demo import Demo, printed
from host import PROJECT
from lab import Instance, Lab, eventually

NAME = "demotest"


@pytest.fixture(scope="module")
def lab():
    lab = Lab(NAME)
    lab.down()
    lab.forget()
    yield lab
    lab.down()


@pytest.fixture(scope="module")
def demo(lab, tmp_path_factory):
    run = Demo(tmp_path_factory.mktemp("user"), NAME, lab.base)
    yield run
    run("--stop")


def test_what_the_demo_prints_works_as_printed(demo):
    done = subprocess.run(["bash", "-c", printed(demo())], capture_output=True, text=True,
                          cwd=demo.folder, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ('{"hello":"Ada"}', '"number":"101"', '"ex_number":"210"',
                 "Success|Originate successfully queued|", "Node|Channel|Context|",
                 '"user_username":"Phone 100"', '"success":true', '"state":"OK"',
                 "<exten>100</exten>", "<request_id>7</request_id>", "<code>0</code>"):
        assert part in done.stdout, part


def test_the_page_for_integrators_works_as_printed(demo):
    """docs/handlers.md word by word: the files it tells to save, then its commands in their order."""
    said = demo()
    setup = "\n".join(re.findall(r"^(?:URL=|cd |patchbay\(\)).*$", said, re.M))
    folder = Path(re.search(r"^cd (.*)$", said, re.M).group(1))
    page = (PROJECT / "docs/handlers.md").read_text()
    for name, text in zip(("lunch.lua", "menu.lua", "lunch_test.lua"), re.findall(r"```lua\n(.*?)```", page, re.S)):
        assert f"`{name}`" in page
        (folder / name).write_text(text)

    def shell(commands):
        return subprocess.run(["bash", "-c", f'set -euo pipefail\n{setup}\n'
                               f'curl() {{ command curl -fsS "$@"; echo; }}\n{commands}'],
                              capture_output=True, text=True, timeout=60)

    eventually(lambda: "/lunch" in shell("patchbay routes").stdout)
    done = shell("\n".join(re.findall(r"^    ((?:curl|patchbay) .*)$", page, re.M)))
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ('"at_lunch":true', '"ex_number":"100"', '"at_lunch":false', "<p>Soup", "ex_number,ex_name",
                 "HTTP/1.1 201 Created", "Location: /menu", '{"dish":"soup"}', "1 passed, 0 failed", "nothing wrong",
                 "serves", "lunch.lua"):
        assert part in done.stdout, part
    made = shell("patchbay new route weather && patchbay test weather_test.lua")
    assert "weather_test.lua" in made.stdout and "passed, 0 failed" in made.stdout, made
    for path in [*folder.glob("lunch*"), *folder.glob("menu*"), *folder.glob("weather*")]:
        path.unlink()


def test_a_demo_that_crashed_starts_again(demo, lab):
    demo()
    host = int((Path(lab.home) / "host.pid").read_text())
    for pid in (host, json.loads((lab.run / "processes.json").read_text())["asterisk"][0]):
        os.kill(pid, signal.SIGKILL)
    text = demo()
    dial = next(line for line in text.splitlines() if "reqtype=DIAL" in line)
    assert "Success|" in subprocess.run(["bash", "-c", dial], capture_output=True,
                                        text=True).stdout
    demo("--stop")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{demo.url}/healthz")
    assert not any(Lab(NAME).processes().values())


def test_a_demo_on_mariadb(demo, lab):
    demo()  # Asterisk reads a file
    text = demo(STORE="mariadb")
    shell = ["bash", "-c", printed(text)]
    done = subprocess.run(shell, capture_output=True, text=True, cwd=demo.folder, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ('"number":"101"', '"ex_number":"210"', "Success|Originate successfully queued|", '"state":"OK"',
                 "<exten>100</exten>"):
        assert part in done.stdout, part
    assert Instance(NAME, lab.root).sql("SELECT ex_name FROM ex_extensions WHERE ex_number = '210'") == [{"ex_name": "API Demo"}]

    # a crash of all three, and what was there is there
    server = lab.home / "mariadb"
    for pid in (int((lab.home / "host.pid").read_text()),
                *(json.loads(path.read_text())[name][0] for path, name in
                  ((lab.run / "processes.json", "asterisk"), (server / "processes.json", "mariadb")))):
        os.kill(pid, signal.SIGKILL)
    again = demo(STORE="mariadb")
    key = re.search(r"KEY=(\S+)", again).group(1)
    assert key == re.search(r"KEY=(\S+)", text).group(1)
    rows = requests.get(f"{demo.url}/mirtapbx/openapi.php/extensions?tenant=DEMO", headers={"X-API-Key": key}).json()
    assert "210" in str(rows)

    said = demo("--stop")
    assert "ended mariadb" in said and not any(Lab(NAME).processes().values())
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", lab.base + 90))
        taken.listen()
        refused = demo(STORE="mariadb", expect=1)
    assert f"port {lab.base + 90}, for MariaDB, is taken" in refused
    assert "STORE is sqlite, mariadb or galera, not oracle" in demo(STORE="oracle", expect=1)
    assert "Success|" in subprocess.run(["bash", "-c", next(line for line in demo().splitlines() if "reqtype=DIAL" in line)],
                                        capture_output=True, text=True).stdout  # on the file again
    demo("--stop")


def test_a_demo_without_a_pbx(demo, lab, tmp_path):
    text = demo(PBX="none", XDG_CACHE_HOME=str(tmp_path))
    assert requests.get(f"{demo.url}/healthz").json()["pbx"] == []
    done = subprocess.run(["bash", "-c", printed(text)], capture_output=True, text=True,
                          cwd=demo.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Error|no asterisk node is configured|" in done.stdout
    demo("--stop", XDG_CACHE_HOME=str(tmp_path))
    eventually(lambda: not (tmp_path / "patchbay" / f"{NAME}-without-pbx/host.pid").exists())
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{demo.url}/healthz")
