"""Everything in one open form, out and in again: a line of JSON for each thing that is kept.

The form stands in docs/export.md. What comes in is merged with what is there: the same line
again changes nothing, and a bad line costs itself only.
"""

import contextlib
from collections.abc import Collection, Iterator, Sequence
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
from plnd.store.log import Batch, Log

FORMAT = 1
LINES_IN_A_PART = 5000


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
    except ValueError:
        stage = ""
    if stage not in _NEXT:
        raise Invalid("after is not a place in an export", "take it from `next`", field="after")
    if stage == "networks":
        texts, faults = networks.texts(home)
        lines = [NetworkLine(id=name, text=text) for name, text in texts.items()]
        left_out = [fault(name, error) for name, error in faults.items()]
        return msgspec.structs.replace(_part(lines, _NEXT[stage]), left_out=left_out)
    if stage == "documents":
        return _part(list(_documents(book)), _NEXT[stage])
    if stage == "sources":
        return _part([_source_line(*row) for row in log.sources()], _NEXT[stage])
    if stage == "sums":
        return _part(_sum_lines(log), _NEXT[stage])
    read = log.visits_after if stage == "visits" else log.interactions_after
    found = read(start, LINES_IN_A_PART)
    more = f"{stage}:{found[-1].key.hex()}" if len(found) == LINES_IN_A_PART else _NEXT[stage]
    return _part([_event_line(one) for one in found], more)


def _part(lines: Sequence[Line], next: str | None) -> ExportAnswer:
    return ExportAnswer(lines=[msgspec.to_builtins(line) for line in lines], next=next)


def _documents(book: Book) -> Iterator[DocumentLine | RemovedLine]:
    for name, kept in book.kept.items():
        for removed in kept.removed():
            yield RemovedLine(collection=name, name=removed)
        for document in kept.all():
            yield DocumentLine(collection=name, document=msgspec.to_builtins(document))


def _source_line(source: Source, last_event_at: int) -> SourceLine:
    return SourceLine(last_event_at=last_event_at, **msgspec.structs.asdict(source))


def _sum_lines(log: Log) -> list[SumLine]:
    return [
        SumLine(
            begin=begin,
            network=network,
            page=page,  # type: ignore[arg-type]
            spent_ms=spent,
            taking_part_ms=taking_part,
            visits_from=log.visits_from,
        )
        for begin, network, page, spent, taking_part in log.settled()
    ]


def _event_line(one: Stored) -> EventLine:
    fields = msgspec.structs.asdict(one.event)
    fields.update(browser=one.source.browser, profile=one.source.profile)
    return VisitLine(**fields) if isinstance(one.event, Visit) else InteractionLine(**fields)


def try_networks(lines: Sequence[str]) -> None:
    """Try the files of networks among the lines; their verdicts are kept."""
    found = []
    for text in lines:
        with contextlib.suppress(msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
            if '"network"' in text and isinstance(line := _decode(text), NetworkLine):
                found.append((line.id, line.text))
    if found:
        from plnd.catalogue.trial import tried

        tried(found)


# -- in -------------------------------------------------------------------------------


class Importing:
    """Takes lines into the stores, as many at a time as stand in one request."""

    def __init__(
        self,
        home: Home,
        book: Book,
        log: Log,
        *,
        networks: Collection[str],
        now: int,
        dry_run: bool,
    ) -> None:
        self._home = home
        self._book = book
        self._log = log
        self._networks = set(networks)
        self._brought: list[str] = []
        self._latest = now + FURTHEST_AHEAD_MS
        self._dry_run = dry_run
        self._taken = self._known = 0
        self._rejected: list[RejectedLine] = []
        self._extensions = {
            (source.browser, source.profile): source.extension for source, _ in log.sources()
        }

    def take(self, lines: Sequence[str]) -> ImportAnswer:
        """Take the lines; each that cannot be taken is named with its field."""
        events: dict[tuple[str, str], list[Taken]] = {}
        documents: dict[str, list[Any]] = {}
        sums: list[SumLine] = []
        found = list(self._decoded(lines))
        self._take_networks([(i, line) for i, line in found if isinstance(line, NetworkLine)])
        for index, line in found:
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
        self._store(events)
        self._keep(documents)
        self._add(sums)
        return ImportAnswer(
            taken=self._taken,
            known=self._known,
            rejected=sorted(self._rejected, key=lambda one: one.index),
            networks=self._brought,
        )

    def _decoded(self, lines: Sequence[str]) -> Iterator[tuple[int, Line]]:
        for index, text in enumerate(lines):
            try:
                yield index, _decode(text)
            except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
                self._refuse(index, *said(error))

    def _take_networks(self, found: Sequence[tuple[int, NetworkLine]]) -> None:
        """Take the files that are as they must be, before what happened on their networks."""
        if not found:
            return
        from plnd.catalogue.trial import tried

        faults = tried([(line.id, line.text) for _, line in found])
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
        self._count(self._log.take_source(source, line.last_event_at, kept=not self._dry_run))

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

    def _store(self, events: dict[tuple[str, str], list[Taken]]) -> None:
        batches = [
            Batch(
                Source(
                    browser=browser,
                    profile=profile,
                    extension=self._extensions.get((browser, profile), "unknown"),
                ),
                taken,
            )
            for (browser, profile), taken in events.items()
        ]
        if not batches:
            return
        outcome = (self._log.would_store if self._dry_run else self._log.store)(batches)
        conflicts = [index for one in outcome.conflicts for index in one]
        for index in conflicts:
            self._refuse(index, "this id came with other content before", "id")
        self._taken += outcome.written
        self._known += sum(map(len, events.values())) - len(conflicts) - outcome.written

    def _keep(self, documents: dict[str, list[Any]]) -> None:
        for name, values in documents.items():
            kept = self._book.kept[name]
            there = {kept.name(one): one for one in kept.all()}
            new = [one for one in values if there.get(kept.name(one)) != one]
            self._taken += len(new)
            self._known += len(values) - len(new)
            if new and not self._dry_run:
                kept.put_all(new)

    def _add(self, sums: list[SumLine]) -> None:
        if not sums:
            return
        rows = [msgspec.structs.astuple(line)[:5] for line in sums]
        there = set(self._log.settled())
        new = [row for row in rows if row not in there]
        self._taken += len(new)
        self._known += len(rows) - len(new)
        if new and not self._dry_run:
            self._log.take_settled(new, max(line.visits_from for line in sums))

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
