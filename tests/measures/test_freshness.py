"""Freshness: steps, rhythm, silence, notices."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import DAY, NOON

from plnd.measures.freshness import (
    NEW_PEACE_MS,
    ProfileStatus,
    best_last_post,
    days_silent,
    freshness,
    latest_decision,
    median_gap_days,
    out_of_rhythm,
    peace_until,
    silence,
)
from plnd.model.profiles import Decision, LastPost, Profile
from plnd.notices.profiles import monthly_lines, profile_notice, step_due

NAMES = {"x": "X"}


@pytest.mark.parametrize(
    ("days", "word"),
    [
        *((None, "unknown"), (0, "fresh"), (29, "fresh"), (30, "quiet"), (59, "quiet")),
        *((60, "ageing"), (89, "ageing"), (90, "stale"), (4000, "stale")),
    ],
)
def test_the_steps(days: int | None, word: str) -> None:
    assert freshness(days) == word


@pytest.mark.parametrize(
    ("ms", "days"), [(0, 0), (DAY - 1, 0), (DAY, 1), (90 * DAY - 1, 89), (90 * DAY, 90), (-DAY, 0)]
)
def test_days_are_whole(ms: int, days: int) -> None:
    assert days_silent(NOON - ms, NOON) == days
    assert days_silent(None, NOON) is None


@given(st.integers(0, 400), st.integers(0, 400))
def test_it_never_gets_fresher_by_waiting(days: int, more: int) -> None:
    order = ["fresh", "quiet", "ageing", "stale"]
    assert order.index(freshness(days)) <= order.index(freshness(days + more))


@pytest.mark.parametrize(
    ("days", "gap", "flagged"),
    [
        (40, 10, True),
        (39, 10, False),
        (29, 7, False),  # four gaps are under 30 days: never flagged
        (400, 7, False),
        (30, 7.5, True),
        (None, 10, False),
        (40, None, False),
    ],
)
def test_its_own_rhythm(days: int | None, gap: float | None, flagged: bool) -> None:
    assert out_of_rhythm(days, gap) is flagged


@given(st.lists(st.integers(0, 1000), max_size=20), st.randoms())
def test_the_median_gap_lies_within_the_gaps(days: list[int], chance: Any) -> None:
    moments = [NOON - one * DAY for one in days]
    found = median_gap_days(moments)
    chance.shuffle(moments)
    assert median_gap_days(moments) == found
    ordered = sorted(set(days))
    gaps = [later - one for one, later in itertools.pairwise(ordered)]
    assert found is None if len(gaps) < 2 else min(gaps) <= (found or 0) <= max(gaps)


def test_silent_or_gone() -> None:
    assert silence("ageing", visited=False) is None
    assert silence("stale", visited=True) == "listening"
    assert silence("stale", visited=False) == "abandoned"


def post(days: float, rough_days: int = 0) -> LastPost:
    at = NOON - int(days * DAY)
    return LastPost(at=at, taken_at=NOON, found_by="f", rough_ms=rough_days * DAY)


def test_the_best_origin() -> None:
    assert best_last_post({}) is None
    assert best_last_post({"acts": post(5), "page": post(3)}) == ("page", post(3))
    # "A month ago" may be two: an exact 40 days is more, an exact 70 is not.
    assert best_last_post({"page": post(30, 30), "feed": post(40)}) == ("feed", post(40))
    assert best_last_post({"page": post(30, 30), "feed": post(70)}) == ("page", post(30, 30))


def profile(**given: Any) -> Profile:
    plain = {"id": "x:me", "network": "x", "handle": "me", "added_at": NOON - 500 * DAY}
    return Profile(**{**plain, **given})


def status(days: int | None, **given: Any) -> ProfileStatus:
    last = None if days is None else post(days)
    return ProfileStatus(profile(**given), last, days)


def test_a_decision_that_was_undone_holds_no_longer() -> None:
    first = Decision(choice="revive", at=NOON, was="active", until=NOON + DAY)
    second = Decision(choice="not_now", at=NOON, was="active", until=NOON + 9 * DAY, undone_at=NOON)
    assert latest_decision([first, second]) == first
    assert peace_until(profile(decisions=[first, second])) == NOON + DAY
    assert peace_until(profile(added_at=NOON)) == NOON + NEW_PEACE_MS


@pytest.mark.parametrize(
    ("days", "told", "step"),
    [
        (59, {}, 0),
        (60, {}, 60),
        (61, {"60": 60}, 0),
        (89, {"60": 60}, 0),
        (90, {"60": 60}, 90),
        (95, {}, 90),  # plnd was not running at 60 days: only the higher one is told
        (200, {"90": 95}, 0),
        (61, {"60": 300}, 0),
        (None, {}, 0),
    ],
)
def test_which_step_is_due(days: int | None, told: dict[str, int], step: int) -> None:
    """`told` has the days of silence at the last notice."""
    when = {key: NOON - (days or 0) * DAY + value * DAY for key, value in told.items()}
    assert step_due(status(days, told=when), NOON) == step


@pytest.mark.parametrize("mode", ["reading", "retired"])
def test_nothing_is_said_of_profiles_that_rest(mode: str) -> None:
    assert step_due(status(200, mode=mode), NOON) == 0


def test_a_last_post_that_is_learned_a_little_better_is_not_told_again() -> None:
    """The id said 60 days, the feed says 60 days and a half."""
    told = {"60": NOON}
    assert step_due(ProfileStatus(profile(told=told), post(60.5), 60), NOON + DAY) == 0
    assert step_due(ProfileStatus(profile(told=told), post(59.2), 60), NOON + DAY) == 0


@given(
    st.integers(0, 40),
    st.lists(st.integers(1, 400), max_size=6, unique=True),
    st.integers(0, 5),
)
def test_each_silence_is_told_twice_at_most(added: int, post_days: list[int], skip: int) -> None:
    """One notice per step, in order, on whatever days somebody posts and plnd runs."""
    kept = profile(added_at=NOON + added * DAY)
    last: int | None = None
    told: list[int] = []
    for day in range(500):
        now = NOON + day * DAY
        if day in post_days:
            last, told = now, []
        if skip and day % (skip + 1):
            continue
        found = ProfileStatus(
            kept,
            LastPost(at=last, taken_at=last, found_by="f") if last else None,
            (now - last) // DAY if last else None,
        )
        notice = profile_notice([found], day=str(day), now=now, names=NAMES)
        if notice is None:
            continue
        step = notice[1]["x:me"]
        assert now >= peace_until(kept)
        assert (found.days or 0) >= step
        assert step not in told
        assert all(step > one for one in told)
        told.append(step)
        kept = Profile(**{**_fields(kept), "told": {**kept.told, str(step): now}})


def _fields(one: Profile) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def test_several_are_told_of_in_one_notice() -> None:
    others = [status(60 + n, id=f"x:{n}", handle=str(n)) for n in range(6)]
    found = profile_notice(others, day="d", now=NOON, names=NAMES)
    assert found
    assert found[0].title == "6 of your profiles have gone quiet"
    assert "and 2 more" in found[0].body
    assert len(found[1]) == 6


def test_a_line_a_month_in_the_weekly_review() -> None:
    """After the notice at 90 days: at 120, 150 …, on whatever day the review is."""
    lines = []
    before: dict[str, int] = {}
    for day in range(0, 400, 7):
        one = status(day)
        if found := monthly_lines(before, [one], NAMES):
            lines.append((day, found))
        before = {"x:me": day}
    assert [day for day, _ in lines] == [126, 154, 182, 210, 245, 273, 301, 336, 364, 392]
    assert lines[0][1] == ["X: your last post was 126 days ago (@me)."]
    assert monthly_lines({}, [status(200, mode="reading")], NAMES) == []
