"""Backups: what going back to one would change, and going back."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from plnd.measures.feed_consent import drop_feed_consent
from plnd.model.own import Change, RestoreAnswer
from plnd.store.backups import Backups, others, put_others
from plnd.store.book.book import Book
from plnd.store.log.log import Log


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
            **{
                one: Change(back=back, gone=gone, changed=changed)
                for one, (back, gone, changed) in log_.compared(old_log).items()
            },
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


def put_log(name: str, backups: Backups, log_: Log, data: Path) -> Book:
    """Make the log, and the files that are in neither store, what they are in a backup.

    Gives the documents of the backup, to be put in place as well.
    """
    with backups.opened(name) as (old_log, old_book):
        old_log.close()
        log_.take_back(old_log.path)
        for one in old_book.kept.values():
            one.all()  # read now: its files are about to go
        put_others(data, backups.others(name))
        return old_book


def put_documents(book: Book, old: Book) -> Iterator[None]:
    """Make the documents what those of a backup are, one file after the other.

    What keeps something out (pauses, networks that are not counted, what was forgotten) stays
    in force.
    """
    for one, documents in _coming(old, book):
        book.kept[one].become(documents)
        yield


def finish(name: str, backups: Backups, log_: Log, book: Book, data: Path) -> None:
    """Go back to a backup at a start, as that was begun and not finished."""
    for _ in put_documents(book, put_log(name, backups, log_, data)):
        pass


def _coming(old: Book, book: Book) -> Iterator[tuple[str, list[Any]]]:
    """What a book becomes, by name: as the old one was, but for what keeps something out, and
    for feeds that are off by now."""
    for name, kept in book.kept.items():
        if kept.role != "guard":
            now = {kept.name(one): one for one in kept.all()}
            yield (
                name,
                [drop_feed_consent(one, now.get(kept.name(one))) for one in old.kept[name].all()],
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
