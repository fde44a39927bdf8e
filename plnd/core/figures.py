"""The figures of a day. Those of today follow each commit.

What a commit changes is worked out when somebody asks; what only a new minute or another
setting changes is kept beside it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from plnd.core.chats import Chats
from plnd.core.ground import Ground
from plnd.core.trends import date_of
from plnd.measures.budget import Standing, in_force, standings
from plnd.measures.day import DayFigures
from plnd.measures.time import WEEKDAYS, Tally, WorkHours, day_bounds
from plnd.model import (
    Budget,
    ChatSlot,
    NetworkToday,
    ProfileToday,
    SourceSeen,
    Today,
    When,
)
from plnd.store.log import Outcome

MINUTE_MS = 60_000
OVER = -1
"""The minute of a frame that no longer holds."""


class _Frame(msgspec.Struct):
    """What holds of a day for a minute, whatever is recorded in it."""

    minute: int
    day: date
    zone: ZoneInfo
    when: When
    hours: WorkHours
    figures: DayFigures
    profiles: list[ProfileToday]
    next_chat: ChatSlot | None
    follows_chats: bool


class _Answer(msgspec.Struct):
    """A day's answer, and the budgets that it was held against, by network (None: in all)."""

    answer: Today
    budgets: dict[str | None, list[Standing]]


class Figures:
    """`unsure` are the kinds of act, by network, that may be counted too high."""

    def __init__(
        self,
        ground: Ground,
        *,
        unsure: Mapping[str, Collection[str]],
        chats: Callable[[], Chats],
        profiles: Callable[[], list[ProfileToday]],
    ) -> None:
        self._ground = ground
        self._unsure = unsure
        self._chats = chats
        self._profiles = profiles
        self.take_store()

    def take_store(self) -> None:
        """Take up what both stores hold."""
        # When each browser was last heard of: the time (ms) of its latest event.
        self.seen = self._ground.log.seen()
        self._frame: _Frame | None = None
        self.drop()

    def drop(self) -> None:
        """Look anew at all but the log: something was changed, other than by a commit."""
        self.budgets: list[Budget] = self._ground.book.budgets.all()
        self._kept: _Answer | None = None
        if self._frame:
            self._frame.minute = OVER

    def committed(self, outcome: Outcome) -> None:
        """Take in what a commit changed."""
        self._kept = None
        if frame := self._frame:
            for begin, sums in outcome.quarters.items():
                frame.figures.put(begin, sums.times, sums.acts)
            if frame.follows_chats:  # what was recorded may say that one takes place
                frame.minute = OVER
        for browser, at in outcome.seen.items():
            self.seen[browser] = max(at, self.seen.get(browser, 0))

    def today(self, day: str | None = None) -> Today:
        """The figures of today, or of another day (YYYY-MM-DD).

        Raises:
            Invalid: the day is not a date.
        """
        now = self._ground.clock()
        if day is not None:
            return self._work_out(self._frame_of(date_of(day), now), now).answer
        return msgspec.structs.replace(self._now(now).answer, now=now)

    def day(self, now: int) -> date:
        """The user's day that it is."""
        return self._framed(now).day

    def standings(self, now: int) -> list[Standing]:
        """The budgets that hold now, and what was spent against them today."""
        return [one for group in self._now(now).budgets.values() for one in group]

    def budget_minutes(self, day: date) -> int | None:
        """The budget of a day over all networks; None when there is none."""
        now = self._ground.day_bounds(day)[0]
        working = self._ground.work_hours().at(now, self._ground.zone())
        held = standings(
            self.budgets,
            weekday=WEEKDAYS[day.weekday()],
            now_when="work" if working else "off",
            spent=lambda *_: 0,
        )
        bound = in_force(held.get(None, ()))
        return bound.budget.minutes if bound else None

    def _now(self, now: int) -> _Answer:
        """How today stands: as it was worked out since the last commit, in this minute."""
        frame = self._framed(now)
        if self._kept is None:
            self._kept = self._work_out(frame, now)
        return self._kept

    def _framed(self, now: int) -> _Frame:
        if self._frame is None or self._frame.minute != now // MINUTE_MS:
            self._frame = self._frame_of(None, now)
            self._kept = None
        return self._frame

    def _frame_of(self, day: date | None, now: int) -> _Frame:
        """What holds of a day (None: of today) in this minute."""
        ground = self._ground
        zone, hours, chats = ground.zone(), ground.work_hours(), self._chats()
        day = ground.day_of(now) if day is None else day
        figures = self._figures(day, zone, hours)
        return _Frame(
            minute=now // MINUTE_MS,
            day=day,
            zone=zone,
            when="work" if hours.at(now, zone) else "off",
            hours=hours,
            figures=figures,
            profiles=self._profiles(),
            next_chat=chats.next(),
            follows_chats=bool(chats.followed()),
        )

    def _figures(self, day: date, zone: ZoneInfo, hours: WorkHours) -> DayFigures:
        """A day's figures; those of the frame that is kept when they are the same."""
        start, end = day_bounds(day, zone, self._ground.settings().day_start)
        old, wanted = self._frame, (start, end, zone, hours)
        if old and (old.figures.start, old.figures.end, old.zone, old.hours) == wanted:
            return old.figures
        figures = DayFigures(start, end, lambda begin: hours.at(begin, zone))
        for begin, sums in self._ground.log.quarters(start, end).items():
            figures.put(begin, sums.times, sums.acts)
        return figures

    def _work_out(self, frame: _Frame, now: int) -> _Answer:
        figures = frame.figures
        chats: dict[tuple[int, str], Tally] = {}
        if frame.follows_chats:
            chats = self._chats().times(figures.start, figures.end)
        held = self._budgets_held(frame, chats)
        bound = in_force(held.get(None, ()))
        spent, taking_part = figures.spent_ms(), figures.taking_part_ms()
        answer = Today(
            day=frame.day.isoformat(),
            time_zone=frame.zone.key,
            now=now,
            spent_seconds=spent // 1000,
            budget_minutes=bound.budget.minutes if bound else None,
            left_seconds=bound.left_ms // 1000 if bound else None,
            state=bound.state if bound else "off",
            taking_part_seconds=taking_part // 1000,
            chat_seconds=sum(tally.spent_ms for tally in chats.values()) // 1000,
            networks=self._networks(figures, held),
            profiles=frame.profiles,
            next_chat=frame.next_chat,
            sources=[
                SourceSeen(browser=browser, last_event_at=at)
                for browser, at in sorted(self.seen.items())
            ],
        )
        return _Answer(answer, held)

    def _budgets_held(
        self, frame: _Frame, chats: Mapping[tuple[int, str], Tally]
    ) -> dict[str | None, list[Standing]]:
        """The budgets that hold, and what was spent against them: chats left out, if wanted."""
        outside = chats if self._ground.settings().chats_outside_budget else {}

        def spent(network: str | None, when: str | None) -> int:
            chat = sum(
                tally.spent_ms
                for (begin, one), tally in outside.items()
                if network in (None, one)
                and (when is None or (when == "work") == frame.hours.at(begin, frame.zone))
            )
            return frame.figures.spent_ms(network, when) - chat

        return standings(
            self.budgets,
            weekday=WEEKDAYS[frame.day.weekday()],
            now_when=frame.when,
            spent=spent,
        )

    def _networks(
        self, figures: DayFigures, held: Mapping[str | None, Sequence[Standing]]
    ) -> list[NetworkToday]:
        rows = []
        whole = in_force(held.get(None, ()))
        for network, figure in figures.networks.items():
            acts = {action: count for action, count in sorted(figure.acts.items()) if count}
            bound = in_force(held.get(network, ()))
            if not (figure.spent_ms or acts or bound):
                continue
            # A network without a budget of its own stands as the day does.
            holding = bound or whole
            rows.append(
                NetworkToday(
                    id=network,
                    name=self._ground.names.get(network, network),
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
