"""The bodies of requests, and the tests of rules on them."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from plnd.catalogue.patterns import pattern
from plnd.catalogue.rules import BodyTest

LONGEST_MATCHED = 8192
"""How much of a body, or of a value in it, patterns are matched against (UTF-16 units)."""


class Body(NamedTuple):
    """A request's body: its text, or the fields of a form that a browser has parsed."""

    text: str | None
    form: Mapping[str, str] | None = None

    @classmethod
    def of(cls, value: object) -> "Body":
        """The body for a value; an object is both JSON and the fields of a form."""
        if isinstance(value, str):
            parsed = _json(value)
            return cls(value, _fields(parsed) if isinstance(parsed, dict) else None)
        return cls(_compact(value), _fields(value) if isinstance(value, dict) else None)


def body_matches(test: BodyTest, body: Body) -> bool:
    """Whether a body passes a rule's test; a body that cannot be parsed passes none."""
    parsed = _parse_as(test.type, body)
    if parsed is None:
        return False
    value = _full_text(body) if test.path is None else _value_at(parsed, test.path)
    exists = value is not None and value is not _MISSING
    if test.test == "exists":
        return exists
    if test.test == "absent":
        return not exists
    if test.test == "equals":
        return value is not _MISSING and _equal(value, test.value)
    text = value if isinstance(value, str) else _compact(value) if exists else None
    return text is not None and pattern(str(test.value)).search(_prefix(text)) is not None


def _prefix(text: str) -> str:
    """The part of a text that patterns are matched against, in UTF-16 units as in JavaScript."""
    if len(text) <= LONGEST_MATCHED // 2:
        return text
    return text.encode("utf-16-le", "replace")[: 2 * LONGEST_MATCHED].decode("utf-16-le", "ignore")


_MISSING = object()


def _parse_as(kind: str, body: Body) -> object:
    """The body parsed as the type that a rule names; None when it is not of that type."""
    readers: dict[str, tuple[Callable[[Body], object], ...]] = {
        "json": (_as_json,),
        "form": (_as_form,),
        "any": (_as_json, _as_form),
    }
    return next((value for read in readers[kind] if (value := read(body)) is not None), None)


def _as_json(body: Body) -> object:
    return None if body.text is None else _json(body.text)


def _as_form(body: Body) -> object:
    if body.form is not None:
        return body.form
    fields: dict[str, str] = {}
    for name, value in parse_qsl((body.text or "").removeprefix("?"), keep_blank_values=True):
        fields.setdefault(name, value)
    return fields


def _full_text(body: Body) -> str:
    return body.text if body.text is not None else urlencode(body.form or {})


def _json(text: str) -> object:
    """The value of JSON text; None when it is not JSON."""
    try:
        value: object = json.loads(text, parse_float=_number, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return value


def _number(text: str) -> int | float:
    """A number as JavaScript would write it: 1.0 as 1."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fields(value: dict[str, object]) -> dict[str, str]:
    """The values of an object as the texts of form fields."""
    return {
        name: one if isinstance(one, str) else _compact(one)
        for name, one in value.items()
        if one is not None
    }


def _value_at(value: object, path: str) -> object:
    """The value at a dotted path; _MISSING when there is none."""
    for key in path.split("."):
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return _MISSING
    return value


def _equal(one: object, other: object) -> bool:
    """Equality of JSON values: unlike in Python, true does not equal 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return one == other
