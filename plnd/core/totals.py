"""The figures of a day. Those of today follow each commit.

What a commit changes is worked out when somebody asks; what only a new minute or another
setting changes is kept beside it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from plnd.core.chats import Chats
from plnd.core.context import Context
from plnd.core.trends import date_of
from plnd.measures.budget import BudgetStatus, budget_statuses, most_pressing
from plnd.measures.day import DayTotals
from plnd.measures.time import WEEKDAYS, TimeTotals, WorkHours, day_bounds
from plnd.model.day import ChatSlot, NetworkToday, ProfileToday, SourceSeen, Today
from plnd.model.settings import Budget, When
from plnd.store.log.log import Outcome

MINUTE_MS = 60_000
OVER = -1
"""The number of a minute whose rest holds no longer."""


class _Minute(msgspec.Struct):
    """What holds of a day for a minute (`number`, since the epoch), whatever is recorded in it."""

    number: int
    day: date
    zone: ZoneInfo
    when: When
    hours: WorkHours
    figures: DayTotals
    profiles: list[ProfileToday]
    next_chat: ChatSlot | None
    follows_chats: bool


class _Answer(msgspec.Struct):
    """A day's answer, and the budgets that it was held against, by network (None: in all)."""

    today: Today
    held: dict[str | None, list[BudgetStatus]]


class Totals:
    """Today's figures, and those of other days. It lives as long as the stores stay as they are.

    `unsure` are the kinds of act, by network, that may be counted too high; `profiles` gives the
    part of the user's own profiles.
    """

    def __init__(
        self,
        context: Context,
        *,
        unsure: Mapping[str, Collection[str]],
        chats: Chats,
        profiles: Callable[[], list[ProfileToday]],
    ) -> None:
        self._context = context
        self._unsure = unsure
        self._chats = chats
        self._profiles = profiles
        # When each browser was last heard of: the time (ms) of its latest event.
        self.seen = context.log.seen()
        self._minute: _Minute | None = None
        self.drop()

    def drop(self) -> None:
        """Look anew at all but the log: something was changed, other than by a commit."""
        self.budgets: list[Budget] = self._context.book.budgets.all()
        self._kept: _Answer | None = None
        if self._minute:
            self._minute.number = OVER

    def committed(self, outcome: Outcome) -> None:
        """Take in what a commit changed."""
        self._kept = None
        if minute := self._minute:
            for begin, sums in outcome.quarters.items():
                minute.figures.set_quarter(begin, sums.times, sums.acts)
            if minute.follows_chats:  # what was recorded may say that one takes place
                minute.number = OVER
        for browser, at in outcome.seen.items():
            self.seen[browser] = max(at, self.seen.get(browser, 0))

    def today(self, day: str | None = None) -> Today:
        """The figures of today, or of another day (YYYY-MM-DD).

        Raises:
            Invalid: the day is not a date.
        """
        now = self._context.clock()
        if day is not None:
            return self._work_out(self._look(date_of(day), now), now).today
        return msgspec.structs.replace(self._now(now).today, now=now)

    def day(self, now: int) -> date:
        """The user's day that it is."""
        return self._this_minute(now).day

    def standings(self, now: int) -> list[BudgetStatus]:
        """The budgets that hold now, and what was spent against them today."""
        return [one for group in self._now(now).held.values() for one in group]

    def budget_minutes(self, day: date) -> int | None:
        """The budget of a day over all networks; None when there is none."""
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

    def _now(self, now: int) -> _Answer:
        """How today stands: as it was worked out since the last commit, in this minute."""
        minute = self._this_minute(now)
        if self._kept is None:
            self._kept = self._work_out(minute, now)
        return self._kept

    def _this_minute(self, now: int) -> _Minute:
        if self._minute is None or self._minute.number != now // MINUTE_MS:
            self._minute = self._look(None, now)
            self._kept = None
        return self._minute

    def _look(self, day: date | None, now: int) -> _Minute:
        """What holds of a day (None: of today) in this minute."""
        context = self._context
        zone, hours, chats = context.zone(), context.work_hours(), self._chats
        day = context.day_of(now) if day is None else day
        figures = self._figures(day, zone, hours)
        return _Minute(
            number=now // MINUTE_MS,
            day=day,
            zone=zone,
            when="work" if hours.at(now, zone) else "off",
            hours=hours,
            figures=figures,
            profiles=self._profiles(),
            next_chat=chats.next(),
            follows_chats=bool(chats.followed()),
        )

    def _figures(self, day: date, zone: ZoneInfo, hours: WorkHours) -> DayTotals:
        """A day's figures; those that are kept when they are the same."""
        start, end = day_bounds(day, zone, self._context.settings().day_start)
        old, wanted = self._minute, (start, end, zone, hours)
        if old and (old.figures.start, old.figures.end, old.zone, old.hours) == wanted:
            return old.figures
        figures = DayTotals(start, end, lambda begin: hours.at(begin, zone))
        for begin, sums in self._context.log.quarters(start, end).items():
            figures.set_quarter(begin, sums.times, sums.acts)
        return figures

    def _work_out(self, minute: _Minute, now: int) -> _Answer:
        figures = minute.figures
        chats: dict[tuple[int, str], TimeTotals] = {}
        if minute.follows_chats:
            chats = self._chats.times(figures.start, figures.end)
        held = self._budgets_held(minute, chats)
        bound = most_pressing(held.get(None, ()))
        spent, taking_part = figures.spent_ms(), figures.taking_part_ms()
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
            networks=self._networks(figures, held),
            profiles=minute.profiles,
            next_chat=minute.next_chat,
            sources=[
                SourceSeen(browser=browser, last_event_at=at)
                for browser, at in sorted(self.seen.items())
            ],
        )
        return _Answer(answer, held)

    def _budgets_held(
        self, minute: _Minute, chats: Mapping[tuple[int, str], TimeTotals]
    ) -> dict[str | None, list[BudgetStatus]]:
        """The budgets that hold, and what was spent against them: chats left out, if wanted."""
        outside = chats if self._context.settings().chats_outside_budget else {}

        def spent(network: str | None, when: str | None) -> int:
            chat = sum(
                tally.spent_ms
                for (begin, one), tally in outside.items()
                if network in (None, one)
                and (when is None or (when == "work") == minute.hours.at(begin, minute.zone))
            )
            return minute.figures.spent_ms(network, when) - chat

        return budget_statuses(
            self.budgets,
            weekday=WEEKDAYS[minute.day.weekday()],
            now_when=minute.when,
            spent=spent,
        )

    def _networks(
        self, figures: DayTotals, held: Mapping[str | None, Sequence[BudgetStatus]]
    ) -> list[NetworkToday]:
        rows = []
        whole = most_pressing(held.get(None, ()))
        for network, figure in figures.networks.items():
            acts = {action: count for action, count in sorted(figure.acts.items()) if count}
            bound = most_pressing(held.get(network, ()))
            if not (figure.spent_ms or acts or bound):
                continue
            # A network without a budget of its own stands as the day does.
            holding = bound or whole
            rows.append(
                NetworkToday(
                    id=network,
                    name=self._context.names.get(network, network),
                    spent_seconds=figure.spent_ms // 1000,
                    budget_minutes=bound.budget.minutes if bound else None,
                    state=holding.state if holding else "off",
                    taking_part_seconds=figure.taking_part_ms // 1000,
                    interactions=acts,
                    about=[act for act in acts if act in self._unsure.get(network, ())],
                    page_seconds={p: ms // 1000 for p, ms in figure.pages.items() if ms},
                )
            )
        return sorted(rows, key=lambda row: (-row.spent_seconds, row.id))
