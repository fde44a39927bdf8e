"""Budgets: which ones apply now, what is left of them, and their state. Pure."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from plnd.measures.time import WEEKDAYS
from plnd.model.base import Weekday
from plnd.model.day import BudgetState
from plnd.model.settings import Budget, When

NEAR_FROM = 0.8
_SEVERITY = {"off": 0, "under": 1, "near": 2, "over": 3}


def budget_id(network: str | None, days: Sequence[Weekday] | None, when: When | None) -> str:
    """The id of a budget: equal for equal network, days and hours. All days mean none is named."""
    chosen = sorted_days(days)
    parts = [network or "all", "-".join(chosen or ()), when or ""]
    return ".".join(part for part in parts if part)


def sorted_days(days: Sequence[Weekday] | None) -> list[Weekday] | None:
    """Weekdays in order, each once; None for all of them."""
    chosen = sorted(set(days or ()), key=WEEKDAYS.index)
    return chosen if 0 < len(chosen) < len(WEEKDAYS) else None


class BudgetStatus(Struct, frozen=True):
    """A budget that applies now, and what was spent of it today."""

    budget: Budget
    spent_ms: int

    @property
    def allowed_ms(self) -> int:
        return self.budget.minutes * 60_000

    @property
    def left_ms(self) -> int:
        return max(0, self.allowed_ms - self.spent_ms)

    @property
    def state(self) -> BudgetState:
        """`near` from 80 % of the budget, `over` above all of it."""
        if self.spent_ms > self.allowed_ms:
            return "over"
        if self.allowed_ms and self.spent_ms >= NEAR_FROM * self.allowed_ms:
            return "near"
        return "under"


def budget_statuses(
    budgets: Iterable[Budget],
    *,
    weekday: str,
    now_when: When,
    spent: Callable[[str | None, str | None], int],
) -> dict[str | None, list[BudgetStatus]]:
    """The budgets that apply now, by network (None: over all networks), with what was spent.

    Of several for the same network and hours the one for the fewest weekdays applies. A budget
    for work hours applies in work hours only, and counts only their time; likewise off hours.
    """
    chosen: dict[tuple[str | None, str | None], Budget] = {}
    for budget in budgets:
        if budget.when not in (None, now_when) or (budget.days and weekday not in budget.days):
            continue
        key = (budget.network, budget.when)
        if key not in chosen or _day_count(budget) <= _day_count(chosen[key]):
            chosen[key] = budget
    found: dict[str | None, list[BudgetStatus]] = {}
    for (network, when), budget in chosen.items():
        found.setdefault(network, []).append(BudgetStatus(budget, spent(network, when)))
    return found


def most_pressing(statuses: Sequence[BudgetStatus]) -> BudgetStatus | None:
    """The budget in the worst state, and of those the one with the least left."""
    if len(statuses) < 2:
        return statuses[0] if statuses else None
    return max(statuses, key=lambda one: (_SEVERITY[one.state], -one.left_ms))


def _day_count(budget: Budget) -> int:
    return len(budget.days) if budget.days else 7
