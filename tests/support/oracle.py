"""A slow, simple second implementation of a day's sums, independent of plnd's code.

For each moment it looks for the visit that owns it and for an interaction nearby.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from support.builders import Wire

QUARTER = 900_000
REACH = 120_000


@dataclass(frozen=True)
class Quarters:
    """Milliseconds by (quarter, network, page), interactions by (quarter, network, action)."""

    spent: dict[tuple[int, str, str], int]
    taking_part: dict[tuple[int, str, str], int]
    acts: dict[tuple[int, str, str], int]


def quarters(events: Iterable[Wire]) -> Quarters:
    """The sums of events, which may be duplicated, extended or out of order."""
    visits, acts = _merged(events)
    edges = {edge for v in visits for edge in (v["start"], v["end"])}
    edges |= {a["at"] + side for a in acts for side in (-REACH, REACH)}
    if visits:
        first = min(v["start"] for v in visits) // QUARTER * QUARTER
        edges |= set(range(first, max(v["end"] for v in visits), QUARTER))
    spent: Counter[tuple[int, str, str]] = Counter()
    taking: Counter[tuple[int, str, str]] = Counter()
    ordered = sorted(edges)
    for low, high in pairwise(ordered):
        owner = owner_at(visits, low)
        if owner is None:
            continue
        key = (low // QUARTER * QUARTER, owner["network"], owner["page"])
        spent[key] += high - low
        if near_an_act(acts, owner["network"], low):
            taking[key] += high - low
    counted = Counter((a["at"] // QUARTER * QUARTER, a["network"], a["action"]) for a in acts)
    return Quarters(dict(spent), dict(taking), dict(counted))


def owner_at(visits: Iterable[Wire], moment: int) -> Wire | None:
    """The visit at a moment that began last; of several the one with the greatest id."""
    here = [v for v in visits if v["start"] <= moment < v["end"]]
    return max(here, key=lambda v: (v["start"], v["id"]), default=None)


def near_an_act(acts: Iterable[Wire], network: str, moment: int) -> bool:
    return any(
        a["network"] == network and a["at"] - REACH <= moment < a["at"] + REACH for a in acts
    )


def seconds_covered(visits: Iterable[Wire], start: int, end: int) -> int:
    """The number of whole seconds from `start` to `end` with a visit on any page."""
    visits = list(visits)
    return sum(
        any(v["start"] <= second < v["end"] for v in visits) for second in range(start, end, 1000)
    )


def _merged(events: Iterable[Wire]) -> tuple[list[Wire], list[Wire]]:
    """Each visit once, with its earliest start and latest end, and each interaction once."""
    visits: dict[str, Wire] = {}
    acts: dict[str, Wire] = {}
    for event in events:
        if event["kind"] == "interaction":
            acts[event["id"]] = event
            continue
        known = visits.get(event["id"], event)
        visits[event["id"]] = {
            **event,
            "start": min(known["start"], event["start"]),
            "end": max(known["end"], event["end"]),
        }
    return list(visits.values()), list(acts.values())
