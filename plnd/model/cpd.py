"""The professional-development log."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from plnd.model.base import Day, Key, Name, Note, Strict, Text

CpdBody = Literal["free", "cilip", "alia"]
Hours = Annotated[float, Meta(ge=0, le=24)]
CpdSource = Literal["chat", "session", "journal", "own"]


class CpdMark(Strict, frozen=True):
    """What the user made of a draft row, or a row of their own (`source` own).

    Of a draft only what differs is kept: a sentence, other hours or topic, or that it is struck.
    """

    id: Key
    note: Note | None = None
    topic: Text | None = None
    hours: Hours | None = None
    struck: bool = False
    day: Day | None = None
    evidence: Text | None = None


class CpdRow(Struct, frozen=True, kw_only=True):
    """A row of the log: what stands in a portfolio."""

    id: str
    day: str
    hours: float
    topic: str
    evidence: str
    note: str
    source: CpdSource
    struck: bool = False


class CpdLog(Struct, frozen=True, kw_only=True):
    """A year of the log, by the calendar of `body`; `hours` are those of rows not struck."""

    body: CpdBody
    year: int
    name: str
    first: str
    last: str
    hours: float
    rows: list[CpdRow]


class CpdChange(Strict, frozen=True):
    """The user's word on a row; what is not named stays as it is."""

    note: Note | UnsetType = UNSET
    topic: Text | UnsetType = UNSET
    hours: Hours | UnsetType = UNSET
    evidence: Text | UnsetType = UNSET
    struck: bool | UnsetType = UNSET


class CpdRequest(Strict, frozen=True):
    """A row of the user's own."""

    day: Day
    hours: Hours
    topic: Name
    evidence: Text = ""
    note: Note = ""


class CpdAnswer(Struct, frozen=True):
    row: CpdRow
