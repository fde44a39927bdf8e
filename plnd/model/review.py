"""The review, the plan and the ledger as the API gives them."""

from msgspec import Struct

from plnd.measures.review import Advice, LedgerRow, Light, Plan, PlanDiff
from plnd.model.events import ProfileToday
from plnd.model.people import Attended, EntryView, PersonView


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
