"""Forgetting: deleting from both stores and every backup, and refusing what comes again."""

import contextlib
import logging
import uuid
from collections.abc import Callable, Collection, Iterator
from datetime import date

from plnd.core.own_data.stores import Stores
from plnd.core.trends import date_of
from plnd.errors import Invalid, StorageError
from plnd.measures.guards import forgotten_entry, with_days_counted
from plnd.measures.people.handles import HandleKey, handle_key
from plnd.model.names import plain_name
from plnd.model.own_data import ForgetAnswer, ForgetRequest, Forgotten
from plnd.model.people import Person
from plnd.model.scope import PersonScope, Scope
from plnd.store.book.book import Book
from plnd.store.data_files import delete_all_but_stores, delete_leftovers, leftovers
from plnd.store.log.copying import Stopped
from plnd.store.log.log import Log
from plnd.store.unfinished import Forgetting

log = logging.getLogger("plnd")

REFUSED_FOR_DAYS = 30
"""How long forgotten data is refused if it is sent again. No browser keeps it longer."""


def check(wanted: ForgetRequest) -> None:
    """Raises:
    Invalid: a request names nothing, or contradicts itself.
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
    """The scope of a request; `day_bounds` gives the first ms of a day and of the next day.

    Raises:
        Invalid: the times contradict each other, or the network is unknown.
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
    """A person with every name and handle they have now, had before a merge, or have in a backup.

    A name or handle that belongs to somebody else by now, or is in `own` (the user's own
    handles), is left out.
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
    """Everybody in a book, including people as they were before a merge."""
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
    """What would be deleted; changes nothing. `person` is the name in the answer."""
    scopes, parts = _parts(wanted)
    gone = log_.would_forget(*scopes)
    # To forget everything, backups are deleted as folders; otherwise each must be readable.
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
        remains=[path.relative_to(stores.data).as_posix() for path in leftovers(stores.data)],
    )


def _parts(wanted: Scope | PersonScope) -> tuple[list[Scope], list[Scope | PersonScope]]:
    """What to delete from a log, and what from a book."""
    if isinstance(wanted, Scope):
        return [wanted], [wanted]
    return wanted.scopes, [wanted, *wanted.scopes]


def begin(wanted: Scope | PersonScope, stores: Stores, now: int) -> Forgetting:
    """Refuse from now on what will be forgotten; gives the plan, to be stored before it is run."""
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
    """Delete the data from every backup, and delete leftover files that cannot be edited."""
    if intended.everything:
        delete_all_but_stores(stores.data)  # this includes the backups
    for copied_log, copied_book in stores.backups.edit_each(stopped):
        copied_log.forget(*intended.scopes)
        copied_log.truncate_journal()  # succeeds: nobody else has this temporary copy open
        copied_book.forget(*intended.parts)
    delete_leftovers(stores.data)


def forget_events(intended: Forgetting, opened: Log) -> list[str]:
    """Delete the data from the log; gives the files that keep it, as `files_in_use`."""
    opened.forget(*intended.scopes)
    return files_in_use(opened)


def files_in_use(opened: Log) -> list[str]:
    """The files that keep deleted data because another program is reading them."""
    return [] if opened.truncate_journal() else [opened.path.name]


def forget_documents(intended: Forgetting, book: Book) -> Iterator[None]:
    """Delete the data from the documents, one file at a time."""
    yield from book.forget_by_file(*intended.parts)
    if intended.everything:
        book.forgotten.put_all(intended.refused)
        book.pauses.put_all(intended.pauses)  # a current pause goes on
        book.uncounted.put_all(intended.uncounted)
    log.info("forgotten what was asked for")


def finish(intended: Forgetting, stores: Stores) -> None:
    """Repeat, at a start, a forgetting that was interrupted."""
    stores.book.forgotten.put_all(intended.refused)
    forget_copies(intended, stores)
    stores.log.forget(*intended.scopes)
    for _ in forget_documents(intended, stores.book):
        pass


def guards(book: Book, now: int) -> list[Forgotten]:
    """What has to be refused, in order of time; guards that have expired are deleted."""
    before = book.forgotten.all()
    kept = [with_days_counted(one, now) for one in before]
    old = [one.id for one in kept if one.days_seen >= REFUSED_FOR_DAYS]
    with contextlib.suppress(StorageError):  # on a full disk they stay until the next day
        book.forgotten.remove(*old)
        changed = [one for one, was in zip(kept, before, strict=True) if one != was]
        book.forgotten.put_all([one for one in changed if one.id not in old])
    return sorted((one for one in kept if one.id not in old), key=lambda one: one.start)
