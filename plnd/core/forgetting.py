"""Forgetting: out of both stores and every backup, and not to come back."""

import logging
import uuid
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path

from plnd.errors import Invalid
from plnd.model import ForgetAnswer, ForgetRequest, Forgotten
from plnd.scope import Scope, remembered
from plnd.store.backups import Backups, remains, remove_others, remove_remains
from plnd.store.book import Book
from plnd.store.log import Log

log = logging.getLogger("plnd")

REFUSED_FOR_MS = 30 * 86_400_000
"""How long what was forgotten is refused when it comes again. No browser keeps it longer."""


def scope_of(
    wanted: ForgetRequest,
    *,
    networks: Collection[str],
    day_bounds: Callable[[date], tuple[int, int]],
) -> Scope:
    """What a request is about; `day_bounds` gives a day's first ms and that of the next.

    Raises:
        Invalid: it names nothing, contradicts itself, or a network that is not known.
    """
    times = (wanted.start, wanted.end, wanted.day)
    named = [one for one in (*times, wanted.network, wanted.handle) if one is not None]
    if wanted.everything == bool(named):
        raise Invalid(
            "say what to forget: a time, a day, a network, a handle, or everything",
            "everything goes with nothing else",
            field="everything",
        )
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
        start, end = day_bounds(_date(wanted.day))
    if start is not None and end is not None and end <= start:
        raise Invalid("end is not after start", field="end")
    whole = Scope(network=wanted.network, handle=wanted.handle)
    return Scope(
        start=whole.start if start is None else start,
        end=whole.end if end is None else end,
        network=whole.network,
        handle=whole.handle,
    )


def would_forget(scope: Scope, log_: Log, book: Book, backups: Backups, data: Path) -> ForgetAnswer:
    """What `forget` would take out; changes nothing."""
    gone = log_.would_forget(scope)
    return ForgetAnswer(
        dry_run=True,
        visits=gone.visits,
        visit_seconds=gone.visit_ms // 1000,
        interactions=gone.interactions,
        sums=gone.sums,
        documents=book.would_forget(scope),
        backups=len(backups.all()),
        remains=[path.relative_to(data).as_posix() for path in remains(data)],
    )


def forget(scope: Scope, log_: Log, book: Book, backups: Backups, data: Path, now: int) -> None:
    """Take what lies in the scope out of the stores, out of every backup, and off the disk.

    What keeps it from coming back is written first: a kill in between leaves a rest that the
    next attempt takes, and nothing that grows.
    """
    pauses = [one for one in book.pauses.all() if one.end is None or one.end > now]
    guard = remembered(scope, id=str(uuid.uuid4()), now=now)
    book.forgotten.put(guard)
    log_.forget(scope)
    book.forget(scope)
    if scope.everything:
        book.forgotten.put(guard)
        book.pauses.put_all(pauses)  # who looks away now goes on looking away
        remove_others(data)  # the backups among them
    for copied_log, copied_book in backups.each():
        copied_log.forget(scope)
        copied_book.forget(scope)
    remove_remains(data)
    log.info("forgotten what was asked for")


def guards(book: Book, now: int) -> list[Forgotten]:
    """What has to be refused, in order of time; guards that have served their time are dropped."""
    kept = book.forgotten.all()
    old = [one.id for one in kept if one.at < now - REFUSED_FOR_MS]
    if old:
        book.forgotten.remove(*old)
    return sorted((one for one in kept if one.id not in old), key=lambda one: one.start)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{text!r} is not a day", "write it as 2026-11-23", field="day") from error
