"""The words of the learning network as data: people, chats, the journal, the log of learning.

As in `model`: times are milliseconds in UTC, days are YYYY-MM-DD, units stand in names, and
a field that nobody knows is refused in what is read from outside.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from plnd.model import Name, Strict, Text, Weekday

MOST_HANDLES = 50
LONGEST_NOTE = 4000

Note = Annotated[str, Meta(max_length=LONGEST_NOTE)]
Line = Annotated[str, Meta(min_length=1, max_length=LONGEST_NOTE)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="YYYY-MM-DD")]
Clock = Annotated[
    str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="a time of day, HH:MM")
]
Handles = Annotated[list["Handle"], Meta(max_length=MOST_HANDLES)]
Tags = Annotated[list[Name], Meta(max_length=50)]
GapDays = Annotated[int, Meta(ge=1, le=3650)]

TouchKind = Literal["post", "reply", "share", "react", "follow", "message", "visit", "met"]
Gap = Literal["fine", "due", "late"]
Tie = Literal["strong", "weak", "dormant", "new"]
Repeat = Literal["weekly", "fortnightly", "monthly"]
ChatState = Literal["confirmed", "unconfirmed"]
Attended = Literal["took_part", "listened", "missed"]
EntryKind = Literal["learned", "taught"]
CpdBody = Literal["free", "cilip", "alia"]
CpdSource = Literal["chat", "session", "journal", "own"]


# -- people ---------------------------------------------------------------------


class Handle(Strict, frozen=True):
    """Where somebody is found: a name on a network."""

    network: Name
    handle: Name


class Cadence(Strict, frozen=True):
    """How long it may be since the last touch: due after `ideal_days`, late after `worst_days`.

    Without `worst_days` it is half as long again as the ideal.
    """

    ideal_days: GapDays
    worst_days: GapDays | None = None


class Person(Strict, frozen=True):
    """A member of the user's learning network, as it is kept.

    `how_met` is the user's own word; `merged` are the ids of people merged into this one;
    `uids` are the ids under which address books know them.
    """

    id: str
    name: Name
    added_at: int
    handles: Handles = field(default_factory=list)
    tags: Tags = field(default_factory=list)
    how_met: Note = ""
    note: Note = ""
    cadence: Cadence | None = None
    merged: list[str] = field(default_factory=list)
    uids: list[str] = field(default_factory=list)


class Touch(Struct, frozen=True, kw_only=True):
    """A moment in which the user dealt with somebody; `network` null: face to face."""

    at: int
    kind: TouchKind
    network: str | None


class Meeting(Strict, frozen=True):
    """Face to face: whom, when, what of. `uid` says which entry of a calendar it came from."""

    id: str
    person: str
    at: int
    note: Note = ""
    uid: str | None = None


class Merge(Struct, frozen=True, kw_only=True):
    """Two people made one: both as they were before, so that it can be undone."""

    id: str
    at: int
    kept: Person
    gone: Person


class Candidate(Struct, frozen=True, kw_only=True):
    """Somebody as an address book describes them; `where` is the place in it."""

    where: str
    name: Name
    handles: Handles = field(default_factory=list)
    tags: Tags = field(default_factory=list)
    how_met: Note = ""
    uids: list[str] = field(default_factory=list)


class Problem(Struct, frozen=True, kw_only=True):
    """What of an import could not be read, and why; the rest was."""

    where: str
    message: str


# -- chats ----------------------------------------------------------------------


class Break(Strict, frozen=True):
    """Days without the chat, first and last included."""

    first: Day
    last: Day
    name: Text = ""


class Chat(Strict, frozen=True):
    """A recurring chat led by a hashtag, as it is kept.

    `start` null: the hour is not known, so there are no slots. `nth` are weeks of the month
    (1 to 5, -1 the last) for a monthly chat. `anchor` is a day in a week with the chat, for one
    of every second week. `evidence` is when it was last seen alive, as precisely as is known.
    `followed_at` null: not followed. `confirmed_at`: when the user last said that it is alive.
    """

    id: str
    tag: Name
    network: Name
    weekday: Weekday
    start: Clock | None
    minutes: Annotated[int, Meta(ge=5, le=360)]
    time_zone: Name
    repeat: Repeat = "weekly"
    nth: Annotated[list[Literal[1, 2, 3, 4, 5, -1]], Meta(max_length=5)] = field(
        default_factory=list
    )
    anchor: Day | None = None
    breaks: Annotated[list[Break], Meta(max_length=200)] = field(default_factory=list)
    topic: Text = ""
    shipped: bool = False
    certainty: Literal["high", "medium", "low"] = "high"
    evidence: str | None = None
    status: Text = ""
    note: Note = ""
    followed_at: int | None = None
    confirmed_at: int | None = None


class Slot(Struct, frozen=True, kw_only=True):
    """One time at which a chat takes place, ms."""

    starts_at: int
    ends_at: int


# -- the journal ------------------------------------------------------------------


class Entry(Strict, frozen=True):
    """Something learned from, or taught to, somebody."""

    id: str
    kind: EntryKind
    at: int
    text: Line
    person: str | None = None
    link: Annotated[str, Meta(max_length=2048)] | None = None
    title: Text | None = None
    author: Text | None = None
    network: Name | None = None
    minutes: Annotated[int, Meta(ge=0, le=24 * 60)] | None = None


# -- the log of professional development ------------------------------------------


class CpdMark(Strict, frozen=True):
    """What the user made of a draft row, or a row of their own (`source` own).

    Of a draft only what differs is kept: a sentence, other hours or topic, or that it is struck.
    """

    id: str
    note: Note | None = None
    topic: Text | None = None
    hours: Annotated[float, Meta(ge=0, le=24)] | None = None
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
