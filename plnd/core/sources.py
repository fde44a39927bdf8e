"""Who sends: what each browser's extension said of itself, and when."""

from collections.abc import Callable

from plnd.model.sources import SourceHeard, SourceReport
from plnd.store.book.book import Book


class Sources:
    """The browsers' profiles that the extension was ever in, by its own report."""

    def __init__(self, book: Book, clock: Callable[[], int]) -> None:
        self._book = book
        self._clock = clock

    def heard(self) -> list[SourceHeard]:
        """Each profile as it last spoke of itself; who spoke last stands first."""
        return sorted(self._book.sources.all(), key=lambda one: (-one.heard_at, one.profile))

    def hear(self, profile: str, report: SourceReport) -> SourceHeard:
        """Keep what a profile's extension says of itself, in place of what it said before."""
        said = SourceHeard(
            profile=profile,
            browser=report.browser,
            extension=report.extension,
            networks=sorted(set(report.networks)),
            heard_at=self._clock(),
        )
        self._book.sources.put(said)
        return said
