"""What to forget: a time, a network, a handle, all of these together, or a person."""

from dataclasses import dataclass
from typing import Any

from plnd.model.base import LAST_MOMENT
from plnd.model.names import plain_handle, plain_name


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything in `start <= t < end` (ms), on the network, with the handle."""

    start: int = 0
    end: int = LAST_MOMENT + 1
    network: str | None = None
    handle: str | None = None

    @property
    def everything(self) -> bool:
        return self == Scope()

    @property
    def always(self) -> bool:
        """Whether it covers all times."""
        return self.start <= 0 and self.end > LAST_MOMENT

    def contains(self, moment: int) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class PersonScope:
    """Everything about a person: all ids that they had, their names, their handles.

    `names` are as `plain_name` gives them, `handles` are networks with handles as `plain_handle`
    gives them. What has one of the handles is forgotten by the `scopes`; `is_about` and
    `is_reference` find the rest.
    """

    ids: frozenset[str]
    names: frozenset[str]
    handles: frozenset[tuple[str, str]]

    @property
    def scopes(self) -> list[Scope]:
        return [Scope(network=one, handle=handle) for one, handle in sorted(self.handles)]

    def is_about(self, entry: dict[str, Any]) -> bool:
        """Whether an entry is the person, or an item of a plan about them (`person:ID`)."""
        if entry.get("id") in self.ids:
            return True
        kind, _, key = str(entry.get("key", "")).partition(":")
        network, _, handle = key.partition(":")
        return kind == "person" and (
            key in self.ids or (network, plain_handle(handle)) in self.handles
        )

    def is_reference(self, field: str, value: Any) -> bool:
        """Whether a field of an entry says that the entry is with this person, or from them."""
        if not isinstance(value, str):
            return False
        if field == "person":
            return value in self.ids
        return field == "person_name" and plain_name(value) in self.names
