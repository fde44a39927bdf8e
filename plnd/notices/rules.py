"""Which notices about budgets are due; pure. Also the quiet hours.

A warning at 80 %, a notice at 100 %, and after the user's grace time a reminder at each further
25 %. Each is sent once a day for a budget; if several are reached at once, only the highest.
"""

from collections.abc import Collection, Iterable, Mapping

from plnd.measures.budget import NEAR_FROM, BudgetStatus
from plnd.model.notices import Notice, NoticeKind
from plnd.words.messages import ENGLISH, Words

NEAR, USED, STEP = int(NEAR_FROM * 100), 100, 25
_KINDS: Mapping[int, NoticeKind] = {NEAR: "budget_near", USED: "budget_used"}


def budget_notices(
    statuses: Iterable[BudgetStatus],
    *,
    day: str,
    now: int,
    sent: Collection[str],
    names: Mapping[str, str],
    grace_ms: int = 0,
    words: Words = ENGLISH,
) -> list[Notice]:
    """The notices due now. `sent` are the causes of those sent, `names` the networks' names."""
    due = []
    for status in statuses:
        level = level_reached(status, grace_ms)
        stem = f"{day}/{status.budget.id}/{status.budget.minutes}/"
        if level and not any(_level(cause, stem) >= level for cause in sent):
            kind, title, body = _text(status, level, names, words)
            cause = f"{stem}{level}"
            due.append(Notice(cause=cause, kind=kind, at=now, title=title, body=body))
    return due


def level_reached(status: BudgetStatus, grace_ms: int = 0) -> int:
    """The highest level reached, in per cent of the budget: 0, 80, 100, 125, 150 …"""
    allowed, spent = status.allowed_ms, status.spent_ms
    if not allowed:
        return USED if spent else 0
    if spent < allowed:
        return NEAR if spent >= NEAR_FROM * allowed else 0
    if spent < allowed + grace_ms:
        return USED
    return spent * 100 // allowed // STEP * STEP


def _level(cause: str, stem: str) -> int:
    return int(cause.removeprefix(stem)) if cause.startswith(stem) else 0


def _text(
    status: BudgetStatus, level: int, names: Mapping[str, str], words: Words
) -> tuple[NoticeKind, str, str]:
    """The kind, title and body of a notice."""
    kind = _KINDS.get(level, "budget_over")
    minutes = status.budget.minutes
    spent = status.spent_ms // 60_000
    values = {
        "what": _scope_text(status, names, words),
        "budget": words.count("minutes", minutes),
        "spent": spent if level == NEAR else words.count("minutes", spent),
        "left": words.count("minutes", -(-status.left_ms // 60_000)),
        "over": words.count("minutes", spent - minutes),
        "percent": level,
    }
    return kind, words.say(f"{kind}.title", **values), words.say(f"{kind}.body", **values)


def _scope_text(status: BudgetStatus, names: Mapping[str, str], words: Words) -> str:
    network, when = status.budget.network, status.budget.when
    if network:
        what = words.say("scope_network", network=names.get(network, network))
    else:
        what = words.say("scope_all")
    return words.say(f"scope_{when}", what=what) if when else what


def in_quiet_hours(minute: int, start: str | None, end: str | None) -> bool:
    """Whether a minute of the day is in the quiet hours from `start` to `end` (HH:MM)."""
    if start is None or end is None or start == end:
        return False
    low, high = minute_of(start), minute_of(end)
    return low <= minute < high if low < high else minute >= low or minute < high


def minute_of(clock: str) -> int:
    """The minutes after midnight of a time HH:MM."""
    return int(clock[:2]) * 60 + int(clock[3:])
