"""Short builders of visits, acts and batches, in the form the browser sends."""

import itertools
import json
import re
import uuid
from collections.abc import Iterable
from typing import Any

import msgspec

from plnd.measures.event_validation import Accepted, validate
from plnd.model.events import EventBatch, Source

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOON = 1_795_435_200_000
"""Monday, 23 November 2026, 12:00 in London and in UTC."""

NETWORKS = ("facebook", "linkedin", "mastodon", "x")
_numbers = itertools.count()

Wire = dict[str, Any]


def uuid7(at: int = NOON) -> str:
    """A UUIDv7 of the moment `at` (ms), different each time."""
    number = next(_numbers)
    value = (at & (1 << 48) - 1) << 80 | 7 << 76 | (number >> 62 & 0xFFF) << 64
    return str(uuid.UUID(int=value | 2 << 62 | number & (1 << 62) - 1))


def visit(start: int = NOON, seconds: float = 60, **given: Any) -> Wire:
    """A visit of `seconds` from `start` (ms); any field can be overridden."""
    return {
        "id": uuid7(start),
        "kind": "visit",
        "network": "x",
        "page": "feed",
        "start": start,
        "end": start + int(seconds * SECOND),
        **given,
    }


def act(at: int = NOON, action: str = "reply", **given: Any) -> Wire:
    """An interaction."""
    return {
        "id": uuid7(at),
        "kind": "interaction",
        "network": "x",
        "action": action,
        "at": at,
        **given,
    }


def source(browser: str = "chromium", profile: str = "p1") -> Wire:
    return {"browser": browser, "profile": profile, "extension": "0.1.0"}


def batch(*events: Wire, browser: str = "chromium", profile: str = "p1") -> Wire:
    """A batch as in a request."""
    return {"source": source(browser, profile), "events": list(events)}


def typed(wire: Wire) -> EventBatch:
    """A batch as `Plnd.record` takes it."""
    return msgspec.json.decode(json.dumps(wire), type=EventBatch)


def accepted(events: Iterable[Wire], now: int = NOON + 10 * DAY) -> list[Accepted]:
    """Events as `Log.store` takes them."""
    raws = [msgspec.Raw(json.dumps(event).encode()) for event in events]
    found, rejected = validate(raws, now=now, networks=NETWORKS)
    assert not rejected, rejected
    return found


def sender(browser: str = "chromium", profile: str = "p1") -> Source:
    return Source(**source(browser, profile))


def day_of_visits(
    start: int, minutes: float, *, network: str = "x", each: float = 60, gap: float = 15
) -> list[Wire]:
    """Visits of `each` seconds with `gap` seconds between, `minutes` in all."""
    count = round(minutes * 60 / each)
    step = int((each + gap) * SECOND)
    return [visit(start + number * step, each, network=network) for number in range(count)]


def sample(kind: type[msgspec.Struct], word: str) -> Any:
    """A document of a type with every field set, and the word in every text."""
    return msgspec.convert(_plain_sample(msgspec.inspect.type_info(kind), word), kind)


def _plain_sample(kind: Any, word: str, name: str = "") -> Any:
    """A value of a type with the word in every text, as a user would write it."""
    if isinstance(kind, msgspec.inspect.StructType):
        return {
            one.encode_name: _plain_sample(one.type, word, one.encode_name)
            for one in kind.fields
            if one.encode_name != kind.tag_field
        } | ({kind.tag_field: kind.tag} if kind.tag_field else {})
    if isinstance(kind, msgspec.inspect.Metadata):
        return _plain_sample(kind.type, word, name)
    if isinstance(kind, msgspec.inspect.UnionType):
        plain = [one for one in kind.types if not isinstance(one, msgspec.inspect.NoneType)]
        return _plain_sample(plain[0], word, name)
    if isinstance(kind, msgspec.inspect.ListType):
        return [_plain_sample(kind.item_type, word, name)]
    if isinstance(kind, msgspec.inspect.DictType):
        return {
            _plain_sample(kind.key_type, word, name): _plain_sample(kind.value_type, word, name)
        }
    if isinstance(kind, msgspec.inspect.LiteralType):
        return kind.values[0]
    if isinstance(kind, msgspec.inspect.BoolType):
        return True
    if isinstance(kind, msgspec.inspect.IntType | msgspec.inspect.FloatType):
        low, high = kind.ge or 0, NOON if kind.le is None else kind.le
        return max(low, min(high, NOON))
    assert isinstance(kind, msgspec.inspect.StrType), kind
    texts = [f"https://x.com/{word}", "2026-11-23", "2026-11", "2026-Q4", "09:00", "09:00:00"]
    if kind.pattern is None:
        own = {"handle": f"@{word}", "id": f"x:{word}", "network": "x"}
        return own.get(name, f"ask @{word} or x:{word}")
    return next(text for text in texts if re.search(kind.pattern, text))
