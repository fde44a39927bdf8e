"""Suggestions: handles the user interacts with that belong to nobody yet."""

from collections.abc import Callable, Collection

from plnd.core.context import DAY_MS, Context
from plnd.core.people.handles import handle_id
from plnd.core.people.register import Register
from plnd.measures.document_validation import check
from plnd.measures.people.handles import HandleKey, handle_key
from plnd.measures.people.ties import SUGGEST_DAYS, Suggestion, suggestions
from plnd.model.people import Dismissed, Handle, PersonRequest, PersonView, SuggestionReply


class Suggestions:
    """`own_handles` gives the handles of the user's own profiles; `add` adds a person."""

    def __init__(
        self,
        context: Context,
        register: Register,
        own_handles: Callable[[], Collection[HandleKey]],
        add: Callable[[PersonRequest], PersonView],
    ) -> None:
        self._context = context
        self._register = register
        self._own_handles = own_handles
        self._add = add
        self._refused = context.book.refused

    def all(self) -> list[Suggestion]:
        """The handles with the most interactions in the last 28 days first."""
        now = self._context.clock()
        counts: dict[HandleKey, dict[str, int]] = {}
        for one in self._context.log.queries.touch_counts(now - SUGGEST_DAYS * DAY_MS, now + 1):
            counts.setdefault(one.key, {})[one.kind] = one.count
        refused = {handle_key(*one.id.partition(":")[::2]) for one in self._refused.all()}
        known = {*self._register.directory.by_handle, *self._own_handles()}
        return suggestions(counts, known=known, refused=refused)

    def answer(self, reply: SuggestionReply) -> PersonView | None:
        """Add the suggested person, or remember not to suggest the handle again.

        Raises:
            Conflict: the handle belongs to somebody already.
        """
        handle = Handle(network=reply.network, handle=reply.handle.lstrip("@"))
        if reply.answer == "yes":
            name = reply.name or handle.handle
            return self._add(PersonRequest(name=name, handles=[handle], how_met="online"))
        self._context.check_network(reply.network)
        refused = Dismissed(id=handle_id(handle), at=self._context.clock())
        check(refused)
        self._refused.put(refused)
        return None
