"""When to speak of chats and of the weekly review: pure; two a day at most, each once."""

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from plnd.model.day import ChatSlot
from plnd.model.notices import Notice
from plnd.words.messages import ENGLISH, Words

AHEAD_MS = 10 * 60_000
IN_USE_MS = 15 * 60_000
"""A browser that was heard of within this time is in use."""
MOST_A_DAY = 2
BUDGET = ("budget_near", "budget_used", "budget_over")


def browser_in_use(seen: Iterable[int], now: int) -> bool:
    """Whether any browser is in use; `seen` says when each was last heard of, ms."""
    return any(now - at < IN_USE_MS for at in seen)


def chat_notices(
    slots: Iterable[ChatSlot],
    *,
    now: int,
    zone: ZoneInfo,
    names: Mapping[str, str],
    words: Words = ENGLISH,
) -> list[Notice]:
    """The chats that begin within ten minutes. `names` are the networks' names."""
    return [
        Notice(
            cause=f"chat/{one.tag}/{one.starts_at}",
            kind="chat",
            at=now,
            title=words.say("chat.title", tag=one.tag, time=words.clock(one.starts_at, zone)),
            body=words.say(
                "chat.body",
                network=names.get(one.network, one.network),
                time=words.clock(one.ends_at, zone),
            ),
        )
        for one in slots
        if 0 < one.starts_at - now <= AHEAD_MS
    ]


def review_notices(week: str, *, today: bool, now: int, words: Words = ENGLISH) -> list[Notice]:
    """The weekly review, on its day only: what was missed then is not made up for."""
    if not today:
        return []
    return [
        Notice(
            cause=f"review/{week}",
            kind="review",
            at=now,
            title=words.say("review.title"),
            body=words.say("review.body", week=week[-2:]),
        )
    ]


def room(told: Iterable[Notice], day_start: int) -> int:
    """How many more notices the day (from `day_start`, ms) has room for, beside the budget's."""
    today = sum(one.kind not in BUDGET and one.at >= day_start for one in told)
    return max(0, MOST_A_DAY - today)


def within_a_day(due: Iterable[Notice], told: Iterable[Notice], day_start: int) -> list[Notice]:
    """Those that were not told yet, as many as the day (from `day_start`, ms) has room for."""
    told = list(told)
    causes = {one.cause for one in told}
    new = [one for one in due if one.cause not in causes]
    return new[: room(told, day_start)]
