"""The receipt: every stored event in plain words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from plnd.errors import Invalid
from plnd.model import LAST_MOMENT, Interaction, ReceiptAnswer, ReceiptEntry, Visit
from plnd.store.keeping import Place, Stored
from plnd.store.log import Log

_PAGES = {
    "feed": "the feed",
    "profile": "a profile",
    "post": "a post",
    "group": "a group",
    "tag": "a hashtag",
    "search": "a search",
    "messages": "messages",
    "notifications": "notifications",
    "compose": "a post in the making",
    "article": "an article",
    "settings": "the settings",
    "other": "another page",
}
_ACTS = {
    "post": "You posted",
    "reply": "You replied",
    "share": "You shared something",
    "react": "You reacted",
    "follow": "You followed somebody",
    "message": "You sent a message",
    "save": "You saved something",
}


def receipt(
    log: Log,
    *,
    names: dict[str, str],
    zone: ZoneInfo,
    before: str | None,
    limit: int,
    network: str | None,
) -> ReceiptAnswer:
    """Up to `limit` events before a place that an earlier receipt gave, latest first."""
    found = log.latest(_place(before), limit + 1, network)
    more = len(found) > limit
    entries = [_entry(one, names, zone) for one in found[:limit]]
    last = found[limit - 1].place if more else None
    return ReceiptAnswer(
        entries=entries, next=None if last is None else f"{last[0]}.{last[1].hex()}"
    )


def _place(text: str | None) -> Place:
    if text is None:
        return (LAST_MOMENT + 1, b"")
    moment, _, key = text.partition(".")
    try:
        return (min(int(moment), LAST_MOMENT + 1), bytes.fromhex(key))
    except ValueError as error:
        raise Invalid(
            "before is not a place in a receipt", "take it from `next`", field="before"
        ) from error


def _entry(one: Stored, names: dict[str, str], zone: ZoneInfo) -> ReceiptEntry:
    return ReceiptEntry(
        words=words(one.event, names.get(one.event.network, one.event.network), zone),
        at=one.place[0],
        browser=one.source.browser,
        event=one.event,
    )


def words(event: Visit | Interaction, network: str, zone: ZoneInfo) -> str:
    """An event in a sentence: `Mon 23 Nov 2026, 12:00: you looked at the feed on X for 90 s.`"""
    of = f" of {event.handle}" if event.handle else ""
    tag = f", under #{event.tag}" if event.tag else ""
    if isinstance(event, Visit):
        length = _length((event.end - event.start) // 1000)
        page = f"{_PAGES.get(event.page, 'a page')}{of} on {network}{tag}"
        return f"{_moment(event.start, zone)}: you looked at {page} for {length}."
    did = _ACTS.get(event.action, "You did something")
    to = f", {event.handle}" if event.handle else ""
    return f"{_moment(event.at, zone)}: {did[0].lower()}{did[1:]} on {network}{to}{tag}."


def _moment(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%a %d %b %Y, %H:%M")


def _length(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"
