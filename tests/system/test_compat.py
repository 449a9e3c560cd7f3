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


# --- what calls do

FLOW = PROJECT / "docs/compat/callflow.md"


def titles(file):
    """Names of the tests of a file, as words: those of a file of Python, or the titles of one of Lua."""
    text = (FLOW.parent / file).resolve().read_text()
    return re.findall(r"^def test_(\w+)", text, re.M) + re.findall(r'^\s*test\("([^"]+)"', text, re.M)


def test_every_row_of_the_call_flow_names_tests_that_are_there():
    text = FLOW.read_text()
    files = {letter: titles(target) for letter, target in re.findall(r"^`(\w)`: \[`\w+`\]\(([^)]+)\)", text, re.M)}
    assert len(files) > 4
    wrong, named = [], set()
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) < 3 or cells[-1] in ("test", "---"):
            continue
        given = re.findall(r"(\w) `([^`]+)`", cells[-1])
        rest = re.sub(r"\w `[^`]+`", "", cells[-1]).replace(",", "").strip()
        if not given or rest:
            wrong.append(line)
        for letter, part in given:
            if not [name for name in files.get(letter, ()) if part in name]:
                wrong.append(f"{letter} {part}")
            named.add(letter)
    assert not wrong
    assert named == set(files)


def columns(table):
    schema = "".join(file.read_text() for file in sorted((PROJECT / "schema").glob("*.sql")))
    [body] = re.findall(rf"^CREATE TABLE {table} \((.*?)^\);", schema, re.M | re.S)
    plain = re.sub(r"\([^)]*\)", "", re.sub(r"--.*", "", body))
    return {part.split()[0].strip('"') for part in plain.split(",") if part.strip()}


def test_every_column_has_an_effect_or_is_refused_or_is_for_people():
    """Of the objects that calls go by: what no script, view or dialplan names is listed."""
    text = FLOW.read_text()
    refused = dict(re.findall(r"^  (\w+) = words \[\[(.*?)\]\]", (
        PROJECT / "scripts/model/unfollowed.lua").read_text(), re.M | re.S))
    kept = text.partition("### Kept for people")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`(\w+)`", text.partition("### Refused")[2].partition("\n### ")[0]))
    assert listed == {word for words in refused.values() for word in words.split()}
    schema = "".join(re.findall(r"CREATE VIEW.*?;", "".join(
        file.read_text() for file in (PROJECT / "schema").glob("*.sql")), re.S))
    used = schema + "".join(file.read_text() for folder, kind in (("asterisk", "*.conf"), ("scripts", "**/*.lua"))
                            for file in (PROJECT / folder).glob(kind) if file.stem != "unfollowed")
    for table, words in refused.items():
        there = columns(table)
        assert set(words.split()) <= there, table
        for column in there - set(words.split()) - set(re.findall(r"`(\w+)`", kept)):
            assert re.sub(r"(message)param\d+$", r"\1param", column) in kept or re.search(rf"\b{column}\b", used), f"{table}.{column} is stored and nothing follows it"
