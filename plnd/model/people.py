"""People, their handles, touches and ties."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from plnd.model.base import Key, Moment, Name, Note, Strict, Text
from plnd.model.feeds import Feed
from plnd.model.journal import EntryView

MOST_HANDLES = 50
Handles = Annotated[list["Handle"], Meta(max_length=MOST_HANDLES)]
Keys = Annotated[list[Key], Meta(max_length=1000)]
Tags = Annotated[list[Name], Meta(max_length=50)]
GapDays = Annotated[int, Meta(ge=1, le=3650)]
TouchKind = Literal["post", "reply", "share", "react", "follow", "message", "visit", "met"]
Gap = Literal["fine", "due", "late"]
Tie = Literal["strong", "weak", "dormant", "new"]


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


class Person(Strict, frozen=True, omit_defaults=True):
    """A member of the user's learning network, as it is kept.

    `how_met` is the user's own word; `merged` are the ids of people merged into this one;
    `uids` are the ids under which address books know them; `posted_at` is when they last
    posted themselves, as far as it was seen.
    """

    id: Key
    name: Name
    added_at: Moment
    handles: Handles = field(default_factory=list)
    tags: Tags = field(default_factory=list)
    how_met: Note = ""
    note: Note = ""
    cadence: Cadence | None = None
    merged: Keys = field(default_factory=list)
    uids: Keys = field(default_factory=list)
    posted_at: Moment | None = None


class Touch(Struct, frozen=True, kw_only=True):
    """A moment in which the user dealt with somebody; `network` null: face to face."""

    at: int
    kind: TouchKind
    network: str | None


class Meeting(Strict, frozen=True):
    """Face to face: whom, when, what of. `uid` says which entry of a calendar it came from."""

    id: Key
    person: Key
    at: Moment
    note: Note = ""
    uid: Key | None = None


class PersonFeed(Struct, frozen=True, kw_only=True):
    """The public feed of one handle of a person; `id` is `network:handle`."""

    id: Key
    network: Name
    handle: Name
    feed: Feed


class TagCadence(Strict, frozen=True):
    """The cadence of all who carry a tag and have none of their own."""

    tag: Name
    ideal_days: GapDays
    worst_days: GapDays | None = None


class Dismissed(Strict, frozen=True):
    """A suggestion that the user said no to; `id` is `network:handle`."""

    id: Key
    at: Moment


class Merge(Struct, frozen=True, kw_only=True):
    """Two people made one: both as they were before, so that it can be undone."""

    id: Key
    at: Moment
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


class PersonView(Struct, frozen=True, kw_only=True):
    """A person and how things stand with them.

    `last_touch` null: never since they were added. `gap` null: no cadence. `silent_days` is how
    long they have not posted themselves, as far as is known.
    """

    id: str
    name: str
    handles: list[Handle]
    last_touch: Touch | None
    days_since: int
    tie: Tie
    gap: Gap | None
    cadence: Cadence | None
    silent_days: int | None
    tags: list[str]
    how_met: str
    note: str
    added_at: int


class PeopleAnswer(Struct, frozen=True):
    people: list[PersonView]


class PersonAnswer(Struct, frozen=True):
    person: PersonView


class PersonPage(Struct, frozen=True, kw_only=True):
    """One person with the latest touches, the meetings, what the journal says, and the public
    feeds that were turned on once."""

    person: PersonView
    touches: list[Touch]
    meetings: list[Meeting]
    entries: list["EntryView"]
    feeds: list[PersonFeed]


class PersonRequest(Strict, frozen=True):
    """Somebody to add."""

    name: Name
    handles: Handles = field(default_factory=list)
    tags: Tags = field(default_factory=list)
    how_met: Note = ""
    note: Note = ""
    cadence: Cadence | None = None


class PersonChange(Strict, frozen=True):
    """What to change of a person; what is not named stays."""

    name: Name | UnsetType = UNSET
    handles: Handles | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    how_met: Note | UnsetType = UNSET
    note: Note | UnsetType = UNSET
    cadence: Cadence | UnsetType | None = UNSET


class Ties(Struct, frozen=True, kw_only=True):
    """Whom contact is being lost with (the 200 longest over their cadence), how many ties of
    each kind there are, this week's draw, and, which is another matter, who has gone silent
    themselves."""

    drifting: list[PersonView]
    drifting_count: int
    counts: dict[str, int]
    weak_tie: PersonView | None
    gone_silent: list[PersonView]


class SuggestionView(Struct, frozen=True, kw_only=True):
    """A handle that the user deals with and that is nobody's yet."""

    network: str
    handle: str
    touches: int
    kinds: dict[str, int]
    says: str


class SuggestionsAnswer(Struct, frozen=True):
    suggestions: list[SuggestionView]


class SuggestionReply(Strict, frozen=True):
    """Yes adds the person, under `name` or else the handle; no is remembered."""

    network: Name
    handle: Name
    answer: Literal["yes", "no"]
    name: Name | None = None


class SuggestionDone(Struct, frozen=True):
    person: PersonView | None


class MeetingRequest(Strict, frozen=True):
    """Face to face with somebody: a name, an id or network:handle. When: `at` in ms, or `when`
    in local words (2026-11-20, 2026-11-20 14:00, yesterday); else now."""

    person: Name
    at: Moment | None = None
    when: Text | None = None
    note: Note = ""


class MeetingAnswer(Struct, frozen=True, kw_only=True):
    """`added` when the person was not known before."""

    meeting: Meeting
    person: PersonView
    added: bool


class PeopleImportRequest(Strict, frozen=True):
    """A file's text to take in: a vCard file, LinkedIn's Connections.csv, a calendar of meetings.

    With `dry_run` nothing is written.
    """

    kind: Literal["vcard", "linkedin", "meetings"]
    content: str
    dry_run: bool = False


class PeopleImportAnswer(Struct, frozen=True, kw_only=True):
    """What an import came to, or would: names of those added and changed, how many were known
    as they stand, and what could not be read."""

    dry_run: bool
    added: list[str]
    changed: list[str]
    same: int
    problems: list[Problem]


class MergeRequest(Strict, frozen=True):
    """Two people who are one: ids, names or network:handle."""

    kept: Name
    gone: Name


class MergeAnswer(Struct, frozen=True, kw_only=True):
    """`merge` is what undoes it."""

    merge: str
    person: PersonView


class MergesAnswer(Struct, frozen=True):
    merges: list[Merge]


class CadencesAnswer(Struct, frozen=True):
    cadences: list[TagCadence]
