"""What each browser's extension last reported about itself."""

from collections.abc import Callable

from plnd.model.sources import SourceHeard, SourceReport
from plnd.store.book.book import Book


class Sources:
    """The reports, one for each browser profile that the extension was ever installed in."""

    def __init__(self, book: Book, clock: Callable[[], int]) -> None:
        self._book = book
        self._clock = clock

    def reports(self) -> list[SourceHeard]:
        """The last report of each profile, the latest first."""
        return sorted(self._book.sources.all(), key=lambda one: (-one.heard_at, one.profile))

    def save(self, profile: str, report: SourceReport) -> SourceHeard:
        """Store a profile's report in place of the one before."""
        saved = SourceHeard(
            profile=profile,
            browser=report.browser,
            extension=report.extension,
            networks=sorted(set(report.networks)),
            heard_at=self._clock(),
        )
        self._book.sources.put(saved)
        return saved
