"""Which notices about chats and the weekly review are due; pure. At most two a day."""

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from plnd.model.day import ChatSlot
from plnd.model.notices import Notice
from plnd.words.messages import ENGLISH, Words

AHEAD_MS = 10 * 60_000
"""How long before a chat begins its notice is due."""
IN_USE_MS = 15 * 60_000
"""A browser whose latest event is not older than this is in use."""
MOST_A_DAY = 2
BUDGET_KINDS = ("budget_near", "budget_used", "budget_over")


def browser_in_use(last_events: Iterable[int], now: int) -> bool:
    """Whether any browser is in use, given the time of each one's latest event (ms)."""
    return any(now - at < IN_USE_MS for at in last_events)


def chat_notices(
    slots: Iterable[ChatSlot],
    *,
    now: int,
    zone: ZoneInfo,
    names: Mapping[str, str],
    words: Words = ENGLISH,
) -> list[Notice]:
    """A notice for each chat that begins within ten minutes; `names` are the networks' names."""
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
    """A notice about the weekly review, on its day only; a missed one is not sent later."""
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


def notices_left_today(sent: Iterable[Notice], day_start: int) -> int:
    """How many more notices may be sent in the day from `day_start` (ms), not counting budgets."""
    today = sum(one.kind not in BUDGET_KINDS and one.at >= day_start for one in sent)
    return max(0, MOST_A_DAY - today)


def within_daily_limit(
    due: Iterable[Notice], sent: Iterable[Notice], day_start: int
) -> list[Notice]:
    """The notices not sent yet, as many as the day from `day_start` (ms) allows."""
    sent = list(sent)
    causes = {one.cause for one in sent}
    new = [one for one in due if one.cause not in causes]
    return new[: notices_left_today(sent, day_start)]
