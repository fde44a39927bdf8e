"""What the budget affords: the minutes that each network takes in a week, and the interactions
that it gives; and the breadth of contacts. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from msgspec.structs import replace

from plnd.measures.time import WEEKDAYS
from plnd.model.profiles import Affords, Upkeep
from plnd.model.settings import Budget

LEAST_MS = 3 * 3_600_000
"""A network with less time in four weeks is not ranked."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week on one network."""

    spent_ms: int = 0
    interactions: int = 0


Weeks = Mapping[str, Sequence[Week]]
"""The last four weeks by network."""


def weekly_minutes(weeks: Iterable[Week]) -> int | None:
    """The median of the minutes in the weeks with an interaction; None where there was none."""
    kept = [week.spent_ms / 60_000 for week in weeks if week.interactions]
    return round(median(kept)) if kept else None


def budget_minutes(budgets: Iterable[Budget]) -> int | None:
    """The budget of a week over all networks, in minutes; None where none is set.

    On each day it is the budget for all hours, else the sum of those for work hours and off
    hours; of several for one day, the one for the fewest days applies.
    """
    whole = [one for one in budgets if one.network is None]
    if not whole:
        return None
    return sum(_day_minutes(day, whole) for day in WEEKDAYS)


def _day_minutes(day: str, budgets: Sequence[Budget]) -> int:
    held: dict[str | None, Budget] = {}
    for one in sorted(budgets, key=lambda one: -len(one.days or WEEKDAYS)):
        if one.days is None or day in one.days:
            held[one.when] = one
    if None in held:
        return held[None].minutes
    return sum(one.minutes for one in held.values())


def affords(weeks: Weeks, budget: int | None, names: Mapping[str, str]) -> Affords:
    """The networks by interactions an hour; those that fit into the week's minutes are marked.

    One that does not fit into what is left is skipped; a later one may still fit.
    """
    rows = [_row(network, found, names.get(network, network)) for network, found in weeks.items()]
    rows = [row for row in rows if row.hours or row.interactions]
    ranked = sorted(
        (row for row in rows if row.state != "learning"),
        key=lambda row: (-(row.interactions_an_hour or 0), row.weekly_minutes or 0, row.network),
    )
    used, placed = 0, []
    for row in ranked:
        takes = row.weekly_minutes
        # Without an interaction in four weeks its time is not upkeep.
        fits = takes is not None and budget is not None and used + takes <= budget
        used += takes if fits and takes is not None else 0
        placed.append(replace(row, state="fits" if fits else "rest"))
    learning = sorted((row for row in rows if row.state == "learning"), key=lambda row: -row.hours)
    return Affords(
        state="learning" if not ranked else "no_budget" if budget is None else "ready",
        weekly_budget_minutes=budget,
        used_minutes=used,
        networks=[*placed, *learning],
        breadth_networks=breadth(row.interactions for row in rows),
    )


def _row(network: str, weeks: Sequence[Week], name: str) -> Upkeep:
    spent = sum(week.spent_ms for week in weeks)
    acts = sum(week.interactions for week in weeks)
    enough = spent >= LEAST_MS
    return Upkeep(
        network=network,
        name=name,
        hours=round(spent / 3_600_000, 2),
        interactions=acts,
        interactions_an_hour=round(acts * 3_600_000 / spent, 2) if enough else None,
        weekly_minutes=weekly_minutes(weeks),
        state="rest" if enough else "learning",
    )


def breadth(counts: Iterable[int]) -> float | None:
    """The effective number of contacts, 1 ÷ Σ pᵢ² (inverse Simpson index); None without any."""
    kept = [count for count in counts if count > 0]
    total = sum(kept)
    if not total:
        return None
    return round(1 / sum((count / total) ** 2 for count in kept), 2)
