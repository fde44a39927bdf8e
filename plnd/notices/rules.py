"""When to speak about budgets: pure, what holds and what was told in, what to tell out.

At 80 % a warning, at 100 % a notice, and after the user's grace one reminder at each
further quarter of the budget; each once a day for a budget, the highest only when
several are reached at once.
"""

from collections.abc import Collection, Iterable, Mapping

from plnd.measures.budget import NEAR_FROM, Standing
from plnd.model import Notice, NoticeKind

NEAR, USED, STEP = int(NEAR_FROM * 100), 100, 25


def budget_notices(
    standings: Iterable[Standing],
    *,
    day: str,
    now: int,
    told: Collection[str],
    names: Mapping[str, str],
    grace_ms: int = 0,
) -> list[Notice]:
    """What to tell now. `told` are the causes told before, `names` the networks' names."""
    due = []
    for standing in standings:
        level = reached(standing, grace_ms)
        stem = f"{day}/{standing.budget.id}/{standing.budget.minutes}/"
        if level and not any(_level(cause, stem) >= level for cause in told):
            due.append(_notice(standing, level, f"{stem}{level}", now, names))
    return due


def reached(standing: Standing, grace_ms: int = 0) -> int:
    """The highest step reached, in per cent of the budget: 0, 80, 100, 125, 150 …"""
    allowed, spent = standing.allowed_ms, standing.spent_ms
    if not allowed:
        return USED if spent else 0
    if spent < allowed:
        return NEAR if spent >= NEAR_FROM * allowed else 0
    if spent < allowed + grace_ms:
        return USED
    return spent * 100 // allowed // STEP * STEP


def _level(cause: str, stem: str) -> int:
    return int(cause.removeprefix(stem)) if cause.startswith(stem) else 0


def _notice(
    standing: Standing, level: int, cause: str, now: int, names: Mapping[str, str]
) -> Notice:
    kind, title, body = _words(standing, level, names)
    return Notice(cause=cause, kind=kind, at=now, title=title, body=body)


def _words(standing: Standing, level: int, names: Mapping[str, str]) -> tuple[NoticeKind, str, str]:
    budget = standing.budget
    spent = standing.spent_ms // 60_000
    what = _scope(standing, names)
    if level == NEAR:
        left = -(-standing.left_ms // 60_000)
        return (
            "budget_near",
            f"{_minutes(left)} left {what}",
            f"{spent} of {_minutes(budget.minutes)} are used. This is said once, at {NEAR} %.",
        )
    if level == USED:
        return (
            "budget_used",
            f"{_minutes(budget.minutes)} {what} are used up",
            f"{_minutes(spent)} so far today. The next word comes a quarter of the budget on.",
        )
    return (
        "budget_over",
        f"{_minutes(spent - budget.minutes)} over {what}",
        f"{_minutes(spent)} today, {level} % of {_minutes(budget.minutes)}. "
        "Notices can be snoozed in the popup.",
    )


def _scope(standing: Standing, names: Mapping[str, str]) -> str:
    network, when = standing.budget.network, standing.budget.when
    what = f"for {names.get(network, network)}" if network else "for your networks"
    return {"work": f"{what} in work hours", "off": f"{what} off work", None: what}[when]


def _minutes(count: int) -> str:
    return "1 minute" if count == 1 else f"{count} minutes"


def quiet(minute: int, start: str | None, end: str | None) -> bool:
    """Whether a minute of the day lies in the quiet hours from `start` to `end` (HH:MM)."""
    if start is None or end is None or start == end:
        return False
    low, high = minute_of(start), minute_of(end)
    return low <= minute < high if low < high else minute >= low or minute < high


def minute_of(clock: str) -> int:
    """Minutes after midnight of HH:MM."""
    return int(clock[:2]) * 60 + int(clock[3:])
