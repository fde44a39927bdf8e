"""What is to be forgotten: a time, a network, a handle, or all of them at once. Pure.

What was forgotten must not come back with what a browser still keeps: `Forgotten` says what
to refuse, and holds a handle only as a digest that nobody can read it from.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from plnd.model import LAST_MOMENT, Forgotten


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that lies in `start <= t < end` (ms), on the network, with the handle."""

    start: int = 0
    end: int = LAST_MOMENT + 1
    network: str | None = None
    handle: str | None = None

    @property
    def everything(self) -> bool:
        return self == Scope()

    @property
    def always(self) -> bool:
        """Whether it is about all times."""
        return self.start <= 0 and self.end > LAST_MOMENT

    def holds(self, moment: int) -> bool:
        return self.start <= moment < self.end


def plain_handle(handle: str) -> str:
    """A handle as handles are compared: without the @ in front, in small letters."""
    return handle.removeprefix("@").casefold()


def remembered(scope: Scope, *, id: str, now: int) -> Forgotten:
    """What has to be refused from now on, so that the scope stays forgotten."""
    return Forgotten(
        id=id,
        at=now,
        start=scope.start,
        end=min(scope.end, now),
        network=scope.network,
        handle_digest=None if scope.handle is None else _digest(id, scope.handle),
    )


def covers(one: Forgotten, network: str, handle: str | None) -> bool:
    """Whether what was forgotten is about this network and this handle."""
    if one.network is not None and one.network != network:
        return False
    if one.handle_digest is None:
        return True
    return handle is not None and _digest(one.id, handle) == one.handle_digest


def _digest(salt: str, handle: str) -> str:
    return hashlib.sha256(f"{salt}\n{plain_handle(handle)}".encode()).hexdigest()


def without(document: dict[str, Any], scope: Scope) -> dict[str, Any] | None:
    """A document without what lies in the scope; None when it lies in it as a whole.

    Entries of its lists that name the network and the handle are taken out. The document
    itself goes when its moment fits, and what it says of network and handle.
    """
    if scope.everything:
        return None
    if scope.always:
        document = {key: _kept(value, scope) for key, value in document.items()}
    moment = next(
        (document[name] for name in _MOMENTS if isinstance(document.get(name), int)), None
    )
    if not scope.always and (moment is None or not scope.holds(moment)):
        return document
    if scope.handle is not None:
        # A text that names the handle seldom says on which network: then it goes.
        elsewhere = document.get("network", scope.network) not in (None, scope.network)
        about = _mentions(document, plain_handle(scope.handle))
        return document if (scope.network is not None and elsewhere) or not about else None
    if scope.network is not None and not _mentions(document, scope.network):
        return document
    return None


_MOMENTS = ("at", "taken_at", "start")


def _kept(value: Any, scope: Scope) -> Any:
    """A field's value without the entries that are about the network and the handle."""
    if not isinstance(value, list):
        return value
    return [one for one in value if not (isinstance(one, dict) and _names(one, scope))]


def _names(entry: dict[str, Any], scope: Scope) -> bool:
    """Whether an entry of a list stands for the handle (of the network), or for the network."""
    if scope.network is not None and entry.get("network") != scope.network:
        return False
    if scope.handle is None:
        return "network" in entry
    handle = entry.get("handle")
    return isinstance(handle, str) and plain_handle(handle) == plain_handle(scope.handle)


def _mentions(value: Any, word: str) -> bool:
    """Whether a text anywhere in the value has the word in it."""
    if isinstance(value, dict):
        return any(map(partial(_mentions, word=word), (*value, *value.values())))
    if isinstance(value, list):
        return any(map(partial(_mentions, word=word), value))
    if not isinstance(value, str):
        return False
    return re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", value.casefold()) is not None
