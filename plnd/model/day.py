"""The figures of today, of a day, and of many days."""

from typing import Literal

from msgspec import Struct

from plnd.model.base import Weekday

BudgetState = Literal["under", "near", "over", "off"]
Freshness = Literal["fresh", "quiet", "ageing", "stale", "unknown"]
ProfileMode = Literal["active", "reading", "retired"]


class NetworkToday(Struct, frozen=True, kw_only=True):
    """One network's part of a day; the kinds of act in `about` may be counted too high."""

    id: str
    name: str
    spent_seconds: int
    budget_minutes: int | None
    state: BudgetState
    taking_part_seconds: int
    interactions: dict[str, int]
    about: list[str]
    page_seconds: dict[str, int]


class ProfileToday(Struct, frozen=True, kw_only=True):
    """How fresh one of the user's own profiles is."""

    network: str
    handle: str
    last_post_at: int | None
    days_silent: int | None
    freshness: Freshness
    mode: ProfileMode


class ChatSlot(Struct, frozen=True, kw_only=True):
    """The next time that a followed chat takes place."""

    tag: str
    network: str
    starts_at: int
    ends_at: int


class SourceSeen(Struct, frozen=True, kw_only=True):
    """When a browser was last heard of."""

    browser: str
    last_event_at: int


class Today(Struct, frozen=True, kw_only=True):
    """A day's figures: what `plnd status`, the badge and the dashboard show."""

    day: str
    time_zone: str
    now: int
    spent_seconds: int
    budget_minutes: int | None
    left_seconds: int | None
    state: BudgetState
    taking_part_seconds: int
    chat_seconds: int
    networks: list[NetworkToday]
    profiles: list[ProfileToday]
    next_chat: ChatSlot | None
    sources: list[SourceSeen]


class Span(Struct, frozen=True, kw_only=True):
    """A stretch of time on one network; looking away for less than half a minute is part of it."""

    network: str
    start: int
    end: int


class Mark(Struct, frozen=True, kw_only=True):
    """An interaction as a point in time."""

    network: str
    action: str
    at: int


class NetworkName(Struct, frozen=True, kw_only=True):
    id: str
    name: str


class SpansAnswer(Struct, frozen=True, kw_only=True):
    """A day as a strip of time, from `start` to `end` of the user's day (ms)."""

    day: str
    time_zone: str
    start: int
    end: int
    networks: list[NetworkName]
    spans: list[Span]
    interactions: list[Mark]


class NetworkOfDay(Struct, frozen=True, kw_only=True):
    """One network's part of a day that is looked back on."""

    id: str
    spent_seconds: int
    work_seconds: int
    taking_part_seconds: int
    interactions: dict[str, int]


class DayRow(Struct, frozen=True, kw_only=True):
    """A day; `interaction_day` when it has a post, reply, message or share."""

    day: str
    interaction_day: bool
    networks: list[NetworkOfDay]


class HourRow(Struct, frozen=True, kw_only=True):
    """What all days of a weekday have together in one hour of the clock."""

    weekday: Weekday
    hour: int
    spent_seconds: int
    taking_part_seconds: int


class DaysAnswer(Struct, frozen=True, kw_only=True):
    """The days `first` to `last`, both included; hours without time are left out.

    `known_since` is the first day of which anything is stored, whatever days were asked for.
    """

    first: str
    last: str
    time_zone: str
    known_since: str | None
    networks: list[NetworkName]
    days: list[DayRow]
    hours: list[HourRow]
