"""People: touches, ties, cadence, suggestions, merging, imports."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import learning_oracle as truth
from support.builders import DAY, HOUR, MINUTE, NOON, Wire, act, visit

from plnd.measures.people.directory import Directory, search_people
from plnd.measures.people.handles import handle_key
from plnd.measures.people.importing import import_candidates
from plnd.measures.people.merging import merge_people, undo_merge
from plnd.measures.people.ties import (
    ContactHistory,
    combine_histories,
    drifting,
    gap,
    person_status,
    suggestions,
    tie,
    touch_of,
    weak_tie,
)
from plnd.model.events import Event
from plnd.model.people import Cadence, Candidate, Handle, Person, Touch

HANDLES = ("ana", "Ben", "@cleo")


def person(id: str = "p1", **given: object) -> Person:
    return msgspec.convert({"id": id, "name": id, "added_at": NOON, **given}, Person)


def dealt(touches: list[Touch], now: int) -> ContactHistory:
    """As the store counts: the last touch of all, acts and looks of 90 days."""
    recent = [one for one in touches if one.at >= now - 90 * DAY]
    looks = sum(one.kind == "visit" for one in recent)
    last = max(touches, key=lambda one: one.at, default=None)
    return ContactHistory(last, len(recent) - looks, looks)


days_ago = st.integers(0, 800 * DAY)
actions = st.sampled_from(("post", "reply", "share", "react", "follow", "message", "save"))
handles = st.sampled_from((*HANDLES, None))


@st.composite
def events(draw: st.DrawFn) -> Wire:
    at = NOON - draw(days_ago)
    if draw(st.booleans()):
        return act(at, draw(actions), handle=draw(handles))
    page = draw(st.sampled_from(("profile", "post")))
    seconds = draw(st.sampled_from((59, 60, 61, 300)))
    return visit(at - seconds * 1000, seconds, page=page, handle=draw(handles))


@given(st.lists(events(), max_size=40))
def test_last_touch_and_tie_equal_the_truth(wires: list[Wire]) -> None:
    mine = [("x", "ANA"), ("x", "cleo")]
    keys = [handle_key(*one) for one in mine]
    found = [touch_of(msgspec.convert(wire, Event)) for wire in wires]  # type: ignore[arg-type]
    touches = [one[1] for one in found if one and one[0] in keys]
    expected = truth.touches(wires, mine)
    assert sorted((one.at, one.kind) for one in touches) == expected
    known = dealt(touches, NOON)
    assert tie(known, NOON) == truth.tie(expected, NOON)
    assert (known.last.at if known.last else None) == (expected[-1][0] if expected else None)


@given(st.lists(st.tuples(st.integers(0, NOON), st.integers(0, 9), st.integers(0, 9)), max_size=5))
def test_dealings_add_up_in_any_order(parts: list[tuple[int, int, int]]) -> None:
    all_of = [ContactHistory(Touch(at=at, kind="reply", network="x"), a, b) for at, a, b in parts]
    whole = combine_histories(all_of)
    back = combine_histories(reversed(all_of))
    assert (whole.recent, whole.looks) == (sum(p[1] for p in parts), sum(p[2] for p in parts))
    assert whole.recent == back.recent
    assert (whole.last.at if whole.last else None) == max((p[0] for p in parts), default=None)


@pytest.mark.parametrize(
    ("days", "expected"), [(0, "fine"), (10, "fine"), (10.01, "due"), (15, "due"), (15.01, "late")]
)
def test_due_after_the_ideal_and_late_half_as_long_again(days: float, expected: str) -> None:
    assert gap(int(days * DAY), Cadence(ideal_days=10)) == expected


def test_an_own_worst_gap_holds_instead() -> None:
    assert gap(29 * DAY, Cadence(ideal_days=10, worst_days=30)) == "due"


def test_the_tightest_tag_sets_the_cadence_and_the_own_one_wins() -> None:
    tags = {"mentor": Cadence(ideal_days=30), "team": Cadence(ideal_days=7)}
    both = person(tags=["mentor", "team", "unknown"])
    assert person_status(both, ContactHistory(), NOON, tags).cadence == Cadence(ideal_days=7)
    own = person(tags=["team"], cadence={"ideal_days": 90})
    assert person_status(own, ContactHistory(), NOON, tags).cadence == Cadence(ideal_days=90)
    assert person_status(person(), ContactHistory(), NOON, tags).gap is None


def test_without_a_touch_the_gap_counts_from_the_day_they_were_added() -> None:
    one = person(cadence={"ideal_days": 10})
    assert person_status(one, ContactHistory(), NOON + 11 * DAY, {}).gap == "due"


def test_drift_names_who_is_longest_over_and_leaves_out_who_is_fine() -> None:
    def stand(name: str, days: int, ideal: int):  # type: ignore[no-untyped-def]
        touch = Touch(at=NOON - days * DAY, kind="met", network=None)
        one = person(name, cadence={"ideal_days": ideal})
        return person_status(one, ContactHistory(touch, 1), NOON, {})

    found = drifting([stand("ana", 40, 30), stand("ben", 20, 7), stand("cleo", 3, 7)])
    assert [one.person.id for one in found] == ["ben", "ana"]


def test_gone_silent_and_lost_touch_are_told_apart() -> None:
    touch = Touch(at=NOON - DAY, kind="reply", network="x")
    quiet = person(posted_at=NOON - 100 * DAY)
    found = person_status(quiet, ContactHistory(touch, 1), NOON, {})
    assert (found.elapsed_ms, found.silent_ms) == (DAY, 100 * DAY)
    assert person_status(person(), ContactHistory(), NOON, {}).silent_ms is None


@given(st.sets(st.integers(0, 999), min_size=1, max_size=30), st.integers(1, 53))
def test_the_weak_tie_of_a_week_stays_when_others_leave(ids: set[int], week: int) -> None:
    touch = Touch(at=NOON, kind="reply", network="x")
    people = [(person(f"p{one}"), ContactHistory(touch, 1)) for one in sorted(ids)]
    name = f"2026-W{week:02d}"
    chosen = weak_tie(people, name, NOON)
    assert chosen is not None
    rest = [one for one in people if one[0] == chosen or int(one[0].id[1:]) % 2]
    assert weak_tie(rest, name, NOON) == chosen
    assert weak_tie([(person(), ContactHistory(touch, 6))], name, NOON) is None


def test_each_weak_tie_comes_up_within_a_year() -> None:
    touch = Touch(at=NOON, kind="reply", network="x")
    people = [(person(f"p{number}"), ContactHistory(touch, 1)) for number in range(10)]
    drawn = Counter(weak_tie(people, f"2026-W{week:02d}", NOON).id for week in range(1, 53))  # type: ignore[union-attr]
    assert len(drawn) == 10
    assert max(drawn.values()) < 15


def test_suggests_handles_really_dealt_with_most_first() -> None:
    counts = {
        ("x", "ana"): {"reply": 6},
        ("x", "ben"): {"reply": 1, "react": 1},
        ("x", "cleo"): {"visit": 9},
        ("x", "dan"): {"react": 2, "follow": 1},
        ("x", "eve"): {"reply": 7},
        ("x", "me"): {"post": 50},
    }
    found = suggestions(counts, known={("x", "me")}, refused={("x", "eve")})
    assert [(one.handle, one.touches) for one in found] == [("ana", 6), ("dan", 3)]


# -- merging ------------------------------------------------------------------------------

names = st.sampled_from(("Ana", "Ána Öz", "李雷", "محمد", "Ana\u200d"))
people = st.builds(
    Person,
    id=st.sampled_from(("p1", "p2")),
    name=names,
    added_at=st.integers(0, 10),
    handles=st.lists(
        st.builds(Handle, network=st.just("x"), handle=st.sampled_from(HANDLES)),
        max_size=3,
        unique_by=lambda one: handle_key(one.network, one.handle),
    ),
    tags=st.lists(st.sampled_from("abc"), max_size=3, unique=True),
    how_met=st.sampled_from(("", "here", "there")),
    note=st.sampled_from(("", "kind", "tall")),
    posted_at=st.sampled_from((None, 5, 9)),
    cadence=st.sampled_from((None, Cadence(ideal_days=3), Cadence(ideal_days=9))),
)


@given(people, people)
def test_a_merge_keeps_all_and_can_be_undone(kept: Person, gone: Person) -> None:
    kept, gone = (
        msgspec.structs.replace(one, id=name) for one, name in ((kept, "p1"), (gone, "p2"))
    )
    both = merge_people(kept, gone)
    keys = {handle_key("x", one.handle) for one in both.handles}
    assert keys == {handle_key("x", one.handle) for one in (*kept.handles, *gone.handles)}
    assert len(keys) == len(both.handles)
    assert set(both.tags) == {*kept.tags, *gone.tags}
    assert both.merged == ["p2"]
    assert undo_merge(both, kept, gone) == kept


@given(people, people)
def test_undoing_a_merge_keeps_what_was_changed_since(kept: Person, gone: Person) -> None:
    kept, gone = (
        msgspec.structs.replace(one, id=name) for one, name in ((kept, "p1"), (gone, "p2"))
    )
    later = msgspec.structs.replace(
        merge_people(kept, gone),
        name="Anna",
        note="new",
        tags=[*merge_people(kept, gone).tags, "z"],
    )
    back = undo_merge(later, kept, gone)
    assert (back.name, back.note, back.tags) == ("Anna", "new", [*kept.tags, "z"])
    assert back.handles == kept.handles


# -- imports ------------------------------------------------------------------------------

candidates = st.lists(
    st.builds(
        Candidate,
        where=st.just("card 1"),
        name=names,
        handles=st.lists(
            st.builds(Handle, network=st.just("x"), handle=st.sampled_from(HANDLES)),
            max_size=2,
            unique_by=lambda one: handle_key(one.network, one.handle),
        ),
        tags=st.lists(st.sampled_from("ab"), max_size=2, unique=True),
        uids=st.lists(st.sampled_from(("u1", "u2")), max_size=1),
    ),
    max_size=12,
)


@given(candidates)
def test_an_import_done_twice_writes_nothing_anew(found: list[Candidate]) -> None:
    ids = (f"n{number}" for number in range(1000))
    first = import_candidates(found, [], now=NOON, new_id=lambda: next(ids))
    assert not first.changed
    again = import_candidates(found, first.added, now=NOON + DAY, new_id=lambda: next(ids))
    assert (again.added, again.changed, again.same) == ([], [], len(found))
    taken = [handle_key("x", one.handle) for person in first.added for one in person.handles]
    assert len(taken) == len(set(taken))


def test_an_import_adds_what_is_new_and_replaces_nothing() -> None:
    ana = person(
        "a", name="Ana", how_met="at a conference", handles=[{"network": "x", "handle": "ana"}]
    )
    found = import_candidates(
        [
            Candidate(
                where="line 4",
                name="Ana Maria",
                how_met="connected on LinkedIn",
                tags=["work"],
                handles=[
                    Handle(network="x", handle="@ANA"),
                    Handle(network="linkedin", handle="ana-m"),
                ],
            )
        ],
        [ana],
        now=NOON,
        new_id=lambda: "new",
    )
    (changed,) = found.changed
    assert not found.added
    assert (changed.name, changed.how_met, changed.tags) == ("Ana", "at a conference", ["work"])
    assert [one.handle for one in changed.handles] == ["ana", "ana-m"]


def test_two_people_of_one_name_are_never_taken_for_each_other_by_it() -> None:
    same = [person("a", name="Ana Lopez"), person("b", name="ana  lopez")]
    assert Directory(same).find_match("Ana Lopez", [], []) is None
    assert Directory(same[:1]).find_match("ANA LOPEZ", [], []) == same[0]


def test_search_finds_in_names_handles_tags_and_notes() -> None:
    ana = person("a", name="Ana Öz", tags=["mentor"], handles=[{"network": "x", "handle": "anaoz"}])
    ben = person("b", name="Ben", note="met Ana's team")
    assert list(search_people([ana, ben], "ana")) == [ana, ben]
    assert list(search_people([ana, ben], "öz MENTOR")) == [ana]
    assert list(search_people([ana, ben], "nobody")) == []


def test_an_hour_on_a_profile_is_one_touch_at_its_end() -> None:
    wire = visit(NOON, 3600, page="profile", handle="ana")
    found = touch_of(msgspec.convert(wire, Event))  # type: ignore[arg-type]
    assert found == (("x", "ana"), Touch(at=NOON + HOUR, kind="visit", network="x"))
    assert touch_of(msgspec.convert(act(NOON - MINUTE, "save", handle="ana"), Event)) is None  # type: ignore[arg-type]
