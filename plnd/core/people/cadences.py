"""Cadences by tag: how often the user wants to be in touch with people of that tag."""

from plnd.errors import NotFound
from plnd.measures.field_checks import check_gaps
from plnd.model.people import Cadence, TagCadence
from plnd.store.book.book import Book


class Cadences:
    def __init__(self, book: Book) -> None:
        self._book = book

    def all(self) -> list[TagCadence]:
        return self._book.cadences.all()

    def by_tag(self) -> dict[str, Cadence]:
        return {
            one.tag: Cadence(ideal_days=one.ideal_days, worst_days=one.worst_days)
            for one in self.all()
        }

    def set(self, wanted: TagCadence) -> TagCadence:
        """Raises:
        Invalid: the worst gap is shorter than the ideal one.
        """
        check_gaps(wanted, "worst_days")
        self._book.cadences.put(wanted)
        return wanted

    def remove(self, tag: str) -> None:
        """Raises:
        NotFound: the tag has no cadence.
        """
        if not self._book.cadences.remove(tag):
            raise NotFound(f"no cadence for {tag!r}", "`plnd person cadence` lists them")
