"""Restoring a backup, and what that would change."""

from collections.abc import Iterator, Mapping
from typing import Any

from plnd.core.own_data.stores import Stores
from plnd.measures.feed_consent import drop_feed_consent
from plnd.model.own_data import Change, RestoreAnswer
from plnd.store.book.book import Book
from plnd.store.data_files import read_other_files, replace_other_files
from plnd.store.log.log import Log


def would_restore(name: str, stores: Stores, log: Log) -> RestoreAnswer:
    """What restoring a backup would change; `log` is the connection to read with.

    Raises:
        NotFound: there is no such backup.
        StorageError: it is damaged, or made by a newer plnd.
    """
    backups, book = stores.backups, stores.book
    backup = backups.get(name)
    with backups.opened(name) as (old_log, old_book):
        switched_off = sorted(
            f"{one.network}:{one.handle}"
            for kept, documents in _restored(old_book, book)
            for one, was in zip(documents, old_book.collections[kept].all(), strict=True)
            if one != was
        )
        changes = {
            **{
                one: Change(back=back, gone=gone, changed=changed)
                for one, (back, gone, changed) in log.differences(old_log).items()
            },
            **{
                one: _change(_by_name(old_book, one), _by_name(book, one))
                for one, kept in book.collections.items()
                if kept.role != "guard"
            },
            "files": _change(backups.other_files(name), read_other_files(stores.data)),
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


def put_log(name: str, stores: Stores, log: Log) -> Book:
    """Restore the log, and the files that are in neither store; gives the backup's documents.

    `log` is the connection to write with.
    """
    with stores.backups.opened(name) as (old_log, old_book):
        old_log.close()
        log.restore(old_log.path)
        for one in old_book.collections.values():
            one.all()  # read now: the files are deleted when this ends
        replace_other_files(stores.data, stores.backups.other_files(name))
        return old_book


def put_documents(book: Book, old: Book) -> Iterator[None]:
    """Restore the documents, one file at a time.

    Guards (pauses, networks that are not counted, what was forgotten) stay in force.
    """
    for one, documents in _restored(old, book):
        book.collections[one].replace_all(documents)
        yield


def finish(name: str, stores: Stores) -> None:
    """Repeat, at a start, a restore that was interrupted."""
    for _ in put_documents(stores.book, put_log(name, stores, stores.log)):
        pass


def _restored(old: Book, book: Book) -> Iterator[tuple[str, list[Any]]]:
    """What each collection becomes: the old documents, but feeds that are off now stay off.

    Guards are left out.
    """
    for name, kept in book.collections.items():
        if kept.role != "guard":
            now = {kept.name_of(one): one for one in kept.all()}
            yield (
                name,
                [
                    drop_feed_consent(one, now.get(kept.name_of(one)))
                    for one in old.collections[name].all()
                ],
            )


def _by_name(book: Book, name: str) -> dict[str, object]:
    kept = book.collections[name]
    return {kept.name_of(one): one for one in kept.all()}


def _change(then: Mapping[Any, Any], now: Mapping[Any, Any]) -> Change:
    both = then.keys() & now.keys()
    return Change(
        back=len(then.keys() - now.keys()),
        gone=len(now.keys() - then.keys()),
        changed=sum(then[key] != now[key] for key in both),
    )
