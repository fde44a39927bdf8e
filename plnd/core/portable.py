"""Everything in one open form, out and in again: a line of JSON for each thing that is kept.

The form stands in docs/export.md. What comes in is merged with what is there: the same line
again changes nothing, and a bad line costs itself only.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from typing import Any

import msgspec

from plnd import __version__
from plnd.core.networks import fault
from plnd.core.settings import checked
from plnd.errors import Invalid
from plnd.intake import FURTHEST_AHEAD_MS, Refused, Taken, check, said
from plnd.model import (
    Action,
    ExportAnswer,
    ImportAnswer,
    Interaction,
    Moment,
    Name,
    Page,
    RejectedLine,
    Settings,
    Source,
    Strict,
    Text,
    Visit,
)
from plnd.store import networks
from plnd.store.book import Book, Kept
from plnd.store.files import Home
from plnd.store.keeping import Stored
from plnd.store.log import CROWDED, Batch, Log, Outcome, in_parts

FORMAT = 1
LINES_IN_A_PART = 250
LINES_AT_ONCE = 200
"""So many lines of an import are worked off before others get their turn."""


class Header(Strict, frozen=True, tag_field="type", tag="plnd"):
    """The first line: what this is, in which form, by which plnd, and when (ms)."""

    format: int
    version: str
    made_at: int


class NetworkLine(Strict, frozen=True, tag_field="type", tag="network"):
    """A file of the user's own about a network, to the letter."""

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
    """Time in a quarter of an hour of which the visits are no longer kept."""

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
    """A document that is there at first and that the user has removed."""

    collection: Name
    name: Name


class End(Strict, frozen=True, tag_field="type", tag="end"):
    """The last line: the number of lines before it. Without it the file was cut off."""

    lines: int


EventLine = VisitLine | InteractionLine
Line = Header | NetworkLine | SourceLine | EventLine | SumLine | DocumentLine | RemovedLine | End
_decode = msgspec.json.Decoder(Line).decode
_NEXT: dict[str, str | None] = {
    "networks": "documents",  # before what happened on them
    "documents": "sources",
    "sources": "sums",
    "sums": "visits",
    "visits": "interactions",
    "interactions": None,
}


# -- out ------------------------------------------------------------------------------


def export(home: Home, book: Book, log: Log, after: str | None, now: int) -> ExportAnswer:
    """A part of everything, beginning after a place that the part before gave.

    Raises:
        Invalid: there is no such place.
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
        texts, faults = networks.texts(home)
        lines = [NetworkLine(id=name, text=text) for name, text in texts.items()]
        left_out = [fault(name, error) for name, error in faults.items()]
        return msgspec.structs.replace(_part(lines, _NEXT[stage]), left_out=left_out)
    if stage == "documents":
        return _documents(book, place)
    if stage == "sources":
        return _part([_source_line(*row) for row in log.sources()], _NEXT[stage])
    if stage == "sums":
        return _sums(log, place)
    read = log.visits_after if stage == "visits" else log.interactions_after
    found = read(start, LINES_IN_A_PART)
    more = f"{stage}:{found[-1].key.hex()}" if len(found) == LINES_IN_A_PART else _NEXT[stage]
    return _part([_event_line(one) for one in found], more)


def _part(lines: Sequence[Line], next: str | None) -> ExportAnswer:
    return ExportAnswer(lines=[msgspec.to_builtins(line) for line in lines], next=next)


class _Place(msgspec.Struct, frozen=True, array_like=True):
    """The last that a part of the documents (collection, key), or of the sums, had."""

    number: int = -1
    name: str = ""
    key: str = ""

    def after(self, stage: str) -> str:
        return f"{stage}:{msgspec.json.encode(self).hex()}"


_place = msgspec.json.Decoder(_Place).decode


def _documents(book: Book, place: _Place) -> ExportAnswer:
    """A part of the documents; it ends behind a document whose key can be found again."""
    lines: list[Line] = []
    names = list(book.kept)
    for name in names[names.index(place.name) if place.name in names else 0 :]:
        kept = book.kept[name]
        documents = kept.all()
        keys = [kept.name(one) for one in documents] if name == place.name else []
        first = keys.index(place.key) + 1 if place.key in keys else 0
        if not first:
            lines += [RemovedLine(collection=name, name=one) for one in kept.removed()]
        for document in documents[first:]:
            lines.append(DocumentLine(collection=name, document=msgspec.to_builtins(document)))
            if len(lines) >= LINES_IN_A_PART:
                return _part(lines, _Place(0, name, kept.name(document)).after("documents"))
    return _part(lines, _NEXT["documents"])


def _source_line(source: Source, last_event_at: int) -> SourceLine:
    return SourceLine(last_event_at=last_event_at, **msgspec.structs.asdict(source))


def _sums(log: Log, place: _Place) -> ExportAnswer:
    rows = log.settled((place.number, place.name, place.key), LINES_IN_A_PART)
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


def _event_line(one: Stored) -> EventLine:
    fields = msgspec.structs.asdict(one.event)
    fields.update(browser=one.source.browser, profile=one.source.profile)
    return VisitLine(**fields) if isinstance(one.event, Visit) else InteractionLine(**fields)


# -- in -------------------------------------------------------------------------------


class Importing:
    """Takes lines into the stores, as many at a time as stand in one request.

    `on_log` lets a function write to the log, beside the event loop.
    """

    def __init__(
        self,
        home: Home,
        book: Book,
        log: Log,
        on_log: Callable[[Callable[[Log], None]], Awaitable[None]],
        *,
        networks: Collection[str],
        now: int,
        dry_run: bool,
    ) -> None:
        self._home = home
        self._book = book
        self._on_log = on_log
        self._networks = set(networks)
        self._brought: list[str] = []
        self._latest = now + FURTHEST_AHEAD_MS
        self._dry_run = dry_run
        self._taken = self._known = 0
        self._rejected: list[RejectedLine] = []
        self._extensions = {
            (source.browser, source.profile): source.extension for source, _ in log.sources()
        }
        self._sources: list[tuple[Source, int]] = []

    async def take(self, lines: Sequence[str]) -> ImportAnswer:
        """Take the lines; each that cannot be taken is named with its field.

        Others get their turn in between: broken off, some of the lines are taken.
        """
        events: dict[tuple[str, str], list[Taken]] = {}
        documents: dict[str, list[Any]] = {}
        sums: list[SumLine] = []
        found: list[tuple[int, Line]] = []
        for first in range(0, len(lines), LINES_AT_ONCE):
            found += self._decoded(first, lines[first : first + LINES_AT_ONCE])
            await asyncio.sleep(0)
        await self._take_networks([(i, line) for i, line in found if isinstance(line, NetworkLine)])
        for number, (index, line) in enumerate(found):
            if number % LINES_AT_ONCE == 0:
                await asyncio.sleep(0)
            try:
                if isinstance(line, EventLine):
                    event = self._event(index, line)
                    events.setdefault((line.browser, line.profile), []).append(event)
                elif isinstance(line, DocumentLine):
                    document = self._document(line)
                    documents.setdefault(line.collection, []).append(document)
                elif isinstance(line, RemovedLine):
                    self._remove(line)
                elif isinstance(line, SumLine):
                    sums.append(line)
                elif isinstance(line, SourceLine):
                    self._take_source(line)
                elif isinstance(line, Header):
                    _check_format(line)
            except (Refused, Invalid) as error:
                self._refuse(index, str(error), error.field)
            except UnicodeEncodeError as error:
                self._refuse(index, *said(error))
        await self._write(events, sums)
        await self._keep(documents)
        return ImportAnswer(
            taken=self._taken,
            known=self._known,
            rejected=sorted(self._rejected, key=lambda one: one.index),
            networks=self._brought,
        )

    def _decoded(self, first: int, lines: Sequence[str]) -> Iterator[tuple[int, Line]]:
        for index, text in enumerate(lines, first):
            try:
                yield index, _decode(text)
            except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
                self._refuse(index, *said(error))

    async def _take_networks(self, found: Sequence[tuple[int, NetworkLine]]) -> None:
        """Take the files that are as they must be, before what happened on their networks."""
        if not found:
            return
        from plnd.catalogue.trial import tried

        files = [(line.id, line.text) for _, line in found]
        faults = await asyncio.to_thread(tried, files)
        for (index, line), error in zip(found, faults, strict=True):
            if error is not None:
                self._refuse(index, error.message, f"text{error.field or ''}")
                continue
            self._networks.add(line.id)
            self._brought.append(line.id)
            changed = networks.text(self._home, line.id) != line.text
            if changed and not self._dry_run:
                networks.put(self._home, line.id, line.text)
            self._count(changed)

    def _refuse(self, index: int, message: str, field: str | None) -> None:
        self._rejected.append(RejectedLine(index=index, message=message, field=field))

    def _event(self, index: int, line: EventLine) -> Taken:
        fields = msgspec.structs.asdict(line)
        del fields["browser"], fields["profile"]
        event = Visit(**fields) if isinstance(line, VisitLine) else Interaction(**fields)
        return Taken(index, check(event, latest=self._latest, networks=self._networks), event)

    def _take_source(self, line: SourceLine) -> None:
        self._extensions[line.browser, line.profile] = line.extension
        source = Source(browser=line.browser, profile=line.profile, extension=line.extension)
        self._sources.append((source, line.last_event_at))

    def _kept(self, name: str) -> Kept:
        if name not in self._book.kept:
            raise Invalid(f"unknown collection {name!r}", field="collection")
        return self._book.kept[name]

    def _remove(self, line: RemovedLine) -> None:
        kept = self._kept(line.collection)
        if self._dry_run:
            self._count(line.name not in kept.removed())
        else:
            self._count(kept.remove_first(line.name))

    def _document(self, line: DocumentLine) -> Any:
        kept = self._kept(line.collection)
        try:
            document = msgspec.convert(line.document, kept.kind)
        except msgspec.ValidationError as error:
            message, field = said(error)
            raise Invalid(message, field=f"document.{field}" if field else "document") from error
        if isinstance(document, Settings):
            checked(document)
        return document

    async def _write(
        self, events: dict[tuple[str, str], list[Taken]], sums: Sequence[SumLine]
    ) -> None:
        """What goes into the log: beside the loop, as the disk may take its time."""
        batches = []
        for (browser, profile), taken in events.items():
            extension = self._extensions.get((browser, profile), "unknown")
            source = Source(browser=browser, profile=profile, extension=extension)
            batches += in_parts(Batch(source, taken))
        if batches or sums or self._sources:
            await self._on_log(lambda log: self._into(log, batches, sums))

    def _into(self, log: Log, batches: Sequence[Batch], sums: Sequence[SumLine]) -> None:
        for source, last_event_at in self._sources:
            self._count(log.take_source(source, last_event_at, kept=not self._dry_run))
        self._sources.clear()
        for batch in batches:
            outcome = (log.would_store if self._dry_run else log.store)([batch])
            self._note(len(batch.events), outcome)
        rows = [msgspec.structs.astuple(line)[:5] for line in sums]
        new = log.not_settled(rows)
        self._taken += len(new)
        self._known += len(rows) - len(new)
        if new and not self._dry_run:
            log.take_settled(new, max(line.visits_from for line in sums))

    def _note(self, sent: int, outcome: Outcome) -> None:
        """Count what a commit stored, and name what it refused."""
        (conflicts,), (crowded,) = outcome.conflicts, outcome.crowded
        for index in conflicts:
            self._refuse(index, "this id came with other content before", "id")
        for index in crowded:
            self._refuse(index, CROWDED, None)
        self._taken += outcome.written
        self._known += sent - len(conflicts) - len(crowded) - outcome.written

    async def _keep(self, documents: dict[str, list[Any]]) -> None:
        for name, values in documents.items():
            kept = self._book.kept[name]
            there = {kept.name(one): one for one in kept.all()}
            new = [one for one in values if there.get(kept.name(one)) != one]
            self._taken += len(new)
            self._known += len(values) - len(new)
            if new and not self._dry_run:
                kept.put_all(new)
            await asyncio.sleep(0)

    def _count(self, changed: bool) -> None:
        self._taken += changed
        self._known += not changed


def _check_format(line: Header) -> None:
    if line.format > FORMAT:
        raise Invalid(
            f"this export is of format {line.format}; this plnd knows {FORMAT}",
            "use the plnd that made it, or a newer one",
            field="format",
        )
