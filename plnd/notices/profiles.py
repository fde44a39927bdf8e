"""Which notices about silent profiles are due; pure.

One after 60 days of silence and one after 90; then only a line a month in the weekly review.
None for profiles that are only read or retired, and none while a decision asks for peace.
"""

from collections.abc import Iterable, Mapping, Sequence

from plnd.measures.freshness import AGEING_FROM, DAY_MS, STALE_FROM, ProfileStatus
from plnd.model.notices import Notice
from plnd.words.messages import ENGLISH, Words

STEPS = (STALE_FROM, AGEING_FROM)
MONTH_DAYS = 30
MOST_NAMED = 4
_SLACK_MS = 2 * DAY_MS
"""A last post that is read again elsewhere may differ from the earlier date by a day."""


def step_due(status: ProfileStatus, now: int) -> int:
    """The step (60 or 90 days; 0: none) whose notice is due.

    A notice that was sent counts only for the silence that it was about.
    """
    if status.days is None or status.last is None or not status.may_be_notified(now):
        return 0
    for step in STEPS:
        if status.days >= step:
            return 0 if _was_sent(status, step) else step
    return 0


def _was_sent(status: ProfileStatus, step: int) -> bool:
    last, sent_at = status.last, status.profile.told.get(str(step))
    if last is None or sent_at is None:
        return False
    return sent_at - last.at >= step * DAY_MS - _SLACK_MS


def profile_notice(
    statuses: Iterable[ProfileStatus],
    *,
    day: str,
    now: int,
    names: Mapping[str, str],
    words: Words = ENGLISH,
) -> tuple[Notice, dict[str, int]] | None:
    """The notice due about profiles, and the step it is about by the profile's id."""
    due = [(one, step) for one in statuses if (step := step_due(one, now))]
    if not due:
        return None
    due.sort(key=lambda item: (-(item[0].days or 0), item[0].profile.id))
    one_due = len(due) == 1
    title, body = (
        _about_one(*due[0], names, words) if one_due else _about_several(due, names, words)
    )
    return (
        Notice(
            cause=f"profiles/{day}",
            kind="profile_silent",
            at=now,
            title=title,
            body=body,
        ),
        {one.profile.id: step for one, step in due},
    )


def _about_one(
    status: ProfileStatus, step: int, names: Mapping[str, str], words: Words
) -> tuple[str, str]:
    """The title and body for one profile."""
    title = words.count("profile_silent.title", status.days or 0, network=_name(status, names))
    body = words.say(
        "profile_stale.body" if step == STALE_FROM else "profile_ageing.body",
        handle=status.profile.handle,
        ageing=AGEING_FROM,
        stale=STALE_FROM,
    )
    return title, body


def _about_several(
    due: Sequence[tuple[ProfileStatus, int]], names: Mapping[str, str], words: Words
) -> tuple[str, str]:
    """The title and body for several profiles, the longest silent first."""
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
    """The weekly review's lines: one for each profile that was silent for another month.

    `before` are the days of silence at the last review by the profile's id. Months count from
    the 90th day on.
    """
    lines = []
    for one in statuses:
        days, then = one.days, before.get(one.profile.id)
        if one.profile.mode != "active" or days is None or days < STALE_FROM + MONTH_DAYS:
            continue
        if _months_stale(days) > _months_stale(then if then is not None else 0):
            lines.append(
                words.count(
                    "profile_line", days, network=_name(one, names), handle=one.profile.handle
                )
            )
    return lines


def _months_stale(days: int) -> int:
    return max(0, days - STALE_FROM) // MONTH_DAYS


def _name(status: ProfileStatus, names: Mapping[str, str]) -> str:
    network = status.profile.network
    return names.get(network, network)
