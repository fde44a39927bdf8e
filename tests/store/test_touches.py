"""The touches in the log always fit its events."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import learning_oracle as truth
from support.builders import DAY, MINUTE, NOON, accepted, act, sender, uuid7, visit
from support.harness import bytes_with

from plnd.measures.people.handles import handle_key
from plnd.model.people import Person, Touch
from plnd.model.scope import Scope
from plnd.store.book.collection import Collection
from plnd.store.log.batches import Batch
from plnd.store.log.log import Log
from plnd.store.log.schema import APPLICATION_ID, MIGRATIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def log(path: Path) -> Iterator[Log]:
    opened = Log(path)
    yield opened
    opened.close()


def store(log: Log, *events: dict[str, Any]) -> list[Any]:
    return log.store([Batch(sender(), accepted(events))]).touches


IDS = [uuid7() for _ in range(9)]
handles = st.sampled_from(("ana", "@Ana", "ben", None))


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    at = NOON - draw(st.integers(0, 10)) * MINUTE
    number = draw(st.integers(0, 8))
    # An id always has the same content, as from a real sender; only a visit is extended.
    handle = ("ana", "@Ana", "ben", None)[number % 4]
    if number < 4:
        seconds = draw(st.integers(0, 180))
        return visit(NOON, seconds, id=IDS[number], page="profile", handle=handle)
    action = ("reply", "save", "react", "post", "share")[number - 4]
    return act(at, action, id=IDS[number], handle=handle)


@given(st.lists(st.lists(events(), max_size=5), max_size=5))
def test_touches_fit_the_events(tmp_path_factory: Any, batches: Any) -> None:
    log = Log(tmp_path_factory.mktemp("log") / "events.db")
    kept: dict[str, dict[str, Any]] = {}
    for batch in batches:
        store(log, *batch)
        for event in batch:
            old = kept.setdefault(event["id"], event)
            if event["kind"] == "visit" and event["end"] > old["end"]:
                kept[event["id"]] = event
    last = log.queries.last_touches()
    counts: Counter[Any] = Counter()
    for one in log.queries.touch_counts(0, NOON + DAY):
        counts[one.key, one.kind] += one.count
    for name in ("ana", "ben"):
        expected = truth.touches(kept.values(), [("x", name)])
        found = [(one.at, one.kind) for one in log.queries.touches(("x", name), 100)]
        assert sorted(found) == expected
        assert (("x", name) in last) == bool(expected)
        if expected:
            assert last["x", name].at == expected[-1][0]
        assert Counter(kind for _, kind in expected) == {
            kind: count for (key, kind), count in counts.items() if key == ("x", name)
        }
    log.close()


def test_touches_go_with_their_events(log: Log, path: Path) -> None:
    """The triggers delete them, whatever statement deletes the events."""
    early, late = act(NOON, handle="ana"), act(NOON + MINUTE, "react", handle="ana")
    look = visit(NOON - DAY, 90, page="profile", handle="ben")
    store(log, early, late, look)
    db = sqlite3.connect(path)
    db.execute("DELETE FROM interaction WHERE at > ?", (NOON,))
    db.execute("DELETE FROM visit")
    db.commit()
    db.close()
    assert log.queries.last_touches() == {("x", "ana"): Touch(at=NOON, kind="reply", network="x")}
    assert log.queries.touches(("x", "ben"), 9) == []


def test_a_visit_and_an_interaction_with_one_id_have_a_touch_each(log: Log, path: Path) -> None:
    """Forgetting one leaves no byte of its handle, and does not change the other."""
    for first in (0, 1):
        look = visit(NOON, 90, page="profile", handle="zebrafinch")
        reply = act(NOON + MINUTE, handle="ana", id=look["id"])
        for event in ((look, reply), (reply, look))[first]:
            store(log, event)
        assert set(log.queries.last_touches()) == {("x", "zebrafinch"), ("x", "ana")}
        log.forget(Scope(handle="Zebrafinch"))
        assert log.truncate_journal()
        assert set(log.queries.last_touches()) == {("x", "ana")}
        assert [one.kind for one in log.queries.touches(("x", "ana"), 9)] == ["reply"]
        assert bytes_with(path.parent, "zebrafinch") == []
        log.forget(Scope())


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_log_of_an_older_version_is_migrated(path: Path, version: int) -> None:
    db = sqlite3.connect(path)
    db.create_function("handle_key", 1, lambda handle: handle_key("", handle)[1])
    db.executescript("".join(MIGRATIONS[:version]))
    db.executescript(f"PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={version};")
    db.execute("INSERT INTO source VALUES (1, 'chromium', 'p', '0.1.0', 5)")
    row = (b"a" * 16, 1, "x", "reply", "@Ana", None, NOON)
    db.execute("INSERT INTO interaction VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    look = (b"b" * 16, 1, "x", "profile", "ben", None, NOON, NOON + 90_000)
    db.execute("INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", look)
    db.commit()
    db.close()
    log = Log(path)
    assert not log.damaged
    assert log.queries.last_touches() == {
        handle_key("x", "ANA"): Touch(at=NOON, kind="reply", network="x"),
        ("x", "ben"): Touch(at=NOON + 90_000, kind="visit", network="x"),
    }
    assert log.sources.last_event_times() == {"chromium": 5}
    log.close()
    again = Log(path)
    assert len(again.queries.last_touches()) == 2
    again.close()


def test_tagged_visits_that_overlap_a_span_are_found(log: Log) -> None:
    tagged = visit(NOON - 60 * MINUTE, 7200, page="tag", tag="a")
    store(log, tagged, visit(NOON, 60), visit(NOON + 90 * MINUTE, 60, page="tag", tag="a"))
    found = log.queries.visits(NOON, NOON + 60 * MINUTE, tagged=True)
    assert [one.start for one in found] == [tagged["start"]]
    assert len(log.queries.visits(NOON, NOON + 60 * MINUTE)) == 2
    assert log.queries.visits(NOON + 60 * MINUTE, NOON + 90 * MINUTE, tagged=True) == []


def test_many_documents_are_stored_with_two_writes_at_most(tmp_path: Path) -> None:
    people: Collection[Person] = Collection(tmp_path / "people.json", Person)
    people.put_all([Person(id=f"p{n}", name="old", added_at=1) for n in range(5)])
    renewed = [Person(id=f"p{n}", name="new", added_at=1) for n in range(3, 8)]
    people.put_all(renewed)
    people.put_all([])
    fresh: Collection[Person] = Collection(tmp_path / "people.json", Person)
    expected = {f"p{n}": "old" if n < 3 else "new" for n in range(8)}
    assert {one.id: one.name for one in fresh.all()} == expected
    assert {one.id: one.name for one in people.all()} == expected
