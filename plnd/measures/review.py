"""The weekly review, the quarterly plan, and the ledger of work and home. Pure.

There is no single score: four lights, each with the figures behind it, and one suggestion with
its reason. The texts say what was done, and give no advice on health.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, field

from plnd.measures.people.ties import PersonStatus, Suggestion
from plnd.measures.time import WEEKDAYS
from plnd.model.review import Advice, Colour, LedgerRow, Light, Plan, PlanDiff, PlanItem
from plnd.words.messages import ENGLISH, Words

LEARNING_DAYS = 7
OVERSPENT = 1.25
DAY_MS = 86_400_000
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
    """The week of the last review, and the day of that review.

    It is the week most of whose days were over. `weekday` and `at_minute` are the time of the
    user's review; `today` and `minute` are now.
    """
    back = (today.weekday() - WEEKDAYS.index(weekday)) % 7
    if back == 0 and minute < at_minute:
        back = 7
    held = today - timedelta(days=back)
    return week_name(held - timedelta(days=3)), held


# -- the four lights -------------------------------------------------------------------


def lights(
    week: "Week", *, interaction_days: int, breadth: float, words: Words = ENGLISH
) -> list[Light]:
    """Time, interaction, freshness, breadth; the targets are the user's settings.

    With less than seven days of data all of them say that plnd is still learning.
    """
    if week.days_known < LEARNING_DAYS:
        days = words.count("days", week.days_known)
        says = words.say("light_learning", days=days, n=LEARNING_DAYS)
        sums: dict[str, float] = {"days_known": week.days_known}
        names: tuple[Literal["time", "interaction", "freshness", "breadth"], ...]
        names = ("time", "interaction", "freshness", "breadth")
        return [Light(name=name, colour="learning", says=says, sums=sums) for name in names]
    return [
        _time(week, words),
        _interaction(week, interaction_days, words),
        _freshness(week.freshness, words),
        _breadth(week.breadth, breadth, words),
    ]


def _time(week: "Week", words: Words) -> Light:
    spent, budget = week.budgeted_ms // 60_000, week.budget_minutes
    sums: dict[str, float] = {"spent_minutes": spent, "chat_minutes": week.chat_ms // 60_000}
    if budget is None:
        says = words.say("light_no_budget", spent=words.count("minutes", spent))
        return Light(name="time", colour="off", says=says, sums=sums)
    colour: Colour = (
        "green" if spent <= budget else "amber" if spent <= budget * OVERSPENT else "red"
    )
    says = words.say("light_budget", spent=spent, budget=words.count("minutes", budget))
    return Light(name="time", colour=colour, says=says, sums={**sums, "budget_minutes": budget})


def _interaction(week: "Week", target: int, words: Words) -> Light:
    found = week.interaction_days_28
    colour: Colour = "green" if found >= target else "amber" if 2 * found >= target else "red"
    return Light(
        name="interaction",
        colour=colour,
        says=words.count("light_days", found),
        sums={"days": found, "of_days": 28, "target_days": target},
    )


def _freshness(profiles: Mapping[str, str], words: Words) -> Light:
    states = list(profiles.values())
    counts = {state: states.count(state) for state in ("fresh", "quiet", "ageing", "stale")}
    known = sum(counts.values())
    if not known:
        says, colour = words.say("light_no_profile"), "off"
    else:
        worst = next(one for one in ("stale", "ageing", "quiet", "fresh") if counts[one])
        names = ", ".join(sorted(name for name, state in profiles.items() if state == worst))
        says = words.say("light_profiles", state=words.say(f"fresh_{worst}"), names=names)
        colour = {"stale": "red", "ageing": "amber"}.get(worst, "green")
    return Light(name="freshness", colour=colour, says=says, sums=dict(counts))  # type: ignore[arg-type]


def _breadth(found: float | None, target: float, words: Words) -> Light:
    if found is None:
        return Light(name="breadth", colour="off", says=words.say("light_nobody"), sums={})
    colour: Colour = "green" if found >= target else "amber" if 2 * found >= target else "red"
    return Light(
        name="breadth",
        colour=colour,
        says=words.say("light_people", n=words.number(found, 1)),
        sums={"people": round(found, 1), "target_people": target},
    )


# -- the week -----------------------------------------------------------------------


class Week(Struct, frozen=True):
    """The figures of a review. Times in ms; `budget_minutes` is for the whole week.

    `freshness` is by the profile's name; `breadth` is None when there was no contact.
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


def advice(
    week: Week,
    *,
    drifting: Sequence[PersonStatus],
    tie: str | None,
    missed: Sequence[str],
    next_chat: str | None,
    words: Words = ENGLISH,
) -> Advice:
    """The one suggestion; contact with a person comes first."""
    late = next((one for one in drifting if one.gap == "late"), None)
    if late and late.cadence:
        return Advice(
            kind="write",
            text=words.say("advice_write", name=late.person.name),
            reason=words.count(
                "advice_write_why", late.elapsed_ms // DAY_MS, aim=late.cadence.ideal_days
            ),
        )
    stale = sorted(name for name, state in week.freshness.items() if state == "stale")
    if stale:
        return Advice(
            kind="post",
            text=words.say("advice_post", name=stale[0]),
            reason=words.say("advice_post_why"),
        )
    spent = week.budgeted_ms // 60_000
    if week.budget_minutes is not None and spent > week.budget_minutes * OVERSPENT:
        return Advice(
            kind="time",
            text=words.say("advice_time"),
            reason=words.say("advice_time_why", spent=spent, budget=week.budget_minutes),
        )
    if tie:
        return Advice(
            kind="tie",
            text=words.say("advice_tie", name=tie),
            reason=words.say("advice_tie_why"),
        )
    if next_chat:
        key = "advice_chat_missed" if missed else "advice_chat_next"
        reason = words.say(key, tag=missed[0] if missed else next_chat)
        return Advice(kind="chat", text=words.say("advice_chat", tag=next_chat), reason=reason)
    return Advice(
        kind="join",
        text=words.say("advice_join"),
        reason=words.count("advice_join_why", week.interaction_days),
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


MOST_ITEMS = 5


def quarter_name(day: date) -> str:
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def plan(
    *,
    quarter: str,
    made_at: int,
    suggested: Sequence[Suggestion],
    drifting: Sequence[PersonStatus],
    freshness: Mapping[str, str],
    unaffordable: Sequence[tuple[str, str]],
    unconfirmed: Sequence[str],
    words: Words = ENGLISH,
) -> Plan:
    """The plan, at most five lines a part; `unaffordable` are networks over budget and why."""
    close = [
        PlanItem(key=f"network:{name}", text=words.say("plan_close", name=name), reason=why)
        for name, why in unaffordable
    ]
    close += _profiles(freshness, ("stale",), "plan_revive", words)
    close += [
        PlanItem(
            key=f"chat:{tag}",
            text=words.say("plan_unfollow", tag=tag),
            reason=words.say("plan_unfollow_why"),
        )
        for tag in unconfirmed
    ]
    return Plan(
        quarter=quarter,
        made_at=made_at,
        add=[_suggested(one, words) for one in suggested[:MOST_ITEMS]],
        tend=[
            *[_drifting(one, words) for one in drifting[:MOST_ITEMS]],
            *_profiles(freshness, ("quiet", "ageing"), "plan_post", words),
        ][:MOST_ITEMS],
        close=close[:MOST_ITEMS],
    )


def _suggested(one: Suggestion, words: Words) -> PlanItem:
    return PlanItem(
        key=f"person:{one.network}:{one.handle}",
        text=words.say("plan_add", handle=one.handle, network=one.network),
        reason=words.count("plan_add_why", one.touches),
    )


def _drifting(one: PersonStatus, words: Words) -> PlanItem:
    return PlanItem(
        key=f"person:{one.person.id}",
        text=words.say("plan_write", name=one.person.name),
        reason=words.count("plan_write_why", one.elapsed_ms // DAY_MS),
    )


def _profiles(
    freshness: Mapping[str, str], states: Sequence[str], text: str, words: Words
) -> list[PlanItem]:
    return [
        PlanItem(
            key=f"profile:{name}",
            text=words.say(text, name=name),
            reason=words.say("plan_post_why", state=words.say(f"fresh_{state}")),
        )
        for name, state in freshness.items()
        if state in states
    ]


def compare_plans(now: Plan, last: Plan) -> PlanDiff:
    """What is new, still there, and gone since the last plan."""
    ours = [f"{part}/{one.key}" for part, items in _parts(now) for one in items]
    theirs = [f"{part}/{one.key}" for part, items in _parts(last) for one in items]
    return PlanDiff(
        since=last.quarter,
        new=[key for key in ours if key not in theirs],
        still=[key for key in ours if key in theirs],
        gone=[key for key in theirs if key not in ours],
    )


def _parts(one: Plan) -> list[tuple[str, list[PlanItem]]]:
    return [("add", one.add), ("tend", one.tend), ("close", one.close)]


# -- work and home ------------------------------------------------------------------------


def ledger_rows(
    days: Iterable[Mapping[str, tuple[int, int, int, int]]],
) -> list[LedgerRow]:
    """Days' figures by network added up: ms in all, in work hours, taking part; interactions."""
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
