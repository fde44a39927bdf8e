"""Sums by quarter of an hour that come without their visits, from an import. Pure."""

from collections.abc import Sequence

from plnd.errors import Invalid
from plnd.measures.field_checks import Networks, check_network
from plnd.measures.time import QUARTER_MS
from plnd.model.events import EARLIEST_MS

DAY_MS = 86_400_000
FEWEST_DAYS = 7
"""Single visits are kept for at least so many days: a browser may send them so late."""


def check_sum(
    begin: int,
    network: str,
    spent_ms: int,
    taking_part_ms: int,
    visits_from: int,
    *,
    now: int,
    networks: Networks,
) -> None:
    """Check the sum of a quarter of an hour whose visits are deleted (before `visits_from`, ms).

    Raises:
        Invalid: no quarter can have it; `field` names the part.
    """
    if begin % QUARTER_MS:
        raise Invalid("begin is not that of a quarter of an hour", field="begin")
    if begin < EARLIEST_MS:
        raise Invalid("begin is before the year 2000", field="begin")
    if visits_from > now - FEWEST_DAYS * DAY_MS:
        raise Invalid(
            f"the visits of the last {FEWEST_DAYS} days are kept as visits", field="visits_from"
        )
    if begin >= visits_from:
        raise Invalid("the visits of that time are kept as visits", field="begin")
    check_network(network, networks)
    if spent_ms > QUARTER_MS:
        raise Invalid("that is longer than a quarter of an hour", field="spent_ms")
    if taking_part_ms > spent_ms:
        raise Invalid("taking part is a part of the time spent", field="taking_part_ms")


SumRow = tuple[int, str, str, int, int]
"""A sum: begin of its quarter, network, page, ms spent, ms taking part."""


def has_room(row: SumRow, stored: Sequence[SumRow]) -> bool:
    """Whether a quarter with this sum added is no longer than a quarter of an hour.

    Of two sums of the same network and page the larger counts.
    """
    sums = {one[1:3]: one[3] for one in stored}
    sums[row[1:3]] = max(row[3], sums.get(row[1:3], 0))
    return sum(sums.values()) <= QUARTER_MS
