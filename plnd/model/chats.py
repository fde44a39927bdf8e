"""Chats, their slots and who attended."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from plnd.model.base import Day, Key, Moment, Name, Note, Strict, Text, Weekday
from plnd.model.people import Problem

MOST_BREAKS = 200
Clock = Annotated[
    str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="a time of day, HH:MM")
]
Repeat = Literal["weekly", "fortnightly", "monthly"]
WeeksOfMonth = Annotated[list[Literal[1, 2, 3, 4, 5, -1]], Meta(max_length=5)]
ChatMinutes = Annotated[int, Meta(ge=5, le=360)]
Breaks = Annotated[list["Break"], Meta(max_length=MOST_BREAKS)]
ChatState = Literal["confirmed", "unconfirmed"]
Attended = Literal["took_part", "listened", "missed"]


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
    minutes: ChatMinutes
    time_zone: Name
    repeat: Repeat = "weekly"
    nth: WeeksOfMonth = field(default_factory=list)
    anchor: Day | None = None
    breaks: Breaks = field(default_factory=list)
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
    minutes: ChatMinutes = 60
    time_zone: Name | None = None
    repeat: Repeat = "weekly"
    nth: WeeksOfMonth = field(default_factory=list)
    anchor: Day | None = None
    topic: Text = ""


class ChatChange(Strict, frozen=True):
    """What to change of a chat; what is not named stays. `followed` turns it on and off,
    `confirmed` says that it is alive."""

    network: Name | UnsetType = UNSET
    weekday: Weekday | UnsetType = UNSET
    start: Clock | UnsetType | None = UNSET
    minutes: ChatMinutes | UnsetType = UNSET
    time_zone: Name | UnsetType = UNSET
    repeat: Repeat | UnsetType = UNSET
    nth: WeeksOfMonth | UnsetType = UNSET
    anchor: Day | UnsetType | None = UNSET
    breaks: Breaks | UnsetType = UNSET
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
