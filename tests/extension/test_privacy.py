"""What PRIVACY.md says of fields, permissions and files is what the code has: no more, no less."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from plnd.core.plnd import Plnd
from plnd.model.events import Action, EventBatch, Interaction, Page, Source, Visit

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "PRIVACY.md").read_text()


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    assert len(rows) > 2, heading
    return [[cell.strip() for cell in row] for row in rows[2:]]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def sent() -> set[tuple[str, str]]:
    """Every field that the daemon takes from the extension: its name, and of what it is one."""
    visit, act = (
        {one.name for one in msgspec.structs.fields(kind)} for kind in (Visit, Interaction)
    )
    found = {(name, "each event") for name in visit & act}
    found |= {(name, "a visit") for name in visit - act}
    found |= {(name, "an interaction") for name in act - visit}
    found |= {(one.name, "each batch") for one in msgspec.structs.fields(Source)}
    return found | {("kind", "each event")}


def test_every_field_that_is_sent_stands_there_and_no_other() -> None:
    rows = table("What is sent to the daemon, and stored")
    assert {(name, row[1]) for row in rows for name in names(row[0])} == sent()
    meanings = {name: row[2] for row in rows for name in names(row[0])}
    assert set(names(meanings["page"])) == set(get_args(Page))
    assert set(names(meanings["action"])) == set(get_args(Action))
    assert all(meanings.values())


def test_nothing_else_is_taken_if_it_were_sent() -> None:
    """Of whatever else an event carried, the daemon would not take the event."""
    for kind in (Visit, Interaction, Source, EventBatch):
        assert kind.__struct_config__.forbid_unknown_fields
    assert {one.name for one in msgspec.structs.fields(EventBatch)} == {"source", "events"}


def test_every_permission_stands_there_with_its_reason() -> None:
    manifest: dict[str, Any] = json.loads((ROOT / "extension" / "manifest.json").read_bytes())
    asked = {*manifest["permissions"], *manifest.get("optional_permissions", ())}
    rows = table("What the extension may see")
    assert {name for row in rows for name in names(row[0])} == asked
    assert all(row[1] for row in rows)


@pytest.mark.parametrize("name", ["events.db", "*.json", "backups/", "daemon.log"])
def test_the_places_are_named(name: str) -> None:
    assert name in TEXT


def test_every_kind_of_document_is_named(plnd: Plnd) -> None:
    """Whoever adds a collection says so to the people whose life it holds."""
    rows = [row for row in table("Where it lies") if "data/*.json" in row[1]]
    named = {name for row in rows for name in names(row[0])}
    missing = set(plnd._book.collections) - named
    assert not missing


# -- what the extension keeps -------------------------------------------------------------

EXTENSION = ROOT / "extension"
SCRIPTS = [*EXTENSION.glob("*.js"), *EXTENSION.glob("[!_c]*/*.js")]
AREAS = {"local": "profile", "storage": "profile", "session": "memory"}


def kept_by(path: Path) -> set[tuple[str, str]]:
    """The keys that a script writes into the browser's storage, and where each lies."""
    text = path.read_text()
    constants = dict(re.findall(r'^const ([A-Z]+) = "(.+)";$', text, re.MULTILINE))
    found = set()
    for area, key in re.findall(r"(local|storage|session)\.set\(\{\s*(.{1,80})", text, re.DOTALL):
        # A name as it stands, or in brackets what a constant says.
        constant = None if key[0].isalpha() else re.search(r"\b[A-Z]{2,}\b", key)
        name = constants[constant[0]] if constant else re.split(r"\W", key)[0]
        found.add((name, AREAS[area]))
    return found


def test_every_key_of_the_extensions_storage_stands_there_and_no_other() -> None:
    rows = [row for row in table_with("kept as") if len(row) == 3]
    told = {(name, row[2]) for row in rows for name in names(row[0])}
    assert {one for path in SCRIPTS for one in kept_by(path)} == told


def test_every_write_to_the_extensions_storage_is_one_that_is_understood() -> None:
    """A write in another form would not be found by the test above."""
    for path in SCRIPTS:
        text = path.read_text()
        writes = re.findall(r"(?:local|storage|session|area)\.set\(.{9}", text, re.DOTALL)
        assert all(re.search(r"\.set\(\{", one) for one in writes), path
        assert not re.search(
            r"localStorage|sessionStorage|indexedDB|caches\.|document\.cookie", text
        )


def test_the_dashboard_keeps_the_order_of_colours_and_nothing_else() -> None:
    sources = (ROOT / "plnd" / "dashboard" / "src").rglob("*.ts*")
    keepers = [
        path.name
        for path in sources
        if re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie", path.read_text())
    ]
    assert keepers == ["network-colour.ts"]


def table_with(head: str) -> list[list[str]]:
    """The rows of the table whose first column is called so."""
    lines = TEXT.partition(f"| {head} |")[2].splitlines()[2:]
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    assert found, head
    return found


@pytest.mark.parametrize("name", ["PRIVACY.md", "SECURITY.md", "docs/threat-model.md"])
def test_every_test_that_is_named_is_there(name: str) -> None:
    named = re.findall(r"`(tests/[\w./-]+)`", (ROOT / name).read_text())
    assert named or name == "SECURITY.md"
    assert [one for one in named if not (ROOT / one).exists()] == []
