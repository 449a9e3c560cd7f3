"""The recipes of CONTRIBUTING.md, followed word by word in a scratch copy of the tree."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("PATCHBAY_BIN", PROJECT / "build/dev/patchbay")).absolute()


def recipes():
    """Heading -> the files its blocks are, by path."""
    found = {}
    for section in (PROJECT / "CONTRIBUTING.md").read_text().split("\n## ")[1:]:
        files = {}
        for kind, text in re.findall(r"```(\w+)\n(.*?)```", section, re.S):
            named = re.match(r"-- ([\w./]+?): ", text)
            assert named, f"a block of {kind} names no file: {text[:60]}"
            files[named.group(1)] = text
        if files:
            found[section.splitlines()[0].split(" (")[0]] = files
    return found


RECIPES = recipes()


def test_there_are_three():
    assert len(RECIPES) == 3


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    root = tmp_path_factory.mktemp("contributing")
    for name in ("scripts", "schema", "tests/api"):
        shutil.copytree(PROJECT / name, root / name)
    return root


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_works_as_it_stands(tree, recipe):
    for name, text in RECIPES[recipe].items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        assert not (tree / name).exists(), f"{name} is there already"
        (tree / name).write_text(text)
    tests = [name for name in RECIPES[recipe] if name.startswith("tests/")]
    done = subprocess.run([BINARY, "test", "--scripts", "scripts", *tests], cwd=tree, capture_output=True, text=True,
                          env=os.environ | {"PATCHBAY_STORE_SCHEMA": str(tree / "schema")})
    assert done.returncode == 0, done.stdout + done.stderr
    lua = [name for name in RECIPES[recipe] if name.endswith(".lua")]
    checked = subprocess.run(["luacheck", "-q", "--config", PROJECT / ".luacheckrc", *lua], cwd=tree,
                             capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
