"""The totals of a day; those of today are updated after each commit.

Two caches: the answer, computed when it is asked for after a commit, and beside it what only a
new minute or a changed setting changes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from plnd.core.chats.chats import Chats
from plnd.core.context import Context
from plnd.core.trends import date_of
from plnd.measures.budget import BudgetStatus, budget_statuses, most_pressing
from plnd.measures.day import DayTotals
from plnd.measures.time import WEEKDAYS, TimeTotals, WorkHours, day_bounds
from plnd.model.day import ChatSlot, NetworkToday, ProfileToday, SourceSeen, Today
from plnd.model.settings import Budget, When
from plnd.store.log.batches import StoreResult

MINUTE_MS = 60_000
EXPIRED = -1
"""The number of a minute whose cached values are outdated."""


class _Minute(msgspec.Struct):
    """What stays the same within a minute (`number`, since the epoch) while events come in."""

    number: int
    day: date
    zone: ZoneInfo
    when: When
    hours: WorkHours
    totals: DayTotals
    profiles: list[ProfileToday]
    next_chat: ChatSlot | None
    follows_chats: bool


class _Answer(msgspec.Struct):
    """A day's answer, and the budgets in force by network (None: for all networks)."""

    today: Today
    budgets: dict[str | None, list[BudgetStatus]]


class Totals:
    """`unsure_acts` are the actions, by network, whose number may be too high; `profiles` gives
    today's part about the user's own profiles."""

    def __init__(
        self,
        context: Context,
        *,
        unsure_acts: Mapping[str, Collection[str]],
        chats: Chats,
        profiles: Callable[[], list[ProfileToday]],
    ) -> None:
        self._context = context
        self._unsure_acts = unsure_acts
        self._chats = chats
        self._profiles = profiles
        self.last_event_at = context.log.sources.last_event_times()  # by browser, ms
        self._minute: _Minute | None = None
        self.invalidate()

    def invalidate(self) -> None:
        """Compute everything again: something other than the log has changed."""
        self.budgets: list[Budget] = self._context.book.budgets.all()
        self._answer: _Answer | None = None
        if self._minute:
            self._minute.number = EXPIRED

    def after_commit(self, outcome: StoreResult) -> None:
        """Update the caches with what a commit changed."""
        self._answer = None
        if minute := self._minute:
            for begin, sums in outcome.quarters.items():
                minute.totals.set_quarter(begin, sums.times, sums.acts)
            if minute.follows_chats:  # an event may confirm a chat
                minute.number = EXPIRED
        for browser, at in outcome.last_event_at.items():
            self.last_event_at[browser] = max(at, self.last_event_at.get(browser, 0))

    def today(self, day: str | None = None) -> Today:
        """The totals of today, or of another day (YYYY-MM-DD).

        Raises:
            Invalid: the day is not a date.
        """
        now = self._context.clock()
        if day is not None:
            return self._compute(self._new_minute(date_of(day), now), now).today
        return msgspec.structs.replace(self._current(now).today, now=now)

    def day(self, now: int) -> date:
        """The user's current day."""
        return self._this_minute(now).day

    def budget_statuses(self, now: int) -> list[BudgetStatus]:
        """The budgets in force now, and how much of each is spent today."""
        return [one for group in self._current(now).budgets.values() for one in group]

    def budget_minutes(self, day: date) -> int | None:
        """The budget of a day for all networks together; None if there is none."""
        now = self._context.day_bounds(day)[0]
        working = self._context.work_hours().at(now, self._context.zone())
        held = budget_statuses(
            self.budgets,
            weekday=WEEKDAYS[day.weekday()],
            now_when="work" if working else "off",
            spent=lambda *_: 0,
        )
        bound = most_pressing(held.get(None, ()))
        return bound.budget.minutes if bound else None

    def _current(self, now: int) -> _Answer:
        """Today's answer, computed once after each commit and in each minute."""
        minute = self._this_minute(now)
        if self._answer is None:
            self._answer = self._compute(minute, now)
        return self._answer

    def _this_minute(self, now: int) -> _Minute:
        if self._minute is None or self._minute.number != now // MINUTE_MS:
            self._minute = self._new_minute(None, now)
            self._answer = None
        return self._minute

    def _new_minute(self, day: date | None, now: int) -> _Minute:
        """What stays the same of a day (None: of today) within this minute."""
        context = self._context
        zone, hours, chats = context.zone(), context.work_hours(), self._chats
        day = context.day_of(now) if day is None else day
        totals = self._day_totals(day, zone, hours)
        return _Minute(
            number=now // MINUTE_MS,
            day=day,
            zone=zone,
            when="work" if hours.at(now, zone) else "off",
            hours=hours,
            totals=totals,
            profiles=self._profiles(),
            next_chat=chats.next(),
            follows_chats=bool(chats.followed()),
        )

    def _day_totals(self, day: date, zone: ZoneInfo, hours: WorkHours) -> DayTotals:
        """A day's totals; the cached ones if day, zone and working hours are the same."""
        start, end = day_bounds(day, zone, self._context.settings().day_start)
        old, wanted = self._minute, (start, end, zone, hours)
        if old and (old.totals.start, old.totals.end, old.zone, old.hours) == wanted:
            return old.totals
        totals = DayTotals(start, end, lambda begin: hours.at(begin, zone))
        for begin, sums in self._context.log.queries.quarter_sums(start, end).items():
            totals.set_quarter(begin, sums.times, sums.acts)
        return totals

    def _compute(self, minute: _Minute, now: int) -> _Answer:
        totals = minute.totals
        chats: dict[tuple[int, str], TimeTotals] = {}
        if minute.follows_chats:
            chats = self._chats.attendance.times(totals.start, totals.end)
        budgets = self._budgets_in_force(minute, chats)
        bound = most_pressing(budgets.get(None, ()))
        spent, taking_part = totals.spent_ms(), totals.taking_part_ms()
        answer = Today(
            day=minute.day.isoformat(),
            time_zone=minute.zone.key,
            now=now,
            spent_seconds=spent // 1000,
            budget_minutes=bound.budget.minutes if bound else None,
            left_seconds=bound.left_ms // 1000 if bound else None,
            state=bound.state if bound else "off",
            taking_part_seconds=taking_part // 1000,
            chat_seconds=sum(tally.spent_ms for tally in chats.values()) // 1000,
            networks=self._networks(totals, budgets),
            profiles=minute.profiles,
            next_chat=minute.next_chat,
            sources=[
                SourceSeen(browser=browser, last_event_at=at)
                for browser, at in sorted(self.last_event_at.items())
            ],
        )
        return _Answer(answer, budgets)

    def _budgets_in_force(
        self, minute: _Minute, chats: Mapping[tuple[int, str], TimeTotals]
    ) -> dict[str | None, list[BudgetStatus]]:
        """The budgets in force and how much of each is spent, without chats if so set."""
        outside = chats if self._context.settings().chats_outside_budget else {}

        def spent(network: str | None, when: str | None) -> int:
            chat = sum(
                tally.spent_ms
                for (begin, one), tally in outside.items()
                if network in (None, one)
                and (when is None or (when == "work") == minute.hours.at(begin, minute.zone))
            )
            return minute.totals.spent_ms(network, when) - chat

        return budget_statuses(
            self.budgets,
            weekday=WEEKDAYS[minute.day.weekday()],
            now_when=minute.when,
            spent=spent,
        )

    def _networks(
        self, totals: DayTotals, budgets: Mapping[str | None, Sequence[BudgetStatus]]
    ) -> list[NetworkToday]:
        rows = []
        whole = most_pressing(budgets.get(None, ()))
        for network, total in totals.networks.items():
            acts = {action: count for action, count in sorted(total.acts.items()) if count}
            bound = most_pressing(budgets.get(network, ()))
            if not (total.spent_ms or acts or bound):
                continue
            binding = bound or whole
            rows.append(
                NetworkToday(
                    id=network,
                    name=self._context.names.get(network, network),
                    spent_seconds=total.spent_ms // 1000,
                    budget_minutes=bound.budget.minutes if bound else None,
                    state=binding.state if binding else "off",
                    taking_part_seconds=total.taking_part_ms // 1000,
                    interactions=acts,
                    about=[act for act in acts if act in self._unsure_acts.get(network, ())],
                    page_seconds={p: ms // 1000 for p, ms in total.pages.items() if ms},
                )
            )
        return sorted(rows, key=lambda row: (-row.spent_seconds, row.id))
