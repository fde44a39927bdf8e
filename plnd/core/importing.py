"""Taking lines of an export in: merged with what is there, each line checked like what it becomes.

The same line again changes nothing, and a bad line costs itself only.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from typing import Any

import msgspec

from plnd.core.exporting import (
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
from plnd.model.own import Forgotten, ImportAnswer, RejectedLine
from plnd.model.people import Person
from plnd.store import network_files
from plnd.store.book.book import Book, Kept
from plnd.store.log.log import CROWDED, Batch, Log, Outcome, in_parts
from plnd.system.files import Home

LINES_AT_ONCE = 200
"""So many lines are worked off before others get their turn."""

_decode = msgspec.json.Decoder(Line).decode


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
        self._log = log
        self._on_log = on_log
        self._networks = set(networks)
        self._brought: list[str] = []
        self._now = now
        self._latest = now + FURTHEST_AHEAD_MS
        self._dry_run = dry_run
        self._taken = self._known = 0
        self._rejected: list[RejectedLine] = []
        self._switched_off: list[str] = []
        self._there: dict[str, dict[str, Any]] = {}
        self._together: UniquePeople | None = None
        self._quarters: dict[int, list[SumRow]] = {}
        self._extensions = {
            (source.browser, source.profile): source.extension for source, _ in log.sources()
        }
        self._sources: list[tuple[Source, int]] = []

    async def take(self, lines: Sequence[str]) -> ImportAnswer:
        """Take the lines; each that cannot be taken is named with its field.

        Others get their turn in between: broken off, some of the lines are taken.
        """
        events: dict[tuple[str, str], list[Accepted]] = {}
        new: dict[str, list[Any]] = {}
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
                    new.setdefault(line.collection, []).extend(self._new(line))
                elif isinstance(line, RemovedLine):
                    self._remove(line)
                elif isinstance(line, SumLine):
                    self._check_sum(line)
                    sums.append(line)
                elif isinstance(line, SourceLine):
                    self._take_source(line)
                elif isinstance(line, Header):
                    _check_format(line)
            except (Rejected, Invalid, Conflict) as error:
                self._refuse(index, str(error), error.field)
            except UnicodeEncodeError as error:
                self._refuse(index, *decoding_error(error))
        await self._write(events, sums)
        await self._keep(new)
        return ImportAnswer(
            taken=self._taken,
            known=self._known,
            rejected=sorted(self._rejected, key=lambda one: one.index),
            networks=self._brought,
            switched_off=sorted(self._switched_off),
        )

    def _decoded(self, first: int, lines: Sequence[str]) -> Iterator[tuple[int, Line]]:
        for index, text in enumerate(lines, first):
            try:
                yield index, _decode(text)
            except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
                self._refuse(index, *decoding_error(error))

    async def _take_networks(self, found: Sequence[tuple[int, NetworkLine]]) -> None:
        """Take the files that are as they must be, before what happened on their networks."""
        if not found:
            return

        from plnd.catalogue.sandbox import check_networks

        files = [(line.id, line.text) for _, line in found]
        faults = await asyncio.to_thread(check_networks, files)
        for (index, line), error in zip(found, faults, strict=True):
            if error is not None:
                self._refuse(index, error.message, f"text{error.field or ''}")
                continue
            self._networks.add(line.id)
            self._brought.append(line.id)
            changed = network_files.text(self._home, line.id) != line.text
            if changed and not self._dry_run:
                network_files.put(self._home, line.id, line.text)
            self._count(changed)

    def _refuse(self, index: int, message: str, field: str | None) -> None:
        self._rejected.append(RejectedLine(index=index, message=message, field=field))

    def _event(self, index: int, line: EventLine) -> Accepted:
        fields = msgspec.structs.asdict(line)
        del fields["browser"], fields["profile"]
        event = Visit(**fields) if isinstance(line, VisitLine) else Interaction(**fields)
        return Accepted(
            index, check_event(event, latest=self._latest, networks=self._networks), event
        )

    def _take_source(self, line: SourceLine) -> None:
        if line.last_event_at > self._latest:
            raise Invalid("that lies in the future", field="last_event_at")
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
            message, field = decoding_error(error)
            raise Invalid(message, field=f"document.{field}" if field else "document") from error
        document_validation.check(document, now=self._now, networks=self._networks)
        return document

    def _new(self, line: DocumentLine) -> list[Any]:
        """The document of a line, as it may come in beside what is there; none when it is known."""
        document, kept = self._document(line), self._kept(line.collection)
        there = self._there.setdefault(line.collection, {kept.name(one): one for one in kept.all()})
        name = kept.name(document)
        here = there.get(name)
        off = drop_feed_consent(document, here)
        if kept.role == "guard" and here is not None:
            if _unaged(here) != _unaged(document):
                raise Conflict(f"{name} keeps something out here, and goes on as it is", field=None)
            document = off = here
        if here is None and kept.most is not None and len(there) >= kept.most:
            raise Invalid(f"there are {kept.most} in {line.collection}: no more fit")
        if isinstance(off, Person):
            if self._together is None:
                self._together = UniquePeople(there.values())
            self._together.add(off)
        if off != document:
            self._switched_off.append(f"{off.network}:{off.handle}")
        there[name] = off
        self._count(off != here)
        return [] if off == here else [off]

    def _check_sum(self, line: SumLine) -> None:
        """Raises:
        Invalid: the sum cannot be, or not beside what is there.
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
        there = self._quarter(line.begin)
        if row in there:
            return
        first = self._log.first_visit()
        if first is not None and line.begin + QUARTER_MS > max(first, self._log.visits_from):
            raise Invalid("the visits of that time are kept here", field="begin")
        if not has_room(row, there):
            raise Invalid("that is more than a quarter of an hour has", field="spent_ms")
        there.append(row)

    def _quarter(self, begin: int) -> list[SumRow]:
        """The sums of a quarter of an hour, with those of the lines before."""
        if begin not in self._quarters:
            sums = self._log.quarters(begin, begin + 1).values()
            self._quarters[begin] = [
                (begin, *key, *value) for one in sums for key, value in one.times.items()
            ]
        return self._quarters[begin]

    async def _write(
        self, events: dict[tuple[str, str], list[Accepted]], sums: Sequence[SumLine]
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
        rows = [_row(line) for line in sums]
        new = log.not_settled(rows)
        self._taken += len(new)
        self._known += len(rows) - len(new)
        if new and not self._dry_run:
            claimed = max(line.visits_from for line in sums)
            first = log.first_visit()
            # Where single visits are kept here, they go on being kept.
            visits_from = claimed if first is None else min(claimed, first - first % QUARTER_MS)
            log.take_settled(new, visits_from)

    def _note(self, sent: int, outcome: Outcome) -> None:
        """Count what a commit stored, and name what it refused."""
        (conflicts,), (crowded,) = outcome.conflicts, outcome.crowded
        for index in conflicts:
            self._refuse(index, "this id came with other content before", "id")
        for index in crowded:
            self._refuse(index, CROWDED, None)
        self._taken += outcome.written
        self._known += sent - len(conflicts) - len(crowded) - outcome.written

    async def _keep(self, new: dict[str, list[Any]]) -> None:
        for name, values in new.items():
            if values and not self._dry_run:
                self._book.kept[name].put_all(values)
            await asyncio.sleep(0)

    def _count(self, changed: bool) -> None:
        self._taken += changed
        self._known += not changed


def _row(line: SumLine) -> SumRow:
    return (line.begin, line.network, line.page, line.spent_ms, line.taking_part_ms)


def _unaged(guard: Any) -> Any:
    """A guard as it was made, whatever was seen of time since."""
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
