"""The quarterly plan."""

from collections.abc import Callable

from plnd.core.chats.chats import Chats
from plnd.core.context import Context
from plnd.core.people.people import People
from plnd.core.reviews.freshness import active_freshness
from plnd.measures.review import compare_plans, plan, quarter_name
from plnd.model.day import ProfileToday
from plnd.model.review import Plan, PlanDiff
from plnd.words.messages import ENGLISH, Words


class Plans:
    """`profiles` gives the user's own as today shows them, `unaffordable` the networks beyond
    the budget with the reason."""

    def __init__(
        self,
        context: Context,
        people: People,
        chats: Chats,
        *,
        profiles: Callable[[], list[ProfileToday]],
        unaffordable: Callable[[Words], list[tuple[str, str]]],
    ) -> None:
        self._context = context
        self._stored = context.book.plans
        self._people = people
        self._chats = chats
        self._profiles = profiles
        self._unaffordable = unaffordable

    def current(self, words: Words = ENGLISH) -> tuple[Plan, PlanDiff | None]:
        """This quarter's plan as of now, compared with the latest stored one before."""
        now = self._context.clock()
        quarter = quarter_name(self._context.day_of(now))
        confirmed = {one.id for one in self._chats.confirmed()}
        made = plan(
            quarter=quarter,
            made_at=now,
            suggested=self._people.suggestions.all(),
            drifting=self._people.relationships.drifting(),
            freshness=active_freshness(self._profiles(), self._context.names),
            unaffordable=self._unaffordable(words),
            unconfirmed=[one.tag for one in self._chats.followed() if one.id not in confirmed],
            words=words,
        )
        before = max(
            (one for one in self._stored.all() if one.quarter < quarter),
            key=lambda one: one.quarter,
            default=None,
        )
        return made, compare_plans(made, before) if before else None

    def save(self, words: Words = ENGLISH) -> tuple[Plan, PlanDiff | None]:
        """Store this quarter's plan in place of the one stored before."""
        made, diff = self.current(words)
        self._stored.put(made)
        return made, diff
