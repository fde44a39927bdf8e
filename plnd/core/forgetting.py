"""Forgetting: out of both stores and every backup, and not to come back."""

import contextlib
import logging
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from plnd.core.trends import date_of
from plnd.errors import Invalid, StorageError
from plnd.measures.guards import forgotten_entry, with_days_counted
from plnd.measures.people.handles import HandleKey, handle_key
from plnd.model.names import plain_name
from plnd.model.own import ForgetAnswer, ForgetRequest, Forgotten
from plnd.model.people import Person
from plnd.model.scope import PersonScope, Scope
from plnd.store.backups import Backups, remains, remove_others, remove_remains
from plnd.store.book.book import Book
from plnd.store.log.log import Log
from plnd.store.log.maintenance import Stopped
from plnd.store.unfinished import Forgetting

log = logging.getLogger("plnd")

REFUSED_FOR_DAYS = 30
"""How long what was forgotten is refused when it comes again. No browser keeps it longer."""


@dataclass(frozen=True, slots=True)
class Stores:
    """All places that hold what can be forgotten; `data` is the folder they lie in."""

    log: Log
    book: Book
    backups: Backups
    data: Path


def check(wanted: ForgetRequest) -> None:
    """Raises:
    Invalid: a request names nothing, or what contradicts itself.
    """
    times = (wanted.start, wanted.end, wanted.day)
    others = (*times, wanted.network, wanted.handle)
    named = [one for one in (*others, wanted.person) if one is not None]
    if wanted.everything == bool(named):
        raise Invalid(
            "say what to forget: a time, a day, a network, a handle, a person, or everything",
            "everything goes with nothing else",
            field="everything",
        )
    if wanted.person is not None and len(named) > 1:
        raise Invalid(
            "a person is forgotten as a whole, and with nothing else",
            "to forget a part, name a handle of theirs instead",
            field="person",
        )


def scope_of(
    wanted: ForgetRequest,
    *,
    networks: Collection[str],
    day_bounds: Callable[[date], tuple[int, int]],
) -> Scope:
    """What a request is about; `day_bounds` gives a day's first ms and that of the next.

    Raises:
        Invalid: its times make no sense, or the network is not known.
    """
    if wanted.network is not None and wanted.network not in networks:
        raise Invalid(
            f"unknown network {wanted.network!r}",
            "one of " + ", ".join(sorted(networks)),
            field="network",
        )
    start, end = wanted.start, wanted.end
    if wanted.day is not None:
        if start is not None or end is not None:
            raise Invalid("a day goes without start and end", field="day")
        start, end = day_bounds(date_of(wanted.day))
    if start is not None and end is not None and end <= start:
        raise Invalid("end is not after start", field="end")
    whole = Scope(network=wanted.network, handle=wanted.handle)
    return Scope(
        start=whole.start if start is None else start,
        end=whole.end if end is None else end,
        network=whole.network,
        handle=whole.handle,
    )


def somebody(person: Person, stores: Stores, own: Collection[HandleKey]) -> PersonScope:
    """A person as a whole: as they are, as they were before a merge, and in each backup.

    What by now is somebody else's, or in `own` (the user's own handles), is not theirs.
    """
    ids = frozenset((person.id, *person.merged))
    others = [one for one in stores.book.people.all() if one.id not in ids]
    theirs = [
        one
        for book in (stores.book, *stores.backups.books())
        for one in _everybody(book)
        if one.id in ids
    ]
    return PersonScope(
        ids,
        frozenset(_names(theirs) - _names(others)),
        frozenset(_keys(theirs) - _keys(others) - set(own)),
    )


def _everybody(book: Book) -> Iterator[Person]:
    """Everybody in a book, those before a merge among them."""
    yield from book.people.all()
    for merge in book.merges.all():
        yield merge.kept
        yield merge.gone


def _names(people: Collection[Person]) -> set[str]:
    return {plain_name(one.name) for one in people}


def _keys(people: Collection[Person]) -> set[HandleKey]:
    return {handle_key(one.network, one.handle) for person in people for one in person.handles}


def would_forget(
    wanted: Scope | PersonScope, stores: Stores, log_: Log, person: str | None
) -> ForgetAnswer:
    """What would be taken out; changes nothing. `person` is whom it is about."""
    scopes, parts = _parts(wanted)
    gone = log_.would_forget(*scopes)
    # With everything, the backups go as folders; else each is opened and has to be plain.
    everything = isinstance(wanted, Scope) and wanted.everything
    copies = stores.backups.all() if everything else stores.backups.folders()
    return ForgetAnswer(
        dry_run=True,
        person=person,
        visits=gone.visits,
        visit_seconds=gone.visit_ms // 1000,
        interactions=gone.interactions,
        sums=gone.sums,
        documents=stores.book.would_forget(*parts),
        kept=stores.book.would_change(*parts),
        backups=len(copies),
        remains=[path.relative_to(stores.data).as_posix() for path in remains(stores.data)],
    )


def _parts(wanted: Scope | PersonScope) -> tuple[list[Scope], list[Scope | PersonScope]]:
    """What is to be taken out of a log, and out of a book."""
    if isinstance(wanted, Scope):
        return [wanted], [wanted]
    return wanted.scopes, [wanted, *wanted.scopes]


def begin(wanted: Scope | PersonScope, stores: Stores, now: int) -> Forgetting:
    """Put up what keeps it from coming back; gives what to do, to be noted before it is done."""
    scopes, _ = _parts(wanted)
    book = stores.book
    intended = Forgetting(
        scopes=scopes,
        person=wanted if isinstance(wanted, PersonScope) else None,
        refused=[forgotten_entry(one, id=str(uuid.uuid4()), now=now) for one in scopes],
        pauses=[one for one in book.pauses.all() if one.end is None or one.end > now],
        uncounted=[one for one in book.uncounted.all() if one.end is None],
    )
    book.forgotten.put_all(intended.refused)
    return intended


def forget_copies(intended: Forgetting, stores: Stores, stopped: Stopped | None = None) -> None:
    """Take it out of every backup; and off the disk what nothing can be taken out of."""
    if intended.everything:
        remove_others(stores.data)  # the backups among them
    for copied_log, copied_book in stores.backups.each(stopped):
        copied_log.forget(*intended.scopes)
        copied_log.emptied()  # nobody else has it open: it is a copy of the copy
        copied_book.forget(*intended.parts)
    remove_remains(stores.data)


def forget_documents(intended: Forgetting, book: Book) -> Iterator[None]:
    """Take it out of the documents, one file after the other."""
    yield from book.forget_by_file(*intended.parts)
    if intended.everything:
        book.forgotten.put_all(intended.refused)
        book.pauses.put_all(intended.pauses)  # who looks away now goes on looking away
        book.uncounted.put_all(intended.uncounted)
    log.info("forgotten what was asked for")


def finish(intended: Forgetting, stores: Stores) -> None:
    """Forget what was begun and not finished, at a start; all of it again does no harm."""
    stores.book.forgotten.put_all(intended.refused)
    forget_copies(intended, stores)
    stores.log.forget(*intended.scopes)
    for _ in forget_documents(intended, stores.book):
        pass


def guards(book: Book, now: int) -> list[Forgotten]:
    """What has to be refused, in order of time; guards that have served their time are dropped."""
    before = book.forgotten.all()
    kept = [with_days_counted(one, now) for one in before]
    old = [one.id for one in kept if one.days_seen >= REFUSED_FOR_DAYS]
    with contextlib.suppress(StorageError):  # on a full disk they stay a day longer
        book.forgotten.remove(*old)
        looked = [one for one, was in zip(kept, before, strict=True) if one != was]
        book.forgotten.put_all([one for one in looked if one.id not in old])
    return sorted((one for one in kept if one.id not in old), key=lambda one: one.start)
