"""What `patchbay new` writes works as it was written."""

import subprocess

import pytest

from host import BINARY, PROJECT


def patchbay(folder, *arguments):
    return subprocess.run([BINARY, *arguments], cwd=folder, capture_output=True, text=True)


def test_a_new_object_is_under_forty_lines_and_passes_its_test(tmp_path):
    made = patchbay(tmp_path, "new", "object", "room")
    assert made.returncode == 0, made.stderr
    files = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*.*")}
    assert {str(path) for path in files} == {
        "schema/9001_room.sql", "model/room.lua", "openapi/room.lua", "openapi/room_test.lua"}
    assert sum(len(text.splitlines()) for text in files.values()) < 40
    scripts = ["--scripts", str(PROJECT / "scripts"), "--scripts", str(tmp_path)]
    for lanes in ("1", "3"):
        tried = patchbay(tmp_path, "test", *scripts, "--lanes", lanes, "openapi/room_test.lua")
        assert tried.returncode == 0, tried.stdout + tried.stderr
        assert "1 passed, 0 failed" in tried.stdout
    # from the installed scripts alone: the folder of the test is taken along
    tried = patchbay(tmp_path, "test", *scripts[:2], "openapi/room_test.lua")
    assert "1 passed, 0 failed" in tried.stdout, tried.stdout + tried.stderr
    assert patchbay(tmp_path, "new", "object", "room").returncode == 1, "nothing is overwritten"


def test_own_tables_are_migrated_with_ours(tmp_path):
    assert patchbay(tmp_path, "new", "object", "room").returncode == 0
    config = tmp_path / "patchbay.toml"
    config.write_text(f'[store]\nurl = "sqlite://{tmp_path}/store.db"\n'
                      f'[scripts]\npaths = ["{PROJECT}/scripts", "{tmp_path}"]\n', encoding="utf-8")
    store = ["--config", str(config)]
    applied = patchbay(tmp_path, "migrate", *store)
    assert "applied own/9001_room.sql" in applied.stdout, applied.stdout + applied.stderr
    again = patchbay(tmp_path, "migrate", *store)
    assert again.returncode == 0 and "applied" not in again.stdout, again.stderr
    with open(tmp_path / "schema" / "9001_room.sql", "a", encoding="utf-8") as file:
        file.write("-- edited\n")
    edited = patchbay(tmp_path, "migrate", *store)
    assert edited.returncode == 1 and "own/9001_room.sql was edited" in edited.stderr


@pytest.mark.parametrize("kind", ["route", "reqtype"])
def test_other_skeletons_pass_their_tests(tmp_path, kind):
    made = patchbay(tmp_path, "new", kind, "sample")
    assert made.returncode == 0, made.stderr
    test = next(path for path in tmp_path.rglob("*_test.lua"))
    scripts = ["--scripts", str(PROJECT / "scripts"), "--scripts", str(tmp_path)]
    tried = patchbay(tmp_path, "test", *scripts, str(test.relative_to(tmp_path)))
    assert tried.returncode == 0, tried.stdout + tried.stderr
