"""When to speak about profiles: pure. At 60 days of silence once, at 90 once, then one line a month
in the weekly review and never a notice again; none for reading or retired profiles, none in peace.
"""

from collections.abc import Iterable, Mapping, Sequence

from plnd.measures.freshness import AGEING_FROM, DAY_MS, STALE_FROM, Standing
from plnd.model import Notice

STEPS = (STALE_FROM, AGEING_FROM)
MONTH_DAYS = 30
_SLACK_MS = 2 * DAY_MS
"""A last post learned anew, from an id or a feed, may lie a day beside what it was taken for."""


def step_due(standing: Standing, now: int) -> int:
    """The step (60, 90; 0: none) that is to be told of a profile now.

    A step that was told counts as told as long as the silence is the one that it was told of.
    """
    if standing.days is None or standing.last is None or not standing.wants_a_word(now):
        return 0
    for step in STEPS:
        if standing.days >= step:
            return 0 if _covered(standing, step) else step
    return 0


def _covered(standing: Standing, step: int) -> bool:
    last, told_at = standing.last, standing.profile.told.get(str(step))
    if last is None or told_at is None:
        return False
    return told_at - last.at >= step * DAY_MS - _SLACK_MS


def profile_notice(
    standings: Iterable[Standing], *, day: str, now: int, names: Mapping[str, str]
) -> tuple[Notice, dict[str, int]] | None:
    """The one notice of a day about profiles, and the step told of each (by the profile's id)."""
    due = [(one, step) for one in standings if (step := step_due(one, now))]
    if not due:
        return None
    due.sort(key=lambda item: (-(item[0].days or 0), item[0].profile.id))
    title = _title([one for one, _ in due], names)
    steps = {one.profile.id: step for one, step in due}
    return (
        Notice(
            cause=f"profiles/{day}",
            kind="profile_silent",
            at=now,
            title=title,
            body=_body([one for one, _ in due], steps, names),
        ),
        steps,
    )


def _title(due: Sequence[Standing], names: Mapping[str, str]) -> str:
    worst = due[0]
    if len(due) > 1:
        return f"{len(due)} of your profiles have gone quiet"
    return f"Your last post on {_name(worst, names)} was {_days(worst.days or 0)} ago"


def _body(due: Sequence[Standing], steps: Mapping[str, int], names: Mapping[str, str]) -> str:
    if len(due) > 1:
        parts = [f"{_name(one, names)} {_days(one.days or 0)}" for one in due[:4]]
        more = f" and {len(due) - 4} more" if len(due) > 4 else ""
        return ", ".join(parts) + more + ". Revive, keep to read, or close: the dashboard has them."
    if steps[due[0].profile.id] == STALE_FROM:
        return (
            f"Visitors may think that @{due[0].profile.handle} is gone. Revive it, keep it to"
            f" read, or close it. This is said once, at {STALE_FROM} days."
        )
    return (
        f"@{due[0].profile.handle} becomes stale at {STALE_FROM} days. "
        f"This is said once, at {AGEING_FROM} days."
    )


def monthly_lines(
    before: Mapping[str, int], standings: Iterable[Standing], names: Mapping[str, str]
) -> list[str]:
    """The lines of a weekly review: one for each profile that was silent for another month.

    `before` has the days of silence at the last review, by the profile's id. The months are
    counted from the notice at 90 days on.
    """
    lines = []
    for one in standings:
        days, then = one.days, before.get(one.profile.id)
        if one.profile.mode != "active" or days is None or days < STALE_FROM + MONTH_DAYS:
            continue
        if _months(days) > _months(then if then is not None else 0):
            lines.append(
                f"{_name(one, names)}: your last post was {_days(days)} ago"
                f" (@{one.profile.handle})."
            )
    return lines


def _months(days: int) -> int:
    return max(0, days - STALE_FROM) // MONTH_DAYS


def _name(standing: Standing, names: Mapping[str, str]) -> str:
    network = standing.profile.network
    return names.get(network, network)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
