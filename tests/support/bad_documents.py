"""Invalid documents, as a user, an attacker or another program might write them."""

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from plnd import api
from plnd.store.book.book import Book
from support.builders import DAY, MINUTE, NOON, sample

LAST = 253_402_300_799_999
NUMBERS = [
    0,
    1,
    -1,
    5,
    NOON - DAY,
    NOON,
    NOON + 2 * DAY,
    LAST,
    LAST + 1,
    -LAST,
    2**63 - 1,
    2**64 - 1,
]
NUMBERS += [-(2**63), 1.5, 1e300]
TEXTS = ["", " ", "x", "x:ünal", "p", "q", "nocolon", ":", "x:", "p" * 300, "n" * 20_000]
TEXTS += ["\u202eevil\u202c", "\x00", "\u2028", "../../etc/passwd", "/etc/passwd", "Mars/Olympus"]
TEXTS += ["2026-99-99", "0001-01-01", "9999-12-31", "2026-11-23", "2026-Q9", "2026-W99", "24:00"]
TEXTS += ["javascript:alert(1)", "http://x.com", "https://x.com/", "own:1", "session:x:0001-01-01"]
TEXTS += ["chat:x:99999999999999999999", "x.mon", "@", "@ünal", "Europe/London", "mastodon"]

any_value = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS),
    st.none(),
    st.booleans(),
    st.just([]),
    st.just({}),
    st.lists(st.sampled_from([*TEXTS, *NUMBERS]), max_size=3),
)


VALID_FIELDS: dict[str, dict[str, Any]] = {
    "settings": {"time_zone": "Asia/Kathmandu", "day_start": 3, "keep_visits_days": 7},
    "budgets": {"id": "x.mon", "network": "x", "days": ["mon"], "when": None},
    "pauses": {"start": NOON - DAY, "end": NOON - DAY + 1},
    "uncounted": {"start": NOON - DAY, "end": NOON - DAY + 1},
    "forgotten": {"start": NOON - DAY, "end": NOON - DAY + 1},
    "chats": {"id": "p", "tag": "p", "time_zone": "Europe/London", "minutes": 60},
    "cpd": {"id": "own:1"},
    "meetings": {"person": "p"},
    "journal": {"person": "q"},
}
"""Fields that a sample needs to be valid, by collection."""


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        found += [place for key, one in value.items() for place in _places(one, (*path, key))]
    elif isinstance(value, list):
        found += [place for key, one in enumerate(value) for place in _places(one, (*path, key))]
    return found


@st.composite
def documents(draw: st.DrawFn, book: Book) -> tuple[str, dict[str, Any]]:
    """The name of a collection, and a document for it with up to three random values."""
    name = draw(st.sampled_from(sorted(book.collections)))
    kind = book.collections[name].kind
    word = draw(st.sampled_from(["ünal", "p", "q"]))
    plain = {} if name == "settings" else copy.deepcopy(msgspec.to_builtins(sample(kind, word)))
    plain |= copy.deepcopy(VALID_FIELDS.get(name, {}))
    if name == "people":
        plain |= {"id": draw(st.sampled_from(["p", "q", "r"]))}
        plain |= {"merged": draw(st.lists(st.sampled_from(["p", "q", "r", "s"]), max_size=2))}
    for _ in range(draw(st.integers(0, 3))):
        places = _places(plain)
        *above, last = draw(st.sampled_from(places)) if places else ("new",)
        inner = plain
        for key in above:
            inner = inner[key]
        inner[last] = draw(any_value)
    if draw(st.integers(0, 9)) == 0:
        plain["unheard_of"] = draw(any_value)
    return name, plain


GET_ROUTES = [one for one in api.ROUTES if one.method == "GET"]
NAMES = ["ünal", "p", "x:ünal", "mastodon", "x"]
BOOK = Book(Path(tempfile.mkdtemp()))
USER_ERRORS = ("invalid", "not_found", "conflict")

sum_lines = st.fixed_dictionaries(
    {
        "type": st.just("sum"),
        "begin": st.sampled_from([*NUMBERS, NOON - 9000 * MINUTE, NOON - 90_000 * MINUTE]),
        "network": st.sampled_from(["x", "nonsuch"]),
        "page": st.just("feed"),
        "spent_ms": st.sampled_from([*NUMBERS, 900_000, 900_001]),
        "taking_part_ms": st.sampled_from([0, 1, 900_000, 2**63 - 1]),
        "visits_from": st.sampled_from([*NUMBERS, NOON - 11 * 1440 * MINUTE]),
    }
).map(json.dumps)


def document_lines(found: list[tuple[str, Any]]) -> list[str]:
    return [
        json.dumps({"type": "document", "collection": name, "document": plain})
        for name, plain in found
    ]
