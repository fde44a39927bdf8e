"""What PRIVACY.md says of fields, permissions and files is what the code has: no more, no less."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from plnd.core import Plnd
from plnd.model import Action, EventBatch, Interaction, Page, Source, Visit

ROOT = Path(__file__).parent.parent
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
    missing = set(plnd._book.kept) - named
    assert not missing
