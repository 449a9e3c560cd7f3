"""The pages of docs/compat name tests: each is there, under the name they give it."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted((PROJECT / "docs/compat").glob("*.md"))
OPENAPI = PROJECT / "docs/compat/openapi.md"


def objects():
    return re.findall(r"^  (\w+) = function\(n", (PROJECT / "tests/api/support/walk.lua").read_text(), re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_links_is_there(page):
    missing = [target for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
               if not (page.parent / target).resolve().exists()]
    assert not missing


def test_every_object_is_walked_and_has_a_row():
    text, walked = OPENAPI.read_text(), objects()
    kinds = re.findall(r'test\(name \.\. ": ([^"]+)"', (PROJECT / "tests/api/model/forms_test.lua").read_text())
    tests = {f"{name}: {kind}" for name in walked for kind in kinds}
    named = [name for name in re.findall(r"`(\w+: [^`\n]+)`", text) if name.split(":")[0] in walked]
    assert named and not set(named) - tests
    resources = [path.stem for path in (PROJECT / "scripts/openapi").glob("*.lua")
                 if 'resource(require "model.' in path.read_text()]
    assert resources and not set(resources) - set(walked)
    assert not [name for name in resources if f"| {name} | `{name}: list`" not in text]


def test_every_example_of_the_manual_is_a_test_of_its_heading():
    section = OPENAPI.read_text().partition("## Examples of the manual")[2].partition("\n## ")[0]
    examples = re.findall(r"^\| (.+?) \| \[`\w+`\]\(([^)]+)\) \|$", section, re.M)
    assert examples
    assert not [heading for heading, target in examples
                if f'test("{heading}"' not in (OPENAPI.parent / target).resolve().read_text()]
