"""Removing what was forgotten from stored documents. Pure."""

import re
from datetime import date
from typing import Any

from plnd.model.names import plain_handle
from plnd.model.scope import PersonScope, Scope

DAY_MS = 86_400_000


def redact(document: dict[str, Any], scope: Scope | PersonScope) -> dict[str, Any] | None:
    """A document without what is in the scope; None when all of it is.

    Entries of the document that are in the scope are removed. Where a text only mentions the
    handle (`@ana`, `x:ana`, an address with `/ana` in it), the mention is replaced by an ellipsis.
    For a person, the fields that say that the document is with or from them are removed.
    """
    if isinstance(scope, PersonScope):
        return None if scope.is_about(document) else _without_person(document, scope)
    if scope.everything or _is_in_scope(document, scope, None):
        return None
    redacted: dict[str, Any] = _without_scope(document, scope, None)
    return redacted


_MOMENTS = ("at", "taken_at", "start", "starts_at")
_ELLIPSIS = "…"
_NOON_MS = 12 * 3_600_000


def _time_of(entry: dict[str, Any]) -> int | None:
    """The time of an entry (ms); noon for one with only a day."""
    for name in _MOMENTS:
        if isinstance(found := entry.get(name), int):
            return found
    try:
        day = date.fromisoformat(entry["day"])
    except (KeyError, TypeError, ValueError):
        return None
    return (day - date(1970, 1, 1)).days * DAY_MS + _NOON_MS


def _is_in_scope(entry: dict[str, Any], scope: Scope, above: str | None) -> bool:
    """Whether an entry is in the scope; `above` is the network of the entry that it is part of."""
    if not scope.always:
        moment = _time_of(entry)
        if moment is None or not scope.contains(moment):
            return False
    if scope.network is not None and not _is_on_network(entry, scope.network, above):
        return False
    return scope.handle is None or _has_handle(entry, plain_handle(scope.handle))


def _is_on_network(entry: dict[str, Any], network: str, above: str | None) -> bool:
    """Whether an entry is about the network: by its field, its id, or the cause of a notice."""
    if (own := entry.get("network", above)) is not None:
        return bool(own == network)
    parts = re.split(r"[/:.]", f"{entry.get('id', '')}/{entry.get('cause', '')}")
    return network in parts


def _has_handle(entry: dict[str, Any], handle: str) -> bool:
    """Whether an entry is the handle's: by its field, or by an id like `x:ana`."""
    own = entry.get("handle")
    if isinstance(own, str):
        return plain_handle(own) == handle
    key = entry.get("id")
    return isinstance(key, str) and plain_handle(key.partition(":")[2]) == handle


def _without_scope(value: Any, scope: Scope, above: str | None) -> Any:
    """A value without the entries that are in the scope, and without mentions of the handle."""
    if isinstance(value, dict):
        above = value.get("network", above)
        return {
            _without_scope(name, scope, above): one
            if name == "handle"
            else _without_scope(one, scope, above)
            for name, one in value.items()
            if not (isinstance(one, dict) and _is_in_scope(one, scope, above))
        }
    if isinstance(value, list):
        return [
            _without_scope(one, scope, above)
            for one in value
            if not (isinstance(one, dict) and _is_in_scope(one, scope, above))
        ]
    if isinstance(value, str) and scope.handle is not None and scope.always:
        # `mastodon:ana` and `x:ana` are different people.
        named = r"(?<=:)" if scope.network is None else rf"(?<={re.escape(scope.network)}:)"
        mention = rf"(?:(?<=[@/])|{named}){re.escape(plain_handle(scope.handle))}(?!\w)"
        return re.sub(mention, _ELLIPSIS, value, flags=re.IGNORECASE)
    return value


def _without_person(value: Any, person: PersonScope) -> Any:
    """A value without the person and references to them; the user's own texts stay."""
    if isinstance(value, dict):
        return {
            name: _without_person(one, person)
            for name, one in value.items()
            if not (person.is_reference(name, one) or _is_person(one, person))
        }
    if isinstance(value, list):
        return [_without_person(one, person) for one in value if not _is_person(one, person)]
    return value


def _is_person(value: Any, person: PersonScope) -> bool:
    """Whether a value is an entry about the person, or their id."""
    if isinstance(value, dict):
        return person.is_about(value)
    return isinstance(value, str) and value in person.ids
