"""Merging two entries that are one person, and undoing it."""

import msgspec

from plnd.core.context import Context, new_id
from plnd.core.people.register import Register
from plnd.errors import Conflict, Invalid, NotFound
from plnd.measures.people.merging import merge_people, undo_merge
from plnd.measures.people.uniqueness import UniquePeople
from plnd.model.people import MOST_HANDLES, Merge, Person
from plnd.store.book import validation


class Merges:
    def __init__(self, context: Context, register: Register) -> None:
        self._context = context
        self._register = register
        self._stored = context.book.merges

    def all(self) -> list[Merge]:
        """The merges that can be undone, latest first."""
        return self._stored.all()[::-1]

    def merge(self, kept: str, gone: str) -> tuple[Merge, Person]:
        """Add to `kept` what only `gone` has, and remove `gone`.

        Raises:
            Invalid: both are the same person, or together they are too large for one.
        """
        one, other = self._register.find(kept), self._register.find(gone)
        both = _merged(one, other)
        merge = Merge(id=new_id(), at=self._context.clock(), kept=one, gone=other)
        # In this order nobody is lost if the process dies between two writes.
        self._stored.put(merge)
        self._register.directory.remove(other.id)
        self._register.save(both)
        self._register.remove(other.id)
        return merge, both

    def undo(self, id: str) -> Person:
        """Restore both people; changes made to the merged one since then stay.

        Raises:
            NotFound: there is no such merge.
            Conflict: the merged person was removed, or a handle belongs to somebody else by now.
        """
        merge = self._stored.get(id)
        if merge is None:
            raise NotFound(f"no merge {id!r}", "`plnd person merges` lists what can be undone")
        current = self._register.get(merge.kept.id)
        if current is None:
            raise Conflict(f"{merge.kept.name} was removed since", "add them anew")
        restored = undo_merge(current, merge.kept, merge.gone)
        together = UniquePeople(one for one in self._register.all() if one.id != current.id)
        together.add(restored)
        together.add(merge.gone)
        self._register.save_all([restored, merge.gone])
        self._stored.remove(id)
        return restored


def _merged(one: Person, other: Person) -> Person:
    """Raises:
    Invalid: as `Merges.merge`.
    """
    if one.id == other.id:
        raise Invalid(f"{one.name} cannot be merged with themselves", field="gone")
    both = merge_people(one, other)
    if len(both.handles) > MOST_HANDLES:
        message = f"together they have {len(both.handles)} handles, at most {MOST_HANDLES} fit"
        raise Invalid(message, field="gone")
    try:
        validation.validate(msgspec.to_builtins(both), Person)
    except Invalid as error:  # two long notes or many tags can exceed the limits of one person
        raise Invalid(f"together: {error.message} ({error.field})", field="gone") from error
    return both
