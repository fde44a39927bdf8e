"""Several browsers, windows, profiles and machines at once: no second counts twice or is lost."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support import oracle
from support.builders import HOUR, NOON, SECOND, Wire, visit

from plnd.measures.day import DayTotals
from plnd.measures.time import Quarter, quarters_of

START, END = NOON - 3 * HOUR, NOON + 3 * HOUR
BEAT_SECONDS = 15
NETWORKS = ("facebook", "linkedin", "mastodon", "x")


@st.composite
def lives(draw: st.DrawFn) -> list[Wire]:
    """One source's visits, one after the other, as a browser has one page in front at a time."""
    at, made = START, []
    for _ in range(draw(st.integers(0, 8))):
        at += draw(st.integers(0, 45 * 60)) * SECOND
        seconds = draw(st.integers(1, 60 * 60))
        if at + seconds * SECOND > END:
            break
        made.append(visit(at, seconds, network=draw(st.sampled_from(NETWORKS))))
        at = made[-1]["end"]
    return made


SEVERAL = st.lists(lives(), min_size=2, max_size=4)


def beats(one: Wire) -> list[Wire]:
    """A visit as it is sent: at some heartbeats, and at its end."""
    step = max(BEAT_SECONDS * SECOND, (one["end"] - one["start"]) // 4)
    ends = [*range(one["start"] + step, one["end"], step), one["end"]]
    return [{**one, "end": end} for end in ends]


def day_of(sent: list[Wire]) -> DayTotals:
    """The day's totals after all events, in this order."""
    kept: dict[int, Quarter] = {}
    for one in sent:
        key = bytes.fromhex(one["id"].replace("-", ""))
        for begin in quarters_of(one["start"], one["end"]):
            quarter = kept.setdefault(begin, Quarter(begin))
            quarter.add_visit(one["start"], one["end"], key, one["network"], one["page"])
    day = DayTotals(START, END, lambda begin: False)
    for begin, quarter in kept.items():
        times = {at: (tally.spent_ms, tally.taking_part_ms) for at, tally in quarter.times.items()}
        day.set_quarter(begin, times, quarter.acts)
    return day


@given(SEVERAL, st.randoms(use_true_random=False))
def test_every_second_counts_once_whoever_reports_it(
    sources: list[list[Wire]], random: Any
) -> None:
    """In whatever order the heartbeats arrive, and if some arrive twice."""
    visits = [one for life in sources for one in life]
    sent = [beat for one in visits for beat in beats(one)]
    random.shuffle(sent)
    day = day_of([*sent, *random.sample(sent, len(sent) // 3)])
    assert day.spent_ms() == 1000 * oracle.seconds_covered(visits, START, END)
    assert sum(one.spent_ms for one in day.networks.values()) == day.spent_ms()
    assert day.spent_ms() <= END - START


@given(SEVERAL)
def test_no_source_takes_from_the_total_of_another(sources: list[list[Wire]]) -> None:
    """The total is at least the longest of them, and at most their sum."""
    each = [day_of(life).spent_ms() for life in sources]
    together = day_of([one for life in sources for one in life]).spent_ms()
    assert max(each) <= together <= sum(each)
    assert each == [sum(one["end"] - one["start"] for one in life) for life in sources]


@given(lives(), st.integers(2, 4))
def test_the_same_life_reported_by_several_is_one_life(life: list[Wire], times: int) -> None:
    """Two browsers that both have a page in front, as on two screens."""
    again = [visit(one["start"], (one["end"] - one["start"]) / SECOND, network=one["network"])
             for one in life]  # fmt: skip
    once, both = day_of(life), day_of([*life, *again * times])
    assert both.spent_ms() == once.spent_ms()
    networks = {name: one.spent_ms for name, one in once.networks.items()}
    assert {name: one.spent_ms for name, one in both.networks.items()} == networks
