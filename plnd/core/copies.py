"""Backups: what going back to one would change, and going back."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from plnd.measures.documents import without_consent
from plnd.model import Change, RestoreAnswer
from plnd.store.backups import Backups, others, put_others
from plnd.store.book import Book
from plnd.store.log import Log

log = logging.getLogger("plnd")


def would_restore(name: str, backups: Backups, log_: Log, book: Book, data: Path) -> RestoreAnswer:
    """What going back to a backup would change.

    Raises:
        NotFound: there is no such backup.
        StorageError: it is damaged, or of a newer plnd.
    """
    backup = backups.get(name)
    with backups.opened(name) as (old_log, old_book):
        switched_off = sorted(
            f"{one.network}:{one.handle}"
            for kept, documents in _coming(old_book, book)
            for one, was in zip(documents, old_book.kept[kept].all(), strict=True)
            if one != was
        )
        changes = {
            "visits": _change(old_log.visit_spans(), log_.visit_spans()),
            "interactions": _change(old_log.act_moments(), log_.act_moments()),
            **{
                one: _change(_by_name(old_book, one), _by_name(book, one))
                for one, kept in book.kept.items()
                if kept.role != "guard"
            },
            "files": _change(backups.others(name), others(data)),
        }
        left_out = old_book.faults()
    return RestoreAnswer(
        dry_run=True,
        backup=backup,
        changes={one: change for one, change in changes.items() if change != Change()},
        kept_aside=None,
        switched_off=switched_off,
        left_out=left_out,
    )


def restore(
    name: str, backups: Backups, log_: Log, book: Book, data: Path, *, aside: str, now: int
) -> str:
    """Go back to a backup; the state until now is kept as a backup called `aside` or nearly so.

    Each store changes at once; killed between two of them, the state kept aside is whole and
    the same restore can be asked for again. What keeps something out (pauses, networks that
    are not counted, what was forgotten) stays in force. Gives the name of the backup that was
    kept aside.
    """
    backups.get(name)
    with backups.opened(name) as (old_log, old_book):
        kept_aside = backups.make(aside, "before_restore", now).name
        old_log.close()
        log_.take_back(old_log.path)
        for one, documents in _coming(old_book, book):
            book.kept[one].become(documents)
        put_others(data, backups.others(name))
    log.info("restored the backup %s; the state until then is %s", name, kept_aside)
    return kept_aside


def _coming(old: Book, book: Book) -> Iterator[tuple[str, list[Any]]]:
    """What a book becomes, by name: as the old one was, but for what keeps something out, and
    for feeds that are off by now."""
    for name, kept in book.kept.items():
        if kept.role != "guard":
            now = {kept.name(one): one for one in kept.all()}
            yield (
                name,
                [without_consent(one, now.get(kept.name(one))) for one in old.kept[name].all()],
            )


def _by_name(book: Book, name: str) -> dict[str, object]:
    kept = book.kept[name]
    return {kept.name(one): one for one in kept.all()}


def _change(then: Mapping[Any, Any], now: Mapping[Any, Any]) -> Change:
    both = then.keys() & now.keys()
    return Change(
        back=len(then.keys() - now.keys()),
        gone=len(now.keys() - then.keys()),
        changed=sum(then[key] != now[key] for key in both),
    )
