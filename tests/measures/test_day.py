"""A day's totals are the sums of its quarters, however often these change."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.builders import HOUR, NOON

from plnd.measures.day import DayTotals
from plnd.measures.time import QUARTER_MS

START, END = NOON, NOON + 4 * QUARTER_MS
WORK_ENDS = NOON + 2 * QUARTER_MS
NETWORKS = ["facebook", "x"]
KEYS = st.tuples(st.sampled_from(NETWORKS), st.sampled_from(["feed", "post"]))
TIMES = st.dictionaries(
    KEYS, st.integers(0, 1000).flatmap(lambda ms: st.tuples(st.just(ms), st.integers(0, ms)))
)
ACTS = st.dictionaries(
    st.tuples(st.sampled_from(NETWORKS), st.sampled_from(["post", "reply"])), st.integers(1, 3)
)
CHANGES = st.lists(
    st.tuples(st.integers(-1, 5).map(lambda n: NOON + n * QUARTER_MS), TIMES, ACTS), max_size=10
)


@given(CHANGES)
def test_the_last_word_on_each_quarter_counts(changes: list[tuple[int, Any, Any]]) -> None:
    day = DayTotals(START, END, lambda begin: begin < WORK_ENDS)
    for change in changes:
        day.set_quarter(*change)
    last = {begin: (times, acts) for begin, times, acts in changes if START <= begin < END}

    def total(part: int, network: str = "", page: str = "", work: bool | None = None) -> int:
        return sum(
            figures[part]
            for begin, (times, _) in last.items()
            for key, figures in times.items()
            if key[0].startswith(network) and key[1].startswith(page)
            if work is None or (begin < WORK_ENDS) is work
        )

    assert day.spent_ms() == total(0)
    assert day.taking_part_ms() == total(1)
    for network in NETWORKS:
        assert day.spent_ms(network) == total(0, network)
        assert day.spent_ms(network, "work") == total(0, network, work=True)
        assert day.spent_ms(network, "off") == total(0, network, work=False)
        for page in ("feed", "post"):
            assert day.networks[network].pages[page] == total(0, network, page)
        for action in ("post", "reply"):
            assert day.networks[network].acts[action] == sum(
                acts.get((network, action), 0) for _, acts in last.values()
            )


def test_a_quarter_of_another_day_is_nothing() -> None:
    day = DayTotals(START, END, lambda _: False)
    day.set_quarter(END, {("x", "feed"): (HOUR, 0)}, {("x", "post"): 1})
    assert day.spent_ms() == 0
    assert not day.networks["x"].acts
