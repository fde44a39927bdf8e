"""The words of the learning network as data: people, chats, the journal, the log of learning.

As in `model`: times are milliseconds in UTC, days are YYYY-MM-DD, units stand in names, and
a field that nobody knows is refused in what is read from outside.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from plnd.model.events import Feed, Key, Moment, Name, Strict, Text, Weekday

MOST_HANDLES = 50
MOST_BREAKS = 200
LONGEST_NOTE = 4000

Note = Annotated[str, Meta(max_length=LONGEST_NOTE)]
Line = Annotated[str, Meta(min_length=1, max_length=LONGEST_NOTE)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="YYYY-MM-DD")]
Clock = Annotated[
    str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="a time of day, HH:MM")
]
Handles = Annotated[list["Handle"], Meta(max_length=MOST_HANDLES)]
Keys = Annotated[list[Key], Meta(max_length=1000)]
Tags = Annotated[list[Name], Meta(max_length=50)]
Link = Annotated[str, Meta(max_length=2048, pattern="^https?://", description="a web address")]
EntryMinutes = Annotated[int, Meta(ge=0, le=24 * 60)]
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


class Refused(Strict, frozen=True):
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


# -- chats ----------------------------------------------------------------------


class Break(Strict, frozen=True):
    """Days without the chat, first and last included."""

    first: Day
    last: Day
    name: Text = ""


class Chat(Strict, frozen=True, omit_defaults=True):
    """A recurring chat led by a hashtag, as it is kept.

    `start` null: the hour is not known, so there are no slots. `nth` are weeks of the month
    (1 to 5, -1 the last) for a monthly chat. `anchor` is a day in a week with the chat, for one
    of every second week. `evidence` is when it was last seen alive, as precisely as is known.
    `followed_at` null: not followed. `confirmed_at`: when the user last said that it is alive.
    """

    id: Key
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
    breaks: Annotated[list[Break], Meta(max_length=MOST_BREAKS)] = field(default_factory=list)
    topic: Text = ""
    shipped: bool = False
    certainty: Literal["high", "medium", "low"] = "high"
    evidence: Text | None = None
    status: Text = ""
    note: Note = ""
    followed_at: Moment | None = None
    confirmed_at: Moment | None = None


class AttendedChat(Strict, frozen=True):
    """A slot that was attended, as kept when its chat was changed or unfollowed since: what
    was done stays in the log. `id` is the chat and when it began; `ms` was spent on it."""

    id: Key
    chat: Key
    starts_at: Moment
    attended: Attended
    ms: Annotated[int, Meta(ge=0, le=86_400_000)]


class Slot(Struct, frozen=True, kw_only=True):
    """One time at which a chat takes place, ms."""

    starts_at: int
    ends_at: int


# -- the journal ------------------------------------------------------------------


class Entry(Strict, frozen=True):
    """Something learned from, or taught to, somebody: one of the people, or just a name."""

    id: Key
    kind: EntryKind
    at: Moment
    text: Line
    person: Key | None = None
    person_name: Text | None = None
    link: Link | None = None
    title: Text | None = None
    author: Text | None = None
    network: Name | None = None
    minutes: EntryMinutes | None = None


# -- the log of professional development ------------------------------------------


class CpdMark(Strict, frozen=True):
    """What the user made of a draft row, or a row of their own (`source` own).

    Of a draft only what differs is kept: a sentence, other hours or topic, or that it is struck.
    """

    id: Key
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


# -- the API: people -----------------------------------------------------------------


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


class ImportRequest(Strict, frozen=True):
    """A file's text to take in: a vCard file, LinkedIn's Connections.csv, a calendar of meetings.

    With `dry_run` nothing is written.
    """

    kind: Literal["vcard", "linkedin", "meetings"]
    content: str
    dry_run: bool = False


class ImportAnswer(Struct, frozen=True, kw_only=True):
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


# -- the API: chats ------------------------------------------------------------------


class AttendedSlot(Struct, frozen=True, kw_only=True):
    """A past slot and how it went."""

    starts_at: int
    ends_at: int
    attended: Attended
    on_tag_seconds: int


class AttendanceCounts(Struct, frozen=True, kw_only=True):
    """Of how many confirmed slots how many were taken part in, listened to, missed."""

    slots: int
    took_part: int
    listened: int
    missed: int


class ChatView(Struct, frozen=True, kw_only=True):
    """A chat, its state, and its next slot. `attendance` is null while it is not followed."""

    id: str
    tag: str
    network: str
    weekday: Weekday
    start: str | None
    minutes: int
    time_zone: str
    repeat: Repeat
    nth: list[int]
    anchor: str | None
    breaks: list[Break]
    topic: str
    status: str
    evidence: str | None
    certainty: str
    note: str
    shipped: bool
    followed: bool
    state: ChatState
    next_slot: Slot | None
    attendance: AttendanceCounts | None


class ChatsAnswer(Struct, frozen=True):
    chats: list[ChatView]


class ChatAnswer(Struct, frozen=True):
    chat: ChatView


class ChatPage(Struct, frozen=True, kw_only=True):
    """A chat with its past slots, the last first."""

    chat: ChatView
    slots: list[AttendedSlot]


class ChatRequest(Strict, frozen=True):
    """A chat of the user's own; it is followed at once."""

    tag: Name
    network: Name
    weekday: Weekday
    start: Clock
    minutes: Annotated[int, Meta(ge=5, le=360)] = 60
    time_zone: Name | None = None
    repeat: Repeat = "weekly"
    nth: Annotated[list[Literal[1, 2, 3, 4, 5, -1]], Meta(max_length=5)] = field(
        default_factory=list
    )
    anchor: Day | None = None
    topic: Text = ""


class ChatChange(Strict, frozen=True):
    """What to change of a chat; what is not named stays. `followed` turns it on and off,
    `confirmed` says that it is alive."""

    network: Name | UnsetType = UNSET
    weekday: Weekday | UnsetType = UNSET
    start: Clock | UnsetType | None = UNSET
    minutes: Annotated[int, Meta(ge=5, le=360)] | UnsetType = UNSET
    time_zone: Name | UnsetType = UNSET
    repeat: Repeat | UnsetType = UNSET
    nth: Annotated[list[Literal[1, 2, 3, 4, 5, -1]], Meta(max_length=5)] | UnsetType = UNSET
    anchor: Day | UnsetType | None = UNSET
    breaks: Annotated[list[Break], Meta(max_length=MOST_BREAKS)] | UnsetType = UNSET
    topic: Text | UnsetType = UNSET
    followed: bool | UnsetType = UNSET
    confirmed: Literal[True] | UnsetType = UNSET


class BreaksRequest(Strict, frozen=True):
    """A calendar of term dates; its breaks take the place of those known before.

    `chat` null: for every followed chat. With `dry_run` nothing is written.
    """

    content: str
    chat: Name | None = None
    dry_run: bool = False


class BreaksAnswer(Struct, frozen=True, kw_only=True):
    """The breaks that were found, and for which chats they hold, or would."""

    dry_run: bool
    breaks: list[Break]
    chats: list[str]
    problems: list[Problem]


class FollowedTag(Struct, frozen=True):
    network: str
    tag: str


class FollowedTags(Struct, frozen=True):
    """What a browser has to look out for: nothing else of a tag is ever sent."""

    tags: list[FollowedTag]


# -- the API: journal ------------------------------------------------------------------


class EntryView(Struct, frozen=True, kw_only=True):
    """A journal entry; `person_name` is who it was, known or not."""

    id: str
    kind: EntryKind
    at: int
    text: str
    person: str | None
    person_name: str | None
    link: str | None
    title: str | None
    author: str | None
    network: str | None
    minutes: int | None


class JournalAnswer(Struct, frozen=True):
    entries: list[EntryView]


class EntryAnswer(Struct, frozen=True):
    entry: EntryView


class ArticleRequest(Strict, frozen=True):
    """A page whose title and author are wanted."""

    link: Link


class EntryRequest(Strict, frozen=True):
    """Something learned or taught. `person` is a name, an id or network:handle; `title` and
    `author` are those of what `link` leads to."""

    kind: EntryKind
    text: Line
    person: Name | None = None
    link: Link | None = None
    title: Text | None = None
    author: Text | None = None
    network: Name | None = None
    minutes: EntryMinutes | None = None
    at: Moment | None = None
    when: Text | None = None


class EntryChange(Strict, frozen=True):
    """What to change of an entry; what is not named stays."""

    kind: EntryKind | UnsetType = UNSET
    text: Line | UnsetType = UNSET
    person: Name | UnsetType | None = UNSET
    link: Link | UnsetType | None = UNSET
    title: Text | UnsetType | None = UNSET
    author: Text | UnsetType | None = UNSET
    minutes: EntryMinutes | UnsetType | None = UNSET


# -- the API: development, review ----------------------------------------------------------


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
    hours: Annotated[float, Meta(ge=0, le=24)] | UnsetType = UNSET
    evidence: Text | UnsetType = UNSET
    struck: bool | UnsetType = UNSET


class CpdRequest(Strict, frozen=True):
    """A row of the user's own."""

    day: Day
    hours: Annotated[float, Meta(ge=0, le=24)]
    topic: Name
    evidence: Text = ""
    note: Note = ""


class CpdAnswer(Struct, frozen=True):
    row: CpdRow
