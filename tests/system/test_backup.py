"""`patchbay backup` and `patchbay restore` on hosts that run and that do not."""

import subprocess
import threading

import requests

from host import Host


def extensions(host, key):
    answer = host.get("/mirtapbx/openapi.php/extensions", params={"tenant": "DEMO", "key": key})
    assert answer.status_code == 200, answer.text
    return sorted(it["number"] for it in answer.json()["items"]) if "items" in answer.json() else answer.text


def test_a_store_goes_and_comes_back(tmp_path):
    media = tmp_path / "media"
    files = {"media": str(media), "voicemail": str(tmp_path / "voicemail"), "temporary": str(tmp_path)}
    host = Host(tmp_path / "host", files=files).migrate().tenant("DEMO")
    key = host.key("DEMO")
    (media / "DEMO").mkdir(parents=True)
    (media / "DEMO/a.wav").write_bytes(b"sound")
    file = tmp_path / "backup.tar"

    with host:
        before = extensions(host, key)
        stop = threading.Event()

        def write():
            number = 300
            while not stop.is_set():
                number += 1
                requests.post(f"{host.url}/mirtapbx/openapi.php/phonebooks", params={"tenant": "DEMO", "key": key},
                              json={"name": f"book {number}"}, timeout=60)

        writing = threading.Thread(target=write)
        writing.start()
        assert "whole" in host.run("backup", str(file))
        stop.set()
        writing.join()
        assert host.run("backup", str(file), check=False).returncode == 1  # never over another one
        refused = host.run("restore", str(file), check=False)
        assert refused.returncode == 1 and "a host runs" in refused.stderr

    names = subprocess.run(["tar", "tf", str(file)], capture_output=True, text=True, check=True).stdout.split()
    assert names == ["patchbay-backup", "store.db", "media/DEMO/a.wav", "SHA256SUMS"]
    assert file.stat().st_mode & 0o077 == 0

    host.tenant("LATER")
    (media / "DEMO/a.wav").write_bytes(b"changed")
    damaged = tmp_path / "damaged.tar"
    bytes_ = bytearray(file.read_bytes())
    bytes_[bytes_.index(b"SQLite format 3") + 5000] ^= 1
    damaged.write_bytes(bytes_)
    refused = host.run("restore", str(damaged), check=False)
    assert refused.returncode == 1 and "damaged" in refused.stderr
    assert "LATER" in host.run("tenant", "list") and (media / "DEMO/a.wav").read_bytes() == b"changed"

    assert "restored" in host.run("restore", str(file))
    assert "LATER" not in host.run("tenant", "list") and "DEMO" in host.run("tenant", "list")
    assert (media / "DEMO/a.wav").read_bytes() == b"sound"
    with host:
        assert extensions(host, key) == before

    # into a place where there was nothing
    fresh = Host(tmp_path / "fresh", files={**files, "media": str(tmp_path / "other")})
    fresh.run("restore", str(file))
    assert (tmp_path / "other/DEMO/a.wav").read_bytes() == b"sound"
    with fresh:
        assert extensions(fresh, key) == before
