"""The receipt: every stored event in plain words."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from plnd.errors import Invalid
from plnd.model.base import LAST_MOMENT
from plnd.model.events import Interaction, Visit
from plnd.model.own_data import ReceiptAnswer, ReceiptEntry
from plnd.store.log.log import Log
from plnd.store.log.stored_events import Position, StoredEvent
from plnd.words.messages import ENGLISH, Words


def receipt(
    log: Log,
    *,
    names: Mapping[str, str],
    zone: ZoneInfo,
    before: str | None,
    limit: int,
    network: str | None,
    words: Words = ENGLISH,
) -> ReceiptAnswer:
    """Up to `limit` events before the place `before` (an earlier receipt's `next`), latest first.

    Raises:
        Invalid: `before` is not the `next` of an earlier receipt.
    """
    found = log.queries.latest(_place(before), limit + 1, network)
    more = len(found) > limit
    entries = [_entry(one, names, zone, words) for one in found[:limit]]
    last = found[limit - 1].position if more else None
    return ReceiptAnswer(
        entries=entries, next=None if last is None else f"{last[0]}.{last[1].hex()}"
    )


def _place(text: str | None) -> Position:
    if text is None:
        return (LAST_MOMENT + 1, b"")
    moment, _, key = text.partition(".")
    try:
        return (min(int(moment), LAST_MOMENT + 1), bytes.fromhex(key))
    except ValueError as error:
        raise Invalid(
            "before is not a place in a receipt", "take it from `next`", field="before"
        ) from error


def _entry(
    one: StoredEvent, names: Mapping[str, str], zone: ZoneInfo, words: Words
) -> ReceiptEntry:
    network = names.get(one.event.network, one.event.network)
    return ReceiptEntry(
        words=event_sentence(one.event, network, zone, words),
        at=one.position[0],
        browser=one.source.browser,
        event=one.event,
    )


def event_sentence(event: Visit | Interaction, network: str, zone: ZoneInfo, words: Words) -> str:
    """An event in a sentence: `Mon 23 Nov 2026, 12:00: you looked at the feed on X for 90 s.`"""
    tag = words.say("receipt_tag", tag=event.tag) if event.tag else ""
    handle = event.handle
    if isinstance(event, Visit):
        at = event.start
        what = words.say(
            "receipt_visit",
            page=words.say(f"page_{event.page}"),
            of=words.say("receipt_of", handle=handle) if handle else "",
            network=network,
            tag=tag,
            length=_length((event.end - event.start) // 1000, words),
        )
    else:
        at = event.at
        to = words.say("receipt_to", handle=handle) if handle else ""
        what = words.say(f"receipt_{event.action}", network=network, to=to, tag=tag)
    return words.say("receipt", when=words.moment(at, zone), what=what)


def _length(seconds: int, words: Words) -> str:
    if seconds < 120:
        return words.say("seconds", n=seconds)
    if seconds < 2 * 3600:
        return words.say("minutes_short", n=seconds // 60)
    return words.duration(seconds)
