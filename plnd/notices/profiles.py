"""When to speak about profiles: pure. At 60 days of silence once, at 90 once, then one line a month
in the weekly review and never a notice again; none for reading or retired profiles, none in peace.
"""

from collections.abc import Iterable, Mapping, Sequence

from plnd.measures.freshness import AGEING_FROM, DAY_MS, STALE_FROM, ProfileStatus
from plnd.model.notices import Notice
from plnd.words.messages import ENGLISH, Words

STEPS = (STALE_FROM, AGEING_FROM)
MONTH_DAYS = 30
MOST_NAMED = 4
_SLACK_MS = 2 * DAY_MS
"""A last post learned anew, from an id or a feed, may lie a day beside what it was taken for."""


def step_due(status: ProfileStatus, now: int) -> int:
    """The step (60, 90; 0: none) that is to be told of a profile now.

    A step that was told counts as told as long as the silence is the one that it was told of.
    """
    if status.days is None or status.last is None or not status.may_be_notified(now):
        return 0
    for step in STEPS:
        if status.days >= step:
            return 0 if _covered(status, step) else step
    return 0


def _covered(status: ProfileStatus, step: int) -> bool:
    last, told_at = status.last, status.profile.told.get(str(step))
    if last is None or told_at is None:
        return False
    return told_at - last.at >= step * DAY_MS - _SLACK_MS


def profile_notice(
    statuses: Iterable[ProfileStatus],
    *,
    day: str,
    now: int,
    names: Mapping[str, str],
    words: Words = ENGLISH,
) -> tuple[Notice, dict[str, int]] | None:
    """The one notice of a day about profiles, and the step told of each (by the profile's id)."""
    due = [(one, step) for one in statuses if (step := step_due(one, now))]
    if not due:
        return None
    due.sort(key=lambda item: (-(item[0].days or 0), item[0].profile.id))
    said = _one(*due[0], names, words) if len(due) == 1 else _several(due, names, words)
    return (
        Notice(
            cause=f"profiles/{day}",
            kind="profile_silent",
            at=now,
            title=said[0],
            body=said[1],
        ),
        {one.profile.id: step for one, step in due},
    )


def _one(
    status: ProfileStatus, step: int, names: Mapping[str, str], words: Words
) -> tuple[str, str]:
    """Title and body for one profile."""
    title = words.count("profile_silent.title", status.days or 0, network=_name(status, names))
    body = words.say(
        "profile_stale.body" if step == STALE_FROM else "profile_ageing.body",
        handle=status.profile.handle,
        ageing=AGEING_FROM,
        stale=STALE_FROM,
    )
    return title, body


def _several(
    due: Sequence[tuple[ProfileStatus, int]], names: Mapping[str, str], words: Words
) -> tuple[str, str]:
    """Title and body for several, the longest silent first."""
    parts = [
        words.say(
            "profiles_silent.part",
            network=_name(one, names),
            days=words.count("days", one.days or 0),
        )
        for one, _ in due[:MOST_NAMED]
    ]
    named = ", ".join(parts)
    if more := len(due) - len(parts):
        named = words.say("profiles_silent.more", list=named, n=more)
    title = words.say("profiles_silent.title", n=len(due))
    return title, words.say("profiles_silent.body", list=named)


def monthly_lines(
    before: Mapping[str, int],
    statuses: Iterable[ProfileStatus],
    names: Mapping[str, str],
    words: Words = ENGLISH,
) -> list[str]:
    """The lines of a weekly review: one for each profile that was silent for another month.

    `before` has the days of silence at the last review, by the profile's id. The months are
    counted from the notice at 90 days on.
    """
    lines = []
    for one in statuses:
        days, then = one.days, before.get(one.profile.id)
        if one.profile.mode != "active" or days is None or days < STALE_FROM + MONTH_DAYS:
            continue
        if _months(days) > _months(then if then is not None else 0):
            lines.append(
                words.count(
                    "profile_line", days, network=_name(one, names), handle=one.profile.handle
                )
            )
    return lines


def _months(days: int) -> int:
    return max(0, days - STALE_FROM) // MONTH_DAYS


def _name(status: ProfileStatus, names: Mapping[str, str]) -> str:
    network = status.profile.network
    return names.get(network, network)
