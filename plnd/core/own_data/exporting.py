"""Exporting everything that is stored, one line of JSON for each thing.

docs/export.md describes the format; `importing.py` reads it.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from plnd import __version__
from plnd.core.networks import file_fault
from plnd.errors import Invalid
from plnd.model.base import Moment, Name, Strict, Text
from plnd.model.events import Action, Page, Source, Visit
from plnd.model.own_data import ExportAnswer
from plnd.store import network_files
from plnd.store.book.book import Book
from plnd.store.log.log import Log
from plnd.store.log.stored_events import StoredEvent
from plnd.system.files import Home

FORMAT = 1
LINES_IN_A_PART = 250


class Header(Strict, frozen=True, tag_field="type", tag="plnd"):
    """The first line: the format, the version of plnd, and when it was made (ms)."""

    format: int
    version: str
    made_at: int


class NetworkLine(Strict, frozen=True, tag_field="type", tag="network"):
    """The unchanged text of a user's own file about a network."""

    id: Name
    text: str


class SourceLine(Strict, frozen=True, tag_field="type", tag="source"):
    browser: Name
    profile: Name
    extension: Name
    last_event_at: Moment


class VisitLine(Strict, frozen=True, tag_field="type", tag="visit"):
    id: Name
    browser: Name
    profile: Name
    network: Name
    page: Page
    start: int
    end: int
    handle: Text | None = None
    tag: Text | None = None


class InteractionLine(Strict, frozen=True, tag_field="type", tag="interaction"):
    id: Name
    browser: Name
    profile: Name
    network: Name
    action: Action
    at: int
    handle: Text | None = None
    tag: Text | None = None


class SumLine(Strict, frozen=True, tag_field="type", tag="sum"):
    """The time in a quarter of an hour whose visits are no longer stored."""

    begin: Moment
    network: Name
    page: Page
    spent_ms: Moment
    taking_part_ms: Moment
    visits_from: Moment


class DocumentLine(Strict, frozen=True, tag_field="type", tag="document"):
    collection: Name
    document: dict[str, Any]


class RemovedLine(Strict, frozen=True, tag_field="type", tag="removed"):
    """A default document that the user has removed."""

    collection: Name
    name: Name


class End(Strict, frozen=True, tag_field="type", tag="end"):
    """The last line: the number of lines before it. A file without it is incomplete."""

    lines: int


EventLine = VisitLine | InteractionLine
Line = Header | NetworkLine | SourceLine | EventLine | SumLine | DocumentLine | RemovedLine | End
_NEXT: dict[str, str | None] = {
    "networks": "documents",  # networks first: later lines refer to them
    "documents": "sources",
    "sources": "sums",
    "sums": "visits",
    "visits": "interactions",
    "interactions": None,
}


def export(home: Home, book: Book, log: Log, after: str | None, now: int) -> ExportAnswer:
    """One part of the export: the part after the place `after` (None: the first one).

    Raises:
        Invalid: `after` is not the `next` of an earlier part.
    """
    if after is None:
        head = Header(format=FORMAT, version=__version__, made_at=now)
        return _part([head], "networks")
    stage, _, key = after.partition(":")
    try:
        start = bytes.fromhex(key)
        place = _Place() if not key or stage not in ("documents", "sums") else _place(start)
    except (ValueError, msgspec.MsgspecError):
        stage = ""
    if stage not in _NEXT:
        raise Invalid("after is not a place in an export", "take it from `next`", field="after")
    if stage == "networks":
        texts, faults = network_files.read_all(home)
        lines = [NetworkLine(id=name, text=text) for name, text in texts.items()]
        left_out = [file_fault(name, error) for name, error in faults.items()]
        return msgspec.structs.replace(_part(lines, _NEXT[stage]), left_out=left_out)
    if stage == "documents":
        part = _documents(book, place)
        return part if place.name else msgspec.structs.replace(part, left_out=book.faults())
    if stage == "sources":
        return _part([_source_line(*row) for row in log.sources.all()], _NEXT[stage])
    if stage == "sums":
        return _sums(log, place)
    read = log.queries.visits_after if stage == "visits" else log.queries.interactions_after
    found = read(start, LINES_IN_A_PART)
    more = f"{stage}:{found[-1].key.hex()}" if len(found) == LINES_IN_A_PART else _NEXT[stage]
    return _part([_event_line(one) for one in found], more)


def _part(lines: Sequence[Line], next: str | None) -> ExportAnswer:
    return ExportAnswer(lines=[msgspec.to_builtins(line) for line in lines], next=next)


class _Place(msgspec.Struct, frozen=True, array_like=True):
    """The last document (collection, key), or the last sum, of a part."""

    number: int = -1
    name: str = ""
    key: str = ""

    def after(self, stage: str) -> str:
        return f"{stage}:{msgspec.json.encode(self).hex()}"


_place = msgspec.json.Decoder(_Place).decode


def _documents(book: Book, place: _Place) -> ExportAnswer:
    """A part of the documents after a place."""
    lines: list[Line] = []
    names = list(book.collections)
    for name in names[names.index(place.name) if place.name in names else 0 :]:
        kept = book.collections[name]
        documents = kept.all()
        keys = [kept.name_of(one) for one in documents] if name == place.name else []
        first = keys.index(place.key) + 1 if place.key in keys else 0
        if not first:
            lines += [RemovedLine(collection=name, name=one) for one in kept.removed_defaults()]
        for document in documents[first:]:
            lines.append(DocumentLine(collection=name, document=msgspec.to_builtins(document)))
            if len(lines) >= LINES_IN_A_PART:
                return _part(lines, _Place(0, name, kept.name_of(document)).after("documents"))
    return _part(lines, _NEXT["documents"])


def _source_line(source: Source, last_event_at: int) -> SourceLine:
    return SourceLine(last_event_at=last_event_at, **msgspec.structs.asdict(source))


def _sums(log: Log, place: _Place) -> ExportAnswer:
    rows = log.queries.rollups_after((place.number, place.name, place.key), LINES_IN_A_PART)
    lines = [
        SumLine(
            begin=begin,
            network=network,
            page=page,  # type: ignore[arg-type]
            spent_ms=spent,
            taking_part_ms=taking_part,
            visits_from=log.visits_from,
        )
        for begin, network, page, spent, taking_part in rows
    ]
    full = len(rows) == LINES_IN_A_PART
    return _part(lines, _Place(*rows[-1][:3]).after("sums") if full else _NEXT["sums"])


def _event_line(one: StoredEvent) -> EventLine:
    fields = msgspec.structs.asdict(one.event)
    fields.update(browser=one.source.browser, profile=one.source.profile)
    return VisitLine(**fields) if isinstance(one.event, Visit) else InteractionLine(**fields)
