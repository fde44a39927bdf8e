"""When to speak about budgets: pure, what holds and what was told in, what to tell out.

At 80 % a warning, at 100 % a notice, and after the user's grace one reminder at each
further quarter of the budget; each once a day for a budget, the highest only when
several are reached at once.
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
    told: Collection[str],
    names: Mapping[str, str],
    grace_ms: int = 0,
    words: Words = ENGLISH,
) -> list[Notice]:
    """What to tell now. `told` are the causes told before, `names` the networks' names."""
    due = []
    for status in statuses:
        level = reached(status, grace_ms)
        stem = f"{day}/{status.budget.id}/{status.budget.minutes}/"
        if level and not any(_level(cause, stem) >= level for cause in told):
            kind, title, body = _said(status, level, names, words)
            cause = f"{stem}{level}"
            due.append(Notice(cause=cause, kind=kind, at=now, title=title, body=body))
    return due


def reached(status: BudgetStatus, grace_ms: int = 0) -> int:
    """The highest step reached, in per cent of the budget: 0, 80, 100, 125, 150 …"""
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


def _said(
    status: BudgetStatus, level: int, names: Mapping[str, str], words: Words
) -> tuple[NoticeKind, str, str]:
    """Kind, title and body."""
    kind = _KINDS.get(level, "budget_over")
    minutes = status.budget.minutes
    spent = status.spent_ms // 60_000
    values = {
        "what": _scope(status, names, words),
        "budget": words.count("minutes", minutes),
        "spent": spent if level == NEAR else words.count("minutes", spent),
        "left": words.count("minutes", -(-status.left_ms // 60_000)),
        "over": words.count("minutes", spent - minutes),
        "percent": level,
    }
    return kind, words.say(f"{kind}.title", **values), words.say(f"{kind}.body", **values)


def _scope(status: BudgetStatus, names: Mapping[str, str], words: Words) -> str:
    network, when = status.budget.network, status.budget.when
    if network:
        what = words.say("scope_network", network=names.get(network, network))
    else:
        what = words.say("scope_all")
    return words.say(f"scope_{when}", what=what) if when else what


def quiet(minute: int, start: str | None, end: str | None) -> bool:
    """Whether a minute of the day lies in the quiet hours from `start` to `end` (HH:MM)."""
    if start is None or end is None or start == end:
        return False
    low, high = minute_of(start), minute_of(end)
    return low <= minute < high if low < high else minute >= low or minute < high


def minute_of(clock: str) -> int:
    """Minutes after midnight of HH:MM."""
    return int(clock[:2]) * 60 + int(clock[3:])
