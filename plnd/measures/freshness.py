"""How fresh a profile is: days since the last post, by fixed steps and by its own rhythm. Pure."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from plnd.model.day import Freshness
from plnd.model.profiles import Decision, LastPost, Origin, Profile, Silence

DAY_MS = 86_400_000
QUIET_FROM, AGEING_FROM, STALE_FROM = 30, 60, 90
RHYTHM_TIMES, RHYTHM_LEAST_DAYS = 4, 30
VISITED_DAYS = 28
NEW_PEACE_MS = 7 * DAY_MS
PEACE_MS: Mapping[str, int] = {"revive": 7 * DAY_MS, "not_now": 30 * DAY_MS, "close": 30 * DAY_MS}
"""How long after a decision there are no notices."""


def days_silent(last_at: int | None, now: int) -> int | None:
    """Whole days of 24 hours since the last post; None when it is not known.

    Not calendar days: whether a profile is stale must not depend on a time zone.
    """
    return None if last_at is None else max(0, (now - last_at) // DAY_MS)


def freshness(days: int | None) -> Freshness:
    """Fresh under 30 days, quiet under 60, ageing under 90, else stale."""
    if days is None:
        return "unknown"
    if days < QUIET_FROM:
        return "fresh"
    if days < AGEING_FROM:
        return "quiet"
    return "ageing" if days < STALE_FROM else "stale"


def best_last_post(last_posts: Mapping[Origin, LastPost]) -> tuple[Origin, LastPost] | None:
    """The newest last post of all origins; a rough one counts as at the oldest it can be."""
    return max(
        last_posts.items(),
        key=lambda item: (item[1].at - item[1].rough_ms, -item[1].rough_ms, item[0]),
        default=None,
    )


def median_gap_days(moments: Iterable[int]) -> float | None:
    """The median of the gaps between moments (ms), in days; None for fewer than three."""
    ordered = sorted(set(moments))
    gaps = sorted(later - at for at, later in itertools.pairwise(ordered))
    if len(gaps) < 2:
        return None
    middle = len(gaps) // 2
    ms = gaps[middle] if len(gaps) % 2 else (gaps[middle - 1] + gaps[middle]) / 2
    return round(ms / DAY_MS, 2)


def out_of_rhythm(days: int | None, gap_days: float | None) -> bool:
    """Whether it has been silent for four of its median gaps, if those make 30 days or more."""
    if days is None or gap_days is None:
        return False
    allowed = RHYTHM_TIMES * gap_days
    return allowed >= RHYTHM_LEAST_DAYS and days >= allowed


def silence(fresh: Freshness, *, visited: bool) -> Silence | None:
    """Whether a stale profile's network is still visited (within 28 days); None if not stale."""
    if fresh != "stale":
        return None
    return "listening" if visited else "abandoned"


def latest_decision(decisions: Iterable[Decision]) -> Decision | None:
    """The latest decision that was not undone."""
    return next((one for one in reversed(list(decisions)) if one.undone_at is None), None)


def peace_until(profile: Profile) -> int:
    """Until when (ms) there are no notices: a week after it was added, or as decided."""
    decided = latest_decision(profile.decisions)
    return max(profile.added_at + NEW_PEACE_MS, (decided.until or 0) if decided else 0)


@dataclass(frozen=True, slots=True)
class ProfileStatus:
    """A profile's last post, and the days since, at some moment."""

    profile: Profile
    last: LastPost | None
    days: int | None

    @property
    def freshness(self) -> Freshness:
        return freshness(self.days)

    def may_be_notified(self, now: int) -> bool:
        """Whether notices are allowed: it is active, and no decision holds them back."""
        return self.profile.mode == "active" and now >= peace_until(self.profile)

    def has_card(self, now: int) -> bool:
        """Whether the dashboard asks for a decision: it is stale, or being closed."""
        decided = latest_decision(self.profile.decisions)
        closing = decided is not None and decided.choice == "close"
        active = self.profile.mode == "active"
        return active and (closing or (self.freshness == "stale" and self.may_be_notified(now)))
