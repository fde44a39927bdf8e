"""A quarter of an hour: every millisecond counts once, in whatever order the visits come."""

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support import oracle
from support.builders import MINUTE, NOON, SECOND, act, uuid7, visit

from plnd.measures.time import ACT_REACH_MS, QUARTER_MS, Quarter, quarters_of

IDS = [uuid7() for _ in range(6)]
# Edges on one another and on those of the quarter are what goes wrong: few, round moments.
MOMENTS = st.one_of(
    st.integers(-6, 36).map(lambda half: NOON + half * 30 * SECOND),
    st.integers(NOON - 3 * MINUTE, NOON + 18 * MINUTE),
)
NETWORKS = st.sampled_from(["x", "facebook"])


@st.composite
def visits(draw: st.DrawFn, most: int = 6) -> list[dict[str, Any]]:
    """Some visits, and for each the growing spans as which it was sent."""
    sent = []
    for name in IDS[: draw(st.integers(0, most))]:
        start = draw(MOMENTS)
        network, page = draw(NETWORKS), draw(st.sampled_from(["feed", "post"]))
        for end in draw(st.lists(MOMENTS, min_size=1, max_size=3)):
            sent.append(visit(start, id=name, network=network, page=page, end=max(start, end)))
    return sent


ACTS = st.lists(
    st.builds(lambda at, network: act(at, "reply", network=network), MOMENTS, NETWORKS), max_size=4
)


def filled(events: list[dict[str, Any]]) -> Quarter:
    quarter = Quarter(NOON)
    for event in events:
        if event["kind"] == "visit":
            key = bytes.fromhex(event["id"].replace("-", ""))
            quarter.add_visit(event["start"], event["end"], key, event["network"], event["page"])
        else:
            quarter.add_act(event["at"], event["network"], event["action"])
    return quarter


def figures(quarter: Quarter) -> tuple[dict[Any, tuple[int, int]], dict[Any, int]]:
    times = {k: (t.spent_ms, t.taking_part_ms) for k, t in quarter.times.items() if t.spent_ms}
    return times, quarter.acts


def expected(events: list[dict[str, Any]]) -> tuple[dict[Any, tuple[int, int]], dict[Any, int]]:
    true = oracle.quarters(events)
    times = {
        (network, page): (spent, true.taking_part.get((begin, network, page), 0))
        for (begin, network, page), spent in true.spent.items()
        if begin == NOON
    }
    acts = {
        (network, action): n for (begin, network, action), n in true.acts.items() if begin == NOON
    }
    return times, acts


@settings(max_examples=250)
@given(visits(), ACTS, st.randoms(use_true_random=False), st.integers(1, 20))
def test_many_at_once_are_what_one_by_one_are(
    sent: list[dict[str, Any]], acts: list[dict[str, Any]], random: Any, size: int
) -> None:
    random.shuffle(sent)
    quarter = Quarter(NOON)
    rows = [
        (one["start"], one["end"], bytes.fromhex(one["id"].replace("-", "")), one["network"])
        for one in sent
    ]
    pages = [one["page"] for one in sent]
    for first in range(0, len(rows), size):
        part = slice(first, first + size)
        quarter.add_visits((*row, page) for row, page in zip(rows[part], pages[part], strict=True))
        if first == 0:
            quarter.add_acts((one["at"], one["network"], one["action"]) for one in acts)
    if not rows:
        quarter.add_acts((one["at"], one["network"], one["action"]) for one in acts)
    assert figures(quarter) == expected([*sent, *acts])


@settings(max_examples=250)
@given(visits(), ACTS, st.randoms(use_true_random=False))
def test_any_order_gives_the_truth(
    sent: list[dict[str, Any]], acts: list[dict[str, Any]], random: Any
) -> None:
    """Growing, repeated, overlapping and reordered events give what checking each moment gives."""
    events = [*sent, *acts]
    once = expected(events)
    for _ in range(3):
        random.shuffle(events)
        doubled = [*events, *random.sample(sent, len(sent) // 2)]
        assert figures(filled(doubled)) == once


@given(visits())
def test_second_by_second(sent: list[dict[str, Any]]) -> None:
    """In whole seconds: the time spent is the time in which somebody was there, so never more."""
    whole = [
        {**v, "start": v["start"] // 1000 * 1000, "end": v["end"] // 1000 * 1000} for v in sent
    ]
    spent = sum(tally.spent_ms for tally in filled(whole).times.values())
    assert spent == 1000 * oracle.seconds_covered(whole, NOON, NOON + QUARTER_MS)
    assert spent <= QUARTER_MS


@given(visits(), ACTS)
def test_taking_part_is_part_of_the_time(
    sent: list[dict[str, Any]], acts: list[dict[str, Any]]
) -> None:
    for tally in filled([*sent, *acts]).times.values():
        assert 0 <= tally.taking_part_ms <= tally.spent_ms


def test_taking_part_reaches_two_minutes_both_ways() -> None:
    """A visit of fifteen minutes with one act in its middle: four minutes of taking part."""
    quarter = filled([visit(NOON, 900), act(NOON + 7 * MINUTE)])
    assert figures(quarter)[0] == {("x", "feed"): (QUARTER_MS, 4 * MINUTE)}


def test_an_act_in_the_next_quarter_reaches_back() -> None:
    quarter = filled([visit(NOON, 900), act(NOON + 16 * MINUTE)])
    assert figures(quarter) == ({("x", "feed"): (QUARTER_MS, MINUTE)}, {})


def test_an_act_counts_for_its_own_network_only() -> None:
    quarter = filled([visit(NOON, 900), act(NOON + 7 * MINUTE, network="facebook")])
    times, acts = figures(quarter)
    assert times == {("x", "feed"): (QUARTER_MS, 0)}
    assert acts == {("facebook", "reply"): 1}


def test_the_later_visit_takes_the_time() -> None:
    """Somebody who opens a post from the feed is at the post, until it is closed."""
    quarter = filled([visit(NOON, 600), visit(NOON + 2 * MINUTE, 60, page="post")])
    assert figures(quarter)[0] == {("x", "feed"): (9 * MINUTE, 0), ("x", "post"): (MINUTE, 0)}


@given(st.integers(NOON, NOON + 2 * QUARTER_MS), st.integers(0, 3 * QUARTER_MS))
def test_quarters_of_a_span(start: int, length: int) -> None:
    """They are whole quarters, cover the span, and all overlap it."""
    found = list(quarters_of(start, start + length))
    assert all(begin % QUARTER_MS == 0 for begin in found)
    if length:
        assert found[0] <= start < found[0] + QUARTER_MS
        assert found[-1] < start + length <= found[-1] + QUARTER_MS
    assert all(b - a == QUARTER_MS for a, b in pairwise(found))


def test_the_reach_of_an_act_is_two_minutes() -> None:
    assert ACT_REACH_MS == 120_000
