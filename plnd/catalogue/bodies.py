"""The bodies of requests, and whether one passes a rule's test."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from plnd.catalogue.patterns import pattern
from plnd.catalogue.rules import BodyTest

LONGEST_MATCHED = 8192
"""How much of a body, or of a value in it, patterns look at."""


class Body(NamedTuple):
    """A request's body: its text, or the fields of a form that a browser has taken apart."""

    text: str | None
    form: Mapping[str, str] | None = None

    @classmethod
    def of(cls, value: object) -> "Body":
        """The body that `value` stands for; an object is JSON and a form's fields alike."""
        if isinstance(value, str):
            parsed = _json(value)
            return cls(value, _fields(parsed) if isinstance(parsed, dict) else None)
        return cls(_compact(value), _fields(value) if isinstance(value, dict) else None)


def holds(test: BodyTest, body: Body) -> bool:
    """Whether a body passes a rule's test; one that cannot be read passes none."""
    whole = _read_as(test.type, body)
    if whole is None:
        return False
    value = _whole_text(body) if test.path is None else _at(whole, test.path)
    there = value is not None and value is not _ABSENT
    if test.test == "exists":
        return there
    if test.test == "absent":
        return not there
    if test.test == "equals":
        return value is not _ABSENT and _same(value, test.value)
    text = value if isinstance(value, str) else _compact(value) if there else None
    return text is not None and pattern(str(test.value)).search(_begin(text)) is not None


def _begin(text: str) -> str:
    """As much of a text as patterns are tried on, as JavaScript counts."""
    if len(text) <= LONGEST_MATCHED // 2:
        return text
    return text.encode("utf-16-le", "replace")[: 2 * LONGEST_MATCHED].decode("utf-16-le", "ignore")


_ABSENT = object()


def _read_as(kind: str, body: Body) -> object:
    """The body as the kind of value that a rule speaks of; None when it is not of that kind."""
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


def _whole_text(body: Body) -> str:
    return body.text if body.text is not None else urlencode(body.form or {})


def _json(text: str) -> object:
    """The value of JSON text; None when it is none."""
    try:
        value: object = json.loads(text, parse_float=_number, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return value


def _number(text: str) -> int | float:
    """A number as JavaScript writes it again: 1.0 is 1."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fields(value: dict[str, object]) -> dict[str, str]:
    """The values of an object as a form would carry them."""
    return {
        name: one if isinstance(one, str) else _compact(one)
        for name, one in value.items()
        if one is not None
    }


def _at(value: object, path: str) -> object:
    """What lies at a dotted path; _ABSENT when there is nothing."""
    for key in path.split("."):
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return _ABSENT
    return value


def _same(one: object, other: object) -> bool:
    """Equality of JSON values, where true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return one == other
