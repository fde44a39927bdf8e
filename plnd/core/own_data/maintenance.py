"""What is done once a day: deleting old visits, if the user wants that, and a backup."""

from plnd.core.context import DAY_MS, Context
from plnd.core.own_data.exclusive_work import ExclusiveWork
from plnd.core.own_data.own_data import OwnData
from plnd.measures.time import QUARTER_MS
from plnd.model.base import LAST_MOMENT
from plnd.store.backups import Backups


class Maintenance:
    def __init__(
        self, context: Context, backups: Backups, own: OwnData, work: ExclusiveWork
    ) -> None:
        self._context = context
        self._backups = backups
        self._own = own
        self._work = work

    async def run(self) -> None:
        """Do what has not been done today."""
        now = self._context.clock()
        today = self._context.day_of(now).isoformat()
        self._own.load_guards()
        await self._delete_old_visits(now)
        await self._back_up(today, now)

    async def _delete_old_visits(self, now: int) -> None:
        """Keep only the sums of visits that are older than the settings allow."""
        context, days = self._context, self._context.settings().keep_visits_days
        if not days:
            return
        first = context.day_of(self._trusted_time(now) - days * DAY_MS)
        begin, _ = context.day_bounds(first)
        if begin - begin % QUARTER_MS > context.log.visits_from:
            async with self._work.exclusive():
                await self._work.write_log(lambda own: own.delete_visits_before(begin))

    def _trusted_time(self, now: int) -> int:
        """The clock's time, but at most a day after the latest event (ms).

        A clock that runs ahead must not delete visits that are not old yet.
        """
        latest = self._context.log.queries.latest((LAST_MOMENT, b""), 1)
        return min(now, latest[0].position[0] + DAY_MS) if latest else now

    async def _back_up(self, today: str, now: int) -> None:
        background = self._work.background
        async with self._work.exclusive():
            # A backup of a later day comes from a clock that ran ahead; today still needs one.
            if any(one.why == "daily" and one.name == today for one in self._backups.all()):
                return
            await background.run(
                lambda: self._backups.make(today, "daily", now, stopped=background.stopped)
            )
