"""The weekly review, the quarterly plan, and the ledger of work and home: sums in, words out.

No single score: four lights, each with the sums that it is made of, and one suggestion with
its reason. Words say what was done, never what is good for anybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, field

from plnd.measures.people import Standing, Suggestion
from plnd.measures.time import WEEKDAYS

Colour = Literal["green", "amber", "red", "learning", "off"]
LEARNING_DAYS = 7
OVER = 1.25
TALKING = ("post", "reply", "message", "share")
RUNGS = ("listen", "react", "reply", "post", "host")


# -- weeks --------------------------------------------------------------------------


def week_name(day: date) -> str:
    """The ISO week of a day: 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_begin(name: str) -> date:
    """The Monday of a week such as 2026-W48.

    Raises:
        ValueError: there is no such week.
    """
    year, mark, week = name.partition("-W")
    if not mark or len(year) != 4 or len(week) != 2:
        raise ValueError(f"{name!r} is not a week")
    return date.fromisocalendar(int(year), int(week), 1)


def reviewed_week(today: date, minute: int, weekday: str, at_minute: int) -> tuple[str, date]:
    """The week that the last review was about, and the day of that review.

    It is the one most of whose days lay behind it. `weekday` and `at_minute` say when the
    user reviews; `today` and `minute` are now.
    """
    back = (today.weekday() - WEEKDAYS.index(weekday)) % 7
    if back == 0 and minute < at_minute:
        back = 7
    held = today - timedelta(days=back)
    return week_name(held - timedelta(days=3)), held


# -- the four lights -------------------------------------------------------------------


class Light(Struct, frozen=True, kw_only=True):
    """One of the four: its colour, what it says, and the figures that it comes from."""

    name: Literal["time", "interaction", "freshness", "breadth"]
    colour: Colour
    says: str
    sums: dict[str, float]


def lights(week: "Week", *, interaction_days: int, breadth: float) -> list[Light]:
    """Time, interaction, freshness, breadth; the targets are the user's settings.

    With under seven days of data all say that plnd is still learning.
    """
    if week.days_known < LEARNING_DAYS:
        says = f"learning: {_days(week.days_known)} of {LEARNING_DAYS} so far"
        sums: dict[str, float] = {"days_known": week.days_known}
        names: tuple[Literal["time", "interaction", "freshness", "breadth"], ...]
        names = ("time", "interaction", "freshness", "breadth")
        return [Light(name=name, colour="learning", says=says, sums=sums) for name in names]
    return [
        _time(week),
        _interaction(week, interaction_days),
        _freshness(week.freshness),
        _breadth(week.breadth, breadth),
    ]


def _time(week: "Week") -> Light:
    spent, budget = week.budgeted_ms // 60_000, week.budget_minutes
    sums: dict[str, float] = {"spent_minutes": spent, "chat_minutes": week.chat_ms // 60_000}
    if budget is None:
        return Light(name="time", colour="off", says=f"{_minutes(spent)}, no budget set", sums=sums)
    colour: Colour = "green" if spent <= budget else "amber" if spent <= budget * OVER else "red"
    says = f"{spent} of {_minutes(budget)}"
    return Light(name="time", colour=colour, says=says, sums={**sums, "budget_minutes": budget})


def _interaction(week: "Week", target: int) -> Light:
    found = week.interaction_days_28
    colour: Colour = "green" if found >= target else "amber" if 2 * found >= target else "red"
    return Light(
        name="interaction",
        colour=colour,
        says=f"{_days(found)} of the last 28 with a post, reply, message or share",
        sums={"days": found, "of_days": 28, "target_days": target},
    )


def _freshness(profiles: Mapping[str, str]) -> Light:
    states = list(profiles.values())
    counts = {state: states.count(state) for state in ("fresh", "quiet", "ageing", "stale")}
    known = sum(counts.values())
    if not known:
        says, colour = "no own profile with a known last post", "off"
    else:
        worst = next(one for one in ("stale", "ageing", "quiet", "fresh") if counts[one])
        names = ", ".join(sorted(name for name, state in profiles.items() if state == worst))
        says = f"{worst}: {names}"
        colour = {"stale": "red", "ageing": "amber"}.get(worst, "green")
    return Light(name="freshness", colour=colour, says=says, sums=dict(counts))  # type: ignore[arg-type]


def _breadth(found: float | None, target: float) -> Light:
    if found is None:
        return Light(name="breadth", colour="off", says="spoke with nobody in 28 days", sums={})
    colour: Colour = "green" if found >= target else "amber" if 2 * found >= target else "red"
    return Light(
        name="breadth",
        colour=colour,
        says=f"as if you spoke equally with {found:.1f} people",
        sums={"people": round(found, 1), "target_people": target},
    )


# -- the week -----------------------------------------------------------------------


class Week(Struct, frozen=True):
    """The sums that a review is made of. Times in ms; `budget_minutes` is the whole week's.

    `freshness` is by profile's name; `breadth` None when nobody was spoken with.
    """

    days_known: int
    spent_ms: int
    budgeted_ms: int
    taking_part_ms: int
    chat_ms: int
    budget_minutes: int | None
    interaction_days: int
    interaction_days_28: int
    breadth: float | None
    freshness: Mapping[str, str] = field(default_factory=dict)


class Advice(Struct, frozen=True, kw_only=True):
    """One suggestion, and the figures that are its reason."""

    kind: Literal["write", "post", "time", "chat", "tie", "join"]
    text: str
    reason: str


def advice(
    week: Week,
    *,
    drifting: Sequence[Standing],
    tie: str | None,
    missed: Sequence[str],
    next_chat: str | None,
) -> Advice:
    """The one thing worth doing next, the most personal first."""
    late = next((one for one in drifting if one.gap == "late"), None)
    if late and late.cadence:
        return Advice(
            kind="write",
            text=f"Write to {late.person.name}",
            reason=f"{_days(late.elapsed_ms // 86_400_000)} since the last touch; "
            f"you aim at {late.cadence.ideal_days}",
        )
    stale = sorted(name for name, state in week.freshness.items() if state == "stale")
    if stale:
        return Advice(
            kind="post",
            text=f"Post on {stale[0]}, keep it for reading, or close it",
            reason="its last post was three months ago or more",
        )
    spent = week.budgeted_ms // 60_000
    if week.budget_minutes is not None and spent > week.budget_minutes * OVER:
        return Advice(
            kind="time",
            text="Change the budget, or pick the network that can wait",
            reason=f"{spent} minutes of {week.budget_minutes} this week",
        )
    if tie:
        return Advice(
            kind="tie", text=f"Say hello to {tie}", reason="this week's draw of the weak ties"
        )
    if next_chat:
        reason = f"#{missed[0]} was missed this week" if missed else "it is the next in your list"
        return Advice(kind="chat", text=f"Look in at #{next_chat}", reason=reason)
    return Advice(
        kind="join",
        text="Reply to one post this week",
        reason=f"{_days(week.interaction_days)} of this week had an interaction",
    )


def rung(acts: Mapping[str, int], listened: int) -> tuple[str | None, str]:
    """The highest rung of the ladder that was reached, and the next one to try."""
    reached = -1
    if listened:
        reached = 0
    for number, action in enumerate(("react", "reply", "post"), 1):
        if acts.get(action):
            reached = number
    return (RUNGS[reached] if reached >= 0 else None), RUNGS[min(reached + 1, len(RUNGS) - 1)]


# -- the quarterly plan -----------------------------------------------------------------


class Item(Struct, frozen=True, kw_only=True):
    """One line of a plan; `key` is the same in the next plan as long as it is the same matter."""

    key: str
    text: str
    reason: str


class Plan(Struct, frozen=True, kw_only=True):
    """What to add, to tend and to close in a quarter (2026-Q4)."""

    quarter: str
    made_at: int
    add: list[Item]
    tend: list[Item]
    close: list[Item]


class PlanDiff(Struct, frozen=True, kw_only=True):
    """A plan beside the one before: the keys that came, stayed and went, by part."""

    since: str
    new: list[str]
    still: list[str]
    gone: list[str]


MOST_ITEMS = 5


def quarter_name(day: date) -> str:
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def plan(
    *,
    quarter: str,
    made_at: int,
    suggested: Sequence[Suggestion],
    drifting: Sequence[Standing],
    freshness: Mapping[str, str],
    unaffordable: Sequence[tuple[str, str]],
    unconfirmed: Sequence[str],
) -> Plan:
    """Five lines a part at most. `unaffordable` are networks beyond the budget, with the reason."""
    add = [
        Item(
            key=f"person:{one.network}:{one.handle}",
            text=f"Add @{one.handle} ({one.network})",
            reason=f"{one.touches} interactions in 28 days",
        )
        for one in suggested
    ]
    tend = [
        Item(
            key=f"person:{one.person.id}",
            text=f"Write to {one.person.name}",
            reason=f"{_days(one.elapsed_ms // 86_400_000)} since the last touch",
        )
        for one in drifting
    ] + [
        Item(key=f"profile:{name}", text=f"Post on {name}", reason=f"its posts are {state}")
        for name, state in freshness.items()
        if state in ("quiet", "ageing")
    ]
    close = (
        [
            Item(key=f"network:{name}", text=f"Close {name}", reason=why)
            for name, why in unaffordable
        ]
        + [
            Item(
                key=f"profile:{name}", text=f"Revive or close {name}", reason="its posts are stale"
            )
            for name, state in freshness.items()
            if state == "stale"
        ]
        + [
            Item(key=f"chat:{tag}", text=f"Unfollow #{tag}", reason="three silent slots running")
            for tag in unconfirmed
        ]
    )
    return Plan(
        quarter=quarter,
        made_at=made_at,
        add=add[:MOST_ITEMS],
        tend=tend[:MOST_ITEMS],
        close=close[:MOST_ITEMS],
    )


def compared(now: Plan, last: Plan) -> PlanDiff:
    """What is new, what still stands and what is done with since the last plan."""
    ours = [f"{part}/{one.key}" for part, items in _parts(now) for one in items]
    theirs = [f"{part}/{one.key}" for part, items in _parts(last) for one in items]
    return PlanDiff(
        since=last.quarter,
        new=[key for key in ours if key not in theirs],
        still=[key for key in ours if key in theirs],
        gone=[key for key in theirs if key not in ours],
    )


def _parts(one: Plan) -> list[tuple[str, list[Item]]]:
    return [("add", one.add), ("tend", one.tend), ("close", one.close)]


# -- work and home ------------------------------------------------------------------------


class LedgerRow(Struct, frozen=True, kw_only=True):
    """A network's time in work hours and off them, in seconds, and the interactions."""

    network: str
    work_seconds: int
    off_seconds: int
    taking_part_seconds: int
    interactions: int


def ledger(
    days: Iterable[Mapping[str, tuple[int, int, int, int]]],
) -> list[LedgerRow]:
    """Days' figures by network (ms in all, in work hours, taking part; interactions), added up."""
    sums: dict[str, list[int]] = {}
    for day in days:
        for network, figures in day.items():
            total = sums.setdefault(network, [0, 0, 0, 0])
            for number, figure in enumerate(figures):
                total[number] += figure
    rows = [
        LedgerRow(
            network=network,
            work_seconds=work // 1000,
            off_seconds=(spent - work) // 1000,
            taking_part_seconds=part // 1000,
            interactions=acts,
        )
        for network, (spent, work, part, acts) in sums.items()
    ]
    return sorted(rows, key=lambda row: (-row.work_seconds - row.off_seconds, row.network))


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _minutes(count: int) -> str:
    return "1 minute" if count == 1 else f"{count} minutes"
