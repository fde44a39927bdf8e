"""What each network costs in time and gives back in interactions, over the last four weeks."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from plnd.core.context import Context
from plnd.measures import upkeep
from plnd.model.profiles import Affords
from plnd.model.settings import Budget
from plnd.store.log.quarters import QuarterSums
from plnd.words.messages import Words

WEEKS = 4


class Upkeep:
    def __init__(self, context: Context, budgets: Callable[[], list[Budget]]) -> None:
        self._context = context
        self._budgets = budgets

    def affords(self) -> Affords:
        """Which networks fit into the user's weekly budget."""
        context = self._context
        today = context.day_of(context.clock())
        found: dict[str, list[upkeep.Week]] = {}
        for number in range(WEEKS):
            last = today - timedelta(days=7 * number)
            start, end = (
                context.day_bounds(last - timedelta(days=6))[0],
                context.day_bounds(last)[1],
            )
            for network, week in _weeks(context.log.queries.quarter_sums(start, end)).items():
                weeks = found.setdefault(network, [upkeep.Week()] * WEEKS)
                weeks[number] = week
        return upkeep.affords(found, upkeep.budget_minutes(self._budgets()), context.names)

    def unaffordable(self, words: Words) -> list[tuple[str, str]]:
        """The names of the networks beyond the weekly budget, each with the reason."""
        return [
            (
                one.name,
                words.say("plan_close_silent", hours=words.number(one.hours, 0))
                if one.weekly_minutes is None
                else words.say("plan_close_beyond", minutes=one.weekly_minutes),
            )
            for one in self.affords().networks
            if one.state == "rest"
        ]


def _weeks(quarters: Mapping[int, QuarterSums]) -> dict[str, upkeep.Week]:
    """The sums of one week by network."""
    spent: dict[str, int] = {}
    acts: dict[str, int] = {}
    for sums in quarters.values():
        for (network, _), (ms, _) in sums.times.items():
            spent[network] = spent.get(network, 0) + ms
        for (network, _), count in sums.acts.items():
            acts[network] = acts.get(network, 0) + count
    return {
        network: upkeep.Week(spent.get(network, 0), acts.get(network, 0))
        for network in spent.keys() | acts.keys()
    }
