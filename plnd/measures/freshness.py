"""How fresh a profile is: the days since its owner's last post, against fixed steps and its own
rhythm; whether it is silent or gone."""

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
"""How long a decision holds its peace."""


def days_silent(last_at: int | None, now: int) -> int | None:
    """Whole days of 24 hours since the last post; None when it is not known.

    Not days of the calendar: whether a profile is stale must not hang on a time zone.
    """
    return None if last_at is None else max(0, (now - last_at) // DAY_MS)


def freshness(days: int | None) -> Freshness:
    """Fresh to 30 days, quiet to 60, ageing to 90, stale from there on."""
    if days is None:
        return "unknown"
    if days < QUIET_FROM:
        return "fresh"
    if days < AGEING_FROM:
        return "quiet"
    return "ageing" if days < STALE_FROM else "stale"


def best_last_post(last_posts: Mapping[Origin, LastPost]) -> tuple[Origin, LastPost] | None:
    """The newest of what the origins have. One that is rough is put where it is sure to be."""
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
    """Whether it is silent for four of its own median gaps, where those make 30 days or more."""
    if days is None or gap_days is None:
        return False
    allowed = RHYTHM_TIMES * gap_days
    return allowed >= RHYTHM_LEAST_DAYS and days >= allowed


def silence(fresh: Freshness, *, visited: bool) -> Silence | None:
    """What a stale profile is: silent, but its network is visited (28 days), or left alone."""
    if fresh != "stale":
        return None
    return "listening" if visited else "abandoned"


def latest_decision(decisions: Iterable[Decision]) -> Decision | None:
    """The latest decision that was not undone."""
    return next((one for one in reversed(list(decisions)) if one.undone_at is None), None)


def peace_until(profile: Profile) -> int:
    """Until when (ms) nothing is said of a profile: a week after it came, and as decided."""
    decided = latest_decision(profile.decisions)
    return max(profile.added_at + NEW_PEACE_MS, (decided.until or 0) if decided else 0)


@dataclass(frozen=True, slots=True)
class ProfileStatus:
    """How a profile stands at a moment."""

    profile: Profile
    last: LastPost | None
    days: int | None

    @property
    def freshness(self) -> Freshness:
        return freshness(self.days)

    def may_be_notified(self, now: int) -> bool:
        """Whether something may be said: it is active, and no peace was given to it."""
        return self.profile.mode == "active" and now >= peace_until(self.profile)

    def has_card(self, now: int) -> bool:
        """Whether a decision is asked for: stale, or under way to be closed."""
        decided = latest_decision(self.profile.decisions)
        closing = decided is not None and decided.choice == "close"
        active = self.profile.mode == "active"
        return active and (closing or (self.freshness == "stale" and self.may_be_notified(now)))
