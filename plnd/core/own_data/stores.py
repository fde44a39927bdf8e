"""The places that hold the user's data."""

from dataclasses import dataclass
from pathlib import Path

from plnd.store.backups import Backups
from plnd.store.book.book import Book
from plnd.store.log.log import Log


@dataclass(frozen=True, slots=True)
class Stores:
    """Both stores and their backups; `data` is the folder they lie in."""

    log: Log
    book: Book
    backups: Backups
    data: Path
