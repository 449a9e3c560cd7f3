"""Each rule of the house is seen to fail: a copy of the tree with a fault for every rule, and one run of tools/lint."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("PATCHBAY_BIN", PROJECT / "build/dev/patchbay"))

# (file, what is added to its end or is its text, what lint says). Spelled in pieces where lint reads this file too.
FAULTS = [
    ("host/base/text.cpp", '#include "store/store.h"\n', "base/ may not include store/"),
    ("host/http/tls.cpp", "#include <uv.h>\n", "<uv.h> has its home in loop/"),
    ("host/ami/action.cpp", "void planted() { thr" "ow 1; }\n", "no throw, try or catch"),
    ("host/loop/timer.cpp", 'void planted() { print' 'f("x"); }\n', "http/ and loop/ log, they do not print"),
    ("host/http/planted.cpp", "// A file without a test.\n", "has no tests/unit/http_planted_test.cpp"),
    ("host/bind/planted.cpp", "// A module without a page.\n", "has no docs/api/planted.lua"),
    ("scripts/lib/planted.lua", "return {}\n", "has no tests/api/lib/planted_test.lua"),
    ("tests/api/lib/unplanted_test.lua", 'test("x", function(t) t.equal(1, 1) end)\n',
     "tests scripts/lib/unplanted.lua, which is not there"),
    ("docs/api/time.lua", "\n--- Says nothing of how it fails.\nfunction time.planted() end\n", "time.planted: no Errors:"),
    ("scripts/model/planted.lua", "-- Long.\n" + "\n" * 400 + "return {}\n", "has 402 lines, more than 400"),
    ("scripts/model/unused.lua", "local planted = 1\nreturn {}\n", "W211"),
    ("scripts/model/global.lua", "planted = 1\nreturn {}\n", "W111"),
    ("scripts/model/deadend.lua", "local deadend = {}\n\nfunction deadend.nobody() end\n\nreturn deadend\n",
     "deadend.nobody is used by tests alone"),
    ("scripts/model/parted.lua", 'require "model.' 'extension.rows"\nreturn {}\n', "requires a part of model.extension"),
    ("scripts/kalliope/lib/planted.lua", 'local store = require "store"\nreturn function() return store.write("x") end\n',
     "changes the store: that is a model's work"),
    ("scripts/proxyapi/unsaid.lua", 'local unsaid = route { reqtype = "UNSAID", summary = "x", actions = { get = { access = "read" } } }\n'
     "function unsaid.get() return nil end\nreturn unsaid\n", "get does not say what it answers"),
    ("scripts/mikopbx/lib/planted.lua", 'return "SELECT 1 FROM ex_extensions WHERE ex_te_id = ?"\n',
     "a tenant condition by hand"),
    ("scripts/engine/planted.lua", 'return "SELECT 1 FROM ex_extensions"\n', "names the table ex_extensions"),
    ("asterisk/extensions_fax.conf", "\n same => n,Set(X=${FILTER(a-z_-,${Y})})\n", "FILTER drops the dash"),
    ("scripts/model/named.lua", "-- Asks mikopbx.\nreturn {}\n", "names the family mikopbx"),
    ("host/app/planted_family.h", '// "/mirtapbx/openapi.php"\n', "names the family openapi.php"),
    ("docs/objects.md", "\nTO" "DO: later\n", "an open note without an issue number"),
    ("docs/handlers.md", "\nSee /ho" "me/somebody/x.\n", "names a folder of one machine"),
    ("docs/patchbay.toml", "\n#[planted]\n#key = 1\n", "planted.key is not a key"),
    ("tools/completion/patchbay.zsh", "\n# --planted\n", "--planted is no option"),
]


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    tree = tmp_path_factory.mktemp("lint")
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=PROJECT,
                           capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (PROJECT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, tree / name)
    for name, text, _ in FAULTS:
        with open(tree / name, "a", encoding="utf-8") as file:
            file.write(text)
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    done = subprocess.run(["tools/lint", "--binary", BINARY], cwd=tree, capture_output=True, text=True)
    assert done.returncode == 1 and not done.stderr, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("name, _, message", FAULTS, ids=[f"{fault[0]}: {fault[2]}"[:80] for fault in FAULTS])
def test_a_planted_fault_is_found(said, name, _, message):
    assert any(name in line and message in line for line in said), "\n".join(said)


def test_nothing_else_is(said):
    planted = {name for name, _, _ in FAULTS}
    # What the planted files change elsewhere: a page that a module lacks, a key that no page has.
    other = [line for line in said if not any(name in line for name in planted) and not line.endswith(" problems")]
    assert all("planted" in line for line in other), other
