"""The review, the plan and the ledger."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from plnd.model.base import Moment
from plnd.model.chats import Attended
from plnd.model.day import ProfileToday
from plnd.model.journal import EntryView
from plnd.model.people import PersonView

Colour = Literal["green", "amber", "red", "learning", "off"]


class Light(Struct, frozen=True, kw_only=True):
    """One of the four: its colour, what it says, and the figures that it comes from."""

    name: Literal["time", "interaction", "freshness", "breadth"]
    colour: Colour
    says: str
    sums: dict[str, float]


class Advice(Struct, frozen=True, kw_only=True):
    """One suggestion, and the figures that are its reason."""

    kind: Literal["write", "post", "time", "chat", "tie", "join"]
    text: str
    reason: str


class PlanItem(Struct, frozen=True, kw_only=True):
    """One line of a plan; `key` is the same in the next plan as long as it is the same matter."""

    key: str
    text: str
    reason: str


class Plan(Struct, frozen=True, kw_only=True):
    """What to add, to tend and to close in a quarter (2026-Q4)."""

    quarter: Annotated[str, Meta(pattern="^[0-9]{4}-Q[1-4]$")]
    made_at: Moment
    add: list[PlanItem]
    tend: list[PlanItem]
    close: list[PlanItem]


class PlanDiff(Struct, frozen=True, kw_only=True):
    """A plan beside the one before: the keys that came, stayed and went, by part."""

    since: str
    new: list[str]
    still: list[str]
    gone: list[str]


class LedgerRow(Struct, frozen=True, kw_only=True):
    """A network's time in work hours and off them, in seconds, and the interactions."""

    network: str
    work_seconds: int
    off_seconds: int
    taking_part_seconds: int
    interactions: int


class ReviewChat(Struct, frozen=True, kw_only=True):
    """A chat of the week, and how it went."""

    tag: str
    starts_at: int
    attended: Attended


class Shared(Struct, frozen=True, kw_only=True):
    """Give and take of the week; the highest rung reached and the next one; and, where the
    user wants it on Fridays, whose articles were read for two minutes and not shared."""

    own_posts: int
    others_shared: int
    replies: int
    rung: str | None
    next_rung: str
    unshared: list[str]


class Review(Struct, frozen=True, kw_only=True):
    """A week: four lights with their sums, what was done, and one suggestion with its reason."""

    week: str
    first: str
    last: str
    days_known: int
    lights: list[Light]
    interaction_days: int
    interaction_days_28: int
    spent_seconds: int
    budgeted_seconds: int
    taking_part_seconds: int
    scrolling_seconds: int
    chat_seconds: int
    chats: list[ReviewChat]
    new_people: list[PersonView]
    drifting: list[PersonView]
    drifting_count: int
    weak_tie: PersonView | None
    stale_profiles: list[ProfileToday]
    profile_lines: list[str]
    learned: list[EntryView]
    shared: Shared
    suggestion: Advice


class PlanAnswer(Struct, frozen=True, kw_only=True):
    """This quarter's plan beside the last one that was kept."""

    plan: Plan
    compared: PlanDiff | None


class Ledger(Struct, frozen=True, kw_only=True):
    """Work and home by network; `names` null: left out, `people` says how many they are."""

    first: str
    last: str
    rows: list[LedgerRow]
    people: int
    names: list[str] | None
