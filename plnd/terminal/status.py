"""The texts of `plnd status`, made from the API's figures of today. Light on purpose."""

from __future__ import annotations

from plnd.words.printable import harmless, one_line

TYPE_CHECKING = False  # what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Today = dict[str, Any]
    Part = tuple[str, str]

COLUMNS = 80
SOON_MS = 12 * 60 * 60 * 1000
_WORST = {"over": 0, "near": 1, "under": 2, "off": 3}
_COLOURS = {"over": "31", "near": "33", "under": "32", "off": ""}
_ACTS = {"reply": ("reply", "replies"), "react": ("reaction", "reactions")}


def plain(today: Today) -> str:
    """A line for the budget, one for each network, the worst first, and then remarks."""
    return "".join(text for text, _ in coloured(today))


def coloured(today: Today) -> list[Part]:
    """The same text in parts, each with its colour on a terminal."""
    rows = sorted(today["networks"], key=lambda row: (_WORST[row["state"]], -row["spent_seconds"]))
    width = max((len(one_line(row["name"])) for row in rows), default=0)
    parts = [*_budget_line(today)]
    for row in rows:
        parts += _network_line(row, today, width)
    return [*parts, *((f"\n  {remark}", "") for remark in _remarks(today))]


def _remarks(today: Today) -> Iterator[str]:
    """What the user should know besides the figures."""
    if not today["networks"]:
        yield "nothing yet today"
    if today["next_chat"] and today["next_chat"]["starts_at"] - today["now"] <= SOON_MS:
        yield _chat_remark(today["next_chat"], today["now"])
    stale = [profile for profile in today["profiles"] if _is_stale(profile)]
    if stale:
        worst = max(stale, key=lambda profile: profile["days_silent"])
        more = f", and {len(stale) - 1} more" if len(stale) > 1 else ""
        yield f"{_profile_remark(worst)}{more}"


def _budget_line(today: Today) -> list[Part]:
    spent = minutes(today["spent_seconds"])
    if today["state"] == "off":
        words = f"{spent}, no budget set"
    else:
        used = _counted(today) // 60
        words = f"{used} of {today['budget_minutes']} min used, {_left(today)}"
    return [(f"{today['day']}  {words}  ", ""), _state(today["state"])]


def _left(today: Today) -> str:
    if today["state"] == "over":
        over = _counted(today) - today["budget_minutes"] * 60
        return f"{minutes(over)} over" if over > 0 else "over"
    # Used minutes are rounded down, so the rest is rounded up: their sum is the budget.
    return f"{minutes(today['left_seconds'] + 59)} left"


def _counted(today: Today) -> int:
    """The seconds that count against the budget: without chats, if the user excludes them."""
    spent, budget = today["spent_seconds"], today["budget_minutes"]
    if budget is None:
        return int(spent)
    if today["left_seconds"]:
        return int(budget * 60 - today["left_seconds"])
    without = spent - today["chat_seconds"]
    return int(without if without >= budget * 60 else spent)


def _chat_remark(chat: dict[str, Any], now: int) -> str:
    tag = one_line(chat["tag"])
    if chat["starts_at"] <= now:
        return f"#{tag} runs, for another {(chat['ends_at'] - now) // 60_000} min"
    hours, left = divmod(-(-(chat["starts_at"] - now) // 60_000), 60)
    return f"#{tag} begins in {f'{hours} h ' if hours else ''}{left} min"


def _network_line(row: dict[str, Any], today: Today, width: int) -> list[Part]:
    spent = minutes(row["spent_seconds"])
    if row["budget_minutes"] is not None:
        spent += f" of {row['budget_minutes']}"
    head = f"  {one_line(row['name']):<{width}}  {spent:>9}  "
    parts = []
    if row["spent_seconds"]:
        share = 100 * row["taking_part_seconds"] // row["spent_seconds"]
        parts.append(f"taking part {share} %")
    if row["interactions"]:
        acts = row["interactions"].items()
        about = "about " if row["about"] else ""
        parts.append(about + ", ".join(counted(count, action) for action, count in acts))
    last = [p for p in today["profiles"] if p["network"] == row["id"] and p["last_post_at"]]
    if last:
        parts.append(f"last post {_ago(min(p['days_silent'] for p in last))}")
    more = _wrapped(parts, len(head) + len(row["state"]))
    return [(f"\n{head}", ""), _state(row["state"]), (more, "")]


def _wrapped(parts: list[str], used: int) -> str:
    """The parts, after `used` columns of a line, wrapped to the next line where they do not fit."""
    text = ""
    for part in parts:
        if used + 2 + len(part) > COLUMNS:
            text, used = f"{text}\n  ", 2
        text, used = f"{text}  {part}", used + 2 + len(part)
    return text


def _is_stale(profile: dict[str, Any]) -> bool:
    return bool(profile["mode"] == "active" and profile["freshness"] == "stale")


def _profile_remark(profile: dict[str, Any]) -> str:
    return (
        f"your last post on {profile['network']} (@{one_line(profile['handle'])})"
        f" was {_ago(profile['days_silent'])}"
    )


def _ago(days: int) -> str:
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"


def _state(state: str) -> Part:
    return state, _COLOURS[state]


def minutes(seconds: int) -> str:
    """The text of whole minutes, as `37 min`."""
    return f"{seconds // 60} min"


def counted(count: int, action: str) -> str:
    """The text of a count, as `1 post` or `2 replies`."""
    one, many = _ACTS.get(action, (action, action + "s"))
    return f"{count} {one if count == 1 else many}"


def short(today: Today) -> str:
    """The text for a prompt: minutes used of the budget, with `!` when near, `!!` when over."""
    spent = _counted(today) // 60
    mark = {"near": "!", "over": "!!"}.get(today["state"], "")
    return f"{spent}m" if today["state"] == "off" else f"{spent}/{today['budget_minutes']}m{mark}"


def waybar(today: Today) -> dict[str, Any]:
    """The four fields of a custom module of waybar. `percentage` is of the budget, at most 100.

    waybar reads the tooltip as Pango markup, so the text is escaped.
    """
    allowed, spent = (today["budget_minutes"] or 0) * 60, _counted(today)
    used = 100 * spent // allowed if allowed else 0
    return {
        "text": short(today),
        "tooltip": _escaped(harmless(plain(today))),
        "class": today["state"],
        "percentage": 100 if today["state"] == "over" else min(used, 100),
    }


def _escaped(text: str) -> str:
    # html.escape does the same, but its import takes ten times as long.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def check(today: Today) -> int:
    """The exit code of `--check`: 150 over budget, 151 a profile is stale, else 0."""
    if today["state"] == "over":
        return 150
    return 151 if any(_is_stale(profile) for profile in today["profiles"]) else 0
