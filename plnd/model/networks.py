"""The networks in use, and which of them are counted."""

from typing import Any, Literal

from msgspec import Struct

from plnd.model.base import Strict

Certainty = Literal["high", "medium", "low"]


class FileFault(Struct, frozen=True, kw_only=True):
    """What is wrong with a file, or with one `document` of it (its number), which is not used for
    that; `field` names the part, empty for the whole."""

    file: str
    field: str
    message: str
    document: int | None = None


class NetworkEntry(Struct, frozen=True, kw_only=True):
    """A network; `source` says whose file is in use, null for none. `file` is the user's own.

    `counted`: the user has not switched it off. `certainty` is how well each kind of act is
    known; counts of those in `about` may be too high.
    """

    id: str
    name: str
    source: Literal["plnd", "own"] | None
    counted: bool
    certainty: dict[str, Certainty]
    about: list[str]
    file: dict[str, Any] | None = None
    fault: FileFault | None = None


class NetworksAnswer(Struct, frozen=True):
    networks: list[NetworkEntry]


class NetworkAnswer(Struct, frozen=True):
    network: NetworkEntry


class NetworkChange(Strict, frozen=True):
    """Whether a network is counted: of one that is not, nothing is recorded."""

    counted: bool
