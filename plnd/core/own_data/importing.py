"""Importing lines of an export into the stores, each line checked on its own.

Importing a line twice changes nothing, and an invalid line does not affect the others.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from typing import Any

import msgspec

from plnd.core.own_data.exporting import (
    FORMAT,
    DocumentLine,
    EventLine,
    Header,
    Line,
    NetworkLine,
    RemovedLine,
    SourceLine,
    SumLine,
    VisitLine,
)
from plnd.errors import Conflict, Invalid
from plnd.measures import document_validation
from plnd.measures.event_validation import Accepted, Rejected, check_event, decoding_error
from plnd.measures.feed_consent import drop_feed_consent
from plnd.measures.people.uniqueness import UniquePeople
from plnd.measures.quarter_sums import SumRow, check_sum, has_room
from plnd.measures.time import QUARTER_MS
from plnd.model.events import FURTHEST_AHEAD_MS, Interaction, Source, Visit
from plnd.model.own_data import Forgotten, ImportAnswer, RejectedLine
from plnd.model.people import Person
from plnd.store import network_files
from plnd.store.book.book import AnyCollection, Book
from plnd.store.log.batches import TOO_MANY_EVENTS, Batch, StoreResult, split_batch
from plnd.store.log.log import Log
from plnd.system.files import Home

LINES_AT_ONCE = 200
"""After so many lines, other tasks of the event loop get a turn."""

_decode = msgspec.json.Decoder(Line).decode


class LineImport:
    """The import of the lines of one request.

    `write_log` runs a function that writes to the log outside the event loop.
    """

    def __init__(
        self,
        home: Home,
        book: Book,
        log: Log,
        write_log: Callable[[Callable[[Log], object]], Awaitable[None]],
        *,
        networks: Collection[str],
        now: int,
        dry_run: bool,
    ) -> None:
        self._home = home
        self._book = book
        self._log = log
        self._write_log = write_log
        self._networks = set(networks)
        self._new_networks: list[str] = []
        self._now = now
        self._latest = now + FURTHEST_AHEAD_MS
        self._dry_run = dry_run
        self._written = self._known = 0
        self._rejected: list[RejectedLine] = []
        self._switched_off: list[str] = []
        self._stored: dict[str, dict[str, Any]] = {}
        self._people: UniquePeople | None = None
        self._quarters: dict[int, list[SumRow]] = {}
        self._extensions = {
            (source.browser, source.profile): source.extension for source, _ in log.sources.all()
        }
        self._sources: list[tuple[Source, int]] = []

    async def run(self, lines: Sequence[str]) -> ImportAnswer:
        """Import the lines; the answer names each rejected line and its field.

        Other tasks run in between; if this is cancelled, some lines are imported.
        """
        checked = _Checked()
        found: list[tuple[int, Line]] = []
        for first in range(0, len(lines), LINES_AT_ONCE):
            found += self._decoded(first, lines[first : first + LINES_AT_ONCE])
            await asyncio.sleep(0)
        await self._import_networks(
            [(i, line) for i, line in found if isinstance(line, NetworkLine)]
        )
        for number, (index, line) in enumerate(found):
            if number % LINES_AT_ONCE == 0:
                await asyncio.sleep(0)
            try:
                self._import(index, line, checked)
            except (Rejected, Invalid, Conflict) as error:
                self._reject(index, str(error), error.field)
            except UnicodeEncodeError as error:
                self._reject(index, *decoding_error(error))
        await self._write_events(checked)
        await self._write_documents(checked.documents)
        return ImportAnswer(
            taken=self._written,
            known=self._known,
            rejected=sorted(self._rejected, key=lambda one: one.index),
            networks=self._new_networks,
            switched_off=sorted(self._switched_off),
        )

    def _import(self, index: int, line: Line, checked: "_Checked") -> None:
        """Check a line and add it to what is to be written.

        Raises:
            Rejected, Invalid, Conflict, UnicodeEncodeError: it cannot be imported.
        """
        if isinstance(line, EventLine):
            event = self._event(index, line)
            checked.events.setdefault((line.browser, line.profile), []).append(event)
        elif isinstance(line, DocumentLine):
            new = self._new_documents(line)
            checked.documents.setdefault(line.collection, []).extend(new)
        elif isinstance(line, RemovedLine):
            self._import_removal(line)
        elif isinstance(line, SumLine):
            self._check_sum(line)
            checked.sums.append(line)
        elif isinstance(line, SourceLine):
            self._add_source(line)
        elif isinstance(line, Header):
            _check_format(line)

    def _decoded(self, first: int, lines: Sequence[str]) -> Iterator[tuple[int, Line]]:
        for index, text in enumerate(lines, first):
            try:
                yield index, _decode(text)
            except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
                self._reject(index, *decoding_error(error))

    async def _import_networks(self, found: Sequence[tuple[int, NetworkLine]]) -> None:
        """Import the valid files, before the lines that refer to their networks."""
        if not found:
            return
        from plnd.catalogue.sandbox import check_networks

        files = [(line.id, line.text) for _, line in found]
        faults = await asyncio.to_thread(check_networks, files)
        for (index, line), error in zip(found, faults, strict=True):
            if error is not None:
                self._reject(index, error.message, f"text{error.field or ''}")
                continue
            self._networks.add(line.id)
            self._new_networks.append(line.id)
            changed = network_files.read(self._home, line.id) != line.text
            if changed and not self._dry_run:
                network_files.write(self._home, line.id, line.text)
            self._count(changed)

    def _reject(self, index: int, message: str, field: str | None) -> None:
        self._rejected.append(RejectedLine(index=index, message=message, field=field))

    def _event(self, index: int, line: EventLine) -> Accepted:
        fields = msgspec.structs.asdict(line)
        del fields["browser"], fields["profile"]
        event = Visit(**fields) if isinstance(line, VisitLine) else Interaction(**fields)
        return Accepted(
            index, check_event(event, latest=self._latest, networks=self._networks), event
        )

    def _add_source(self, line: SourceLine) -> None:
        if line.last_event_at > self._latest:
            raise Invalid("that lies in the future", field="last_event_at")
        self._extensions[line.browser, line.profile] = line.extension
        source = Source(browser=line.browser, profile=line.profile, extension=line.extension)
        self._sources.append((source, line.last_event_at))

    def _collection(self, name: str) -> AnyCollection:
        if name not in self._book.collections:
            raise Invalid(f"unknown collection {name!r}", field="collection")
        return self._book.collections[name]

    def _import_removal(self, line: RemovedLine) -> None:
        kept = self._collection(line.collection)
        if self._dry_run:
            self._count(line.name not in kept.removed_defaults())
        else:
            self._count(kept.remove_default(line.name))

    def _document(self, line: DocumentLine) -> Any:
        kept = self._collection(line.collection)
        try:
            document = msgspec.convert(line.document, kept.kind)
        except msgspec.ValidationError as error:
            message, field = decoding_error(error)
            raise Invalid(message, field=f"document.{field}" if field else "document") from error
        document_validation.check(document, now=self._now, networks=self._networks)
        return document

    def _new_documents(self, line: DocumentLine) -> list[Any]:
        """The document of a line as it may be stored; none if it is stored already.

        Raises:
            Invalid, Conflict: it does not fit what is stored.
        """
        document, kept = self._document(line), self._collection(line.collection)
        if line.collection not in self._stored:
            self._stored[line.collection] = {kept.name_of(one): one for one in kept.all()}
        stored = self._stored[line.collection]
        name = kept.name_of(document)
        current = stored.get(name)
        allowed = drop_feed_consent(document, current)
        if kept.role == "guard" and current is not None:
            if _as_made(current) != _as_made(document):
                raise Conflict(f"{name} keeps something out here, and goes on as it is", field=None)
            document = allowed = current
        if current is None and kept.max_documents is not None and len(stored) >= kept.max_documents:
            raise Invalid(f"there are {kept.max_documents} in {line.collection}: no more fit")
        if isinstance(allowed, Person):
            if self._people is None:
                self._people = UniquePeople(stored.values())
            self._people.add(allowed)
        if allowed != document:
            self._switched_off.append(f"{allowed.network}:{allowed.handle}")
        stored[name] = allowed
        self._count(allowed != current)
        return [] if allowed == current else [allowed]

    def _check_sum(self, line: SumLine) -> None:
        """Raises:
        Invalid: the sum is impossible, or does not fit what is stored.
        """
        check_sum(
            line.begin,
            line.network,
            line.spent_ms,
            line.taking_part_ms,
            line.visits_from,
            now=self._now,
            networks=self._networks,
        )
        row = _row(line)
        stored = self._sums_of_quarter(line.begin)
        if row in stored:
            return
        first = self._log.queries.first_visit()
        if first is not None and line.begin + QUARTER_MS > max(first, self._log.visits_from):
            raise Invalid("the visits of that time are kept here", field="begin")
        if not has_room(row, stored):
            raise Invalid("that is more than a quarter of an hour has", field="spent_ms")
        stored.append(row)

    def _sums_of_quarter(self, begin: int) -> list[SumRow]:
        """The sums of a quarter of an hour, stored or in earlier lines."""
        if begin not in self._quarters:
            sums = self._log.queries.quarter_sums(begin, begin + 1).values()
            self._quarters[begin] = [
                (begin, *key, *value) for one in sums for key, value in one.times.items()
            ]
        return self._quarters[begin]

    async def _write_events(self, checked: "_Checked") -> None:
        """Write to the log outside the event loop, as the disk may be slow."""
        batches = []
        for (browser, profile), taken in checked.events.items():
            extension = self._extensions.get((browser, profile), "unknown")
            source = Source(browser=browser, profile=profile, extension=extension)
            batches += split_batch(Batch(source, taken))
        if batches or checked.sums or self._sources:
            await self._write_log(lambda log: self._store_events(log, batches, checked.sums))

    def _store_events(self, log: Log, batches: Sequence[Batch], sums: Sequence[SumLine]) -> None:
        for source, last_event_at in self._sources:
            self._count(log.merge_source(source, last_event_at, commit=not self._dry_run))
        self._sources.clear()
        for batch in batches:
            outcome = (log.would_store if self._dry_run else log.store)([batch])
            self._count_outcome(len(batch.events), outcome)
        rows = [_row(line) for line in sums]
        new = log.queries.missing_rollups(rows)
        self._written += len(new)
        self._known += len(rows) - len(new)
        if new and not self._dry_run:
            claimed = max(line.visits_from for line in sums)
            first = log.queries.first_visit()
            # Visits that are stored here stay stored.
            visits_from = claimed if first is None else min(claimed, first - first % QUARTER_MS)
            log.add_rollups(new, visits_from)

    def _count_outcome(self, sent: int, outcome: StoreResult) -> None:
        """Count what a commit stored, and reject what it refused."""
        (conflicts,), (crowded,) = outcome.conflicts, outcome.too_many
        for index in conflicts:
            self._reject(index, "this id came with other content before", "id")
        for index in crowded:
            self._reject(index, TOO_MANY_EVENTS, None)
        self._written += outcome.written
        self._known += sent - len(conflicts) - len(crowded) - outcome.written

    async def _write_documents(self, new: dict[str, list[Any]]) -> None:
        for name, values in new.items():
            if values and not self._dry_run:
                self._book.collections[name].put_all(values)
            await asyncio.sleep(0)

    def _count(self, changed: bool) -> None:
        self._written += changed
        self._known += not changed


class _Checked(msgspec.Struct):
    """What the lines bring: events by browser and profile, documents by collection, sums."""

    events: dict[tuple[str, str], list[Accepted]] = {}
    documents: dict[str, list[Any]] = {}
    sums: list[SumLine] = []


def _row(line: SumLine) -> SumRow:
    return (line.begin, line.network, line.page, line.spent_ms, line.taking_part_ms)


def _as_made(guard: Any) -> Any:
    """A guard without the time that has passed since it was made."""
    if isinstance(guard, Forgotten):
        return msgspec.structs.replace(guard, days_seen=0, seen_at=0)
    return guard


def _check_format(line: Header) -> None:
    if line.format > FORMAT:
        raise Invalid(
            f"this export is of format {line.format}; this plnd knows {FORMAT}",
            "use the plnd that made it, or a newer one",
            field="format",
        )
