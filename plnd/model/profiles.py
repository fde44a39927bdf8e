"""The user's own profiles."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from plnd.model.base import Key, Moment, Name, Strict
from plnd.model.day import Freshness, ProfileMode
from plnd.model.feeds import Feed

MOST_READING_BYTES = 2 * 1024 * 1024
Origin = Literal["acts", "page", "feed"]
"""Where the date of a post comes from: recognised acts, the profile's page, its feed."""
Silence = Literal["listening", "abandoned"]
Choice = Literal["revive", "reading", "close", "not_now", "active", "retired"]
StepName = Literal["export", "note", "delete"]
STEPS: tuple[StepName, ...] = ("export", "note", "delete")


class LastPost(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A last post as one origin has it.

    It may be older than `at` by `rough_ms` (0: exact). `taken_at` is when that was learned,
    `found_by` by what, `gap_days` the median between the posts that were seen.
    """

    at: Moment
    taken_at: Moment
    found_by: str
    rough_ms: Moment = 0
    gap_days: Annotated[float, Meta(ge=0, le=1_000_000)] | None = None


class Decision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the user decided of a profile, and when; undone, it stays in the list.

    `was` is the mode before it, `until` how long it holds notices and the card back.
    """

    choice: Choice
    at: Moment
    was: ProfileMode
    until: Moment | None = None
    undone_at: Moment | None = None


class Profile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of the user's own profiles, as it is kept. `told` has when which notice was told."""

    id: Key
    network: Name
    handle: Name
    added_at: Moment
    mode: ProfileMode = "active"
    last_posts: dict[Origin, LastPost] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    steps_done: dict[StepName, Moment] = field(default_factory=dict)
    feed: Feed | None = None
    told: dict[str, Moment] = field(default_factory=dict)


class NotMine(Struct, frozen=True, kw_only=True):
    """A suggested profile to which the user said no."""

    id: Key
    at: Moment


class SeemsMine(Struct, frozen=True, kw_only=True):
    """A profile under which the user was last seen to post, by the address of the request."""

    id: Key
    network: Name
    handle: Name
    at: Moment


class ProfileRequest(Strict, frozen=True):
    """A profile to be kept."""

    network: Name
    handle: Name


class ProfileChange(Strict, frozen=True):
    """A decision about a profile."""

    choice: Choice


class StepChange(Strict, frozen=True):
    """Whether a step of closing is done."""

    done: bool


class CloseStep(Struct, frozen=True, kw_only=True):
    """One step of closing a profile; `url` is the network's page for it, where it has one."""

    step: StepName
    title: str
    url: str | None
    done_at: int | None


class ProfileView(Struct, frozen=True, kw_only=True):
    """A profile and how it stands.

    `found_by` and `origin` say where the last post was learned, `rough` that it may be older.
    `usual_gap_days` is the profile's own rhythm, `out_of_rhythm` that it is four of those silent.
    `silence` is set when it is stale: `listening` when the user still visits the network.
    `card` asks for a decision; `peace_until` is until when nothing is said.
    """

    network: str
    name: str
    handle: str
    url: str | None
    mode: ProfileMode
    added_at: int
    last_post_at: int | None
    rough: bool
    origin: Origin | None
    found_by: str | None
    days_silent: int | None
    freshness: Freshness
    usual_gap_days: float | None
    out_of_rhythm: bool
    silence: Silence | None
    card: bool
    peace_until: int | None
    compose_url: str | None
    closing: list[CloseStep]
    decisions: list[Decision]
    last_posts: dict[Origin, LastPost]
    feed: Feed | None


class ProfilesAnswer(Struct, frozen=True):
    profiles: list[ProfileView]


class ProfileAnswer(Struct, frozen=True):
    profile: ProfileView


class Suggested(Struct, frozen=True, kw_only=True):
    """A profile that seems to be the user's own, and why.

    `sure` is false where only the network is sure and the handle a guess, or null.
    """

    network: str
    name: str
    handle: str | None
    sure: bool
    reason: str


class SuggestedAnswer(Struct, frozen=True):
    suggestions: list[Suggested]


class Upkeep(Struct, frozen=True, kw_only=True):
    """What one network took and gave in the last four weeks.

    `weekly_minutes` is the median over the weeks with an interaction; `fits` is null where it
    is not ranked: under three hours of data it says `learning`.
    """

    network: str
    name: str
    hours: float
    interactions: int
    interactions_an_hour: float | None
    weekly_minutes: int | None
    state: Literal["fits", "rest", "learning"]


class Affords(Struct, frozen=True, kw_only=True):
    """What the user's hour affords: the sums, the networks that fit, and the rest.

    `weekly_budget_minutes` is null where no budget over all networks is set.
    """

    state: Literal["ready", "learning", "no_budget"]
    weekly_budget_minutes: int | None
    used_minutes: int
    networks: list[Upkeep]
    breadth_networks: float | None
