"""The user's budgets of minutes a day."""

import logging
from collections.abc import Callable

from plnd.core.context import Context
from plnd.errors import NotFound
from plnd.measures.budget import budget_id, sorted_days
from plnd.model.settings import Budget, BudgetRequest

log = logging.getLogger("plnd")


class Budgets:
    """`on_change` is called after a budget was set or deleted."""

    def __init__(self, context: Context, on_change: Callable[[], None]) -> None:
        self._context = context
        self._stored = context.book.budgets
        self._on_change = on_change

    def all(self) -> list[Budget]:
        return self._stored.all()

    def set(self, wanted: BudgetRequest) -> Budget:
        """Store a budget in place of the one for the same network, days and hours.

        Raises:
            Invalid: the network is unknown.
        """
        if wanted.network is not None:
            self._context.check_network(wanted.network)
        budget = Budget(
            id=budget_id(wanted.network, wanted.days, wanted.when),
            minutes=wanted.minutes,
            network=wanted.network,
            days=sorted_days(wanted.days),
            when=wanted.when,
        )
        self._stored.put(budget)
        self._on_change()
        log.info("a budget of %d minutes a day is set", budget.minutes)
        return budget

    def delete(self, id: str) -> None:
        """Raises:
        NotFound: there is no such budget.
        """
        if not self._stored.remove(id):
            raise NotFound(f"no budget {id!r}", "`plnd budget` lists them")
        self._on_change()
        log.info("a budget is removed")
