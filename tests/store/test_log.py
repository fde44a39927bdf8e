"""The event log: each event is stored once, sums fit the events, commits are durable."""

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import oracle
from support.builders import DAY, HOUR, MINUTE, NOON, SECOND, accepted, act, sender, uuid7, visit

from plnd.errors import StorageError
from plnd.store.log.batches import MAX_WORK, Batch, StoreResult, split_batch
from plnd.store.log.log import Log
from plnd.store.log.schema import VERSION

IDS = [uuid7() for _ in range(8)]
Sums = tuple[dict[Any, int], dict[Any, int], dict[Any, int]]
PLACES = [("x", "feed"), ("x", "post"), ("facebook", "feed")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def log(path: Path) -> Iterator[Log]:
    opened = Log(path)
    yield opened
    opened.close()


def store(log: Log, *events: dict[str, Any], profile: str = "p1") -> list[int]:
    """Store events; the indexes of the conflicts."""
    return log.store([Batch(sender(profile=profile), accepted(events))]).conflicts[0]


def stored_sums(log: Log) -> Sums:
    """Time spent, time taking part and interactions of all quarters, as the oracle has them."""
    spent, taking, acts = {}, {}, {}
    for begin, sums in log.queries.quarter_sums(NOON - 10 * DAY, NOON + 10 * DAY).items():
        for key, (ms, part) in sums.times.items():
            spent[begin, *key] = ms
            if part:
                taking[begin, *key] = part
        for key, count in sums.acts.items():
            acts[begin, *key] = count
    return spent, taking, acts


def expected_sums(
    events: list[dict[str, Any]],
) -> tuple[dict[Any, int], dict[Any, int], dict[Any, int]]:
    found = oracle.quarters(events)
    return found.spent, found.taking_part, found.acts


def rows(path: Path, table: str) -> list[Any]:
    db = sqlite3.connect(path)
    try:
        return db.execute(f"SELECT * FROM {table}").fetchall()
    finally:
        db.close()


# -- events ---------------------------------------------------------------------


def test_a_visit_keeps_its_earliest_start_and_latest_end(log: Log, path: Path) -> None:
    name = uuid7()
    for start, end in ((60, 120), (30, 90), (90, 240), (60, 120)):
        assert not store(log, visit(NOON + start * SECOND, id=name, end=NOON + end * SECOND))
    (row,) = rows(path, "visit")
    assert row[-2:] == (NOON + 30 * SECOND, NOON + 240 * SECOND)
    assert sum(stored_sums(log)[0].values()) == 210 * SECOND


def test_an_event_sent_again_changes_nothing(log: Log) -> None:
    events = [visit(NOON, 300), act(NOON + MINUTE)]
    store(log, *events)
    before = stored_sums(log)
    assert not store(log, *events, *reversed(events))
    assert stored_sums(log) == before == expected_sums(events)


@pytest.mark.parametrize(
    "change", [{"network": "facebook"}, {"page": "post"}, {"handle": "other"}, {"tag": "edchat"}]
)
def test_a_visit_under_a_used_id_is_a_conflict(log: Log, change: dict[str, str]) -> None:
    """It is reported and not stored; the other events are stored."""
    first, good = visit(NOON, 60), visit(NOON + HOUR, 60)
    store(log, first)
    assert store(log, {**first, "end": NOON + DAY // 4, **change}, good) == [0]
    assert stored_sums(log) == expected_sums([first, good])


@pytest.mark.parametrize(
    "change",
    [{"network": "facebook"}, {"action": "post"}, {"handle": "other"}, {"tag": "t"}, {"at": NOON}],
)
def test_an_act_under_a_used_id_is_a_conflict(log: Log, change: dict[str, Any]) -> None:
    first = act(NOON + MINUTE)
    store(log, first)
    assert store(log, {**first, **change}) == [0]
    assert stored_sums(log) == expected_sums([first])


def test_a_visit_is_not_extended_beyond_twelve_hours(log: Log) -> None:
    first = visit(NOON, 3600)
    store(log, first)
    later = {**first, "start": NOON + 11 * HOUR, "end": NOON + 13 * HOUR}
    assert store(log, later) == [0]
    assert stored_sums(log) == expected_sums([first])


def test_spellings_of_an_id_are_the_same_id(log: Log, path: Path) -> None:
    one = visit(NOON, 60)
    store(log, one, {**one, "id": one["id"].upper()}, {**one, "id": one["id"].replace("-", "")})
    assert len(rows(path, "visit")) == 1


def test_sources_remember_their_last_event(log: Log, path: Path) -> None:
    store(log, visit(NOON, 60), act(NOON + HOUR))
    store(log, visit(NOON - HOUR, 60))
    store(log, visit(NOON + 2 * HOUR, 60), profile="p2")
    result = log.store([Batch(sender("firefox"), accepted([visit(NOON, 60)]))])
    assert result.last_event_at == {"firefox": NOON + MINUTE}
    assert log.sources.last_event_times() == {
        "chromium": NOON + 2 * HOUR + MINUTE,
        "firefox": NOON + MINUTE,
    }
    assert len(rows(path, "source")) == 3


def test_batches_keep_their_own_conflicts(log: Log) -> None:
    """Each batch of a commit has the indexes of its own conflicts."""
    one = visit(NOON, 60)
    result: StoreResult = log.store(
        [
            Batch(sender(), accepted([one])),
            Batch(sender(), []),
            Batch(sender(), accepted([visit(NOON), {**one, "page": "post"}])),
        ]
    )
    assert result.conflicts == [[], [], [1]]


def test_the_result_has_the_new_sums_of_each_changed_quarter(log: Log) -> None:
    store(log, visit(NOON, 600))
    result = log.store([Batch(sender(), accepted([visit(NOON + 5 * MINUTE, 1200)]))])
    assert result.quarters == {
        begin: sums
        for begin, sums in log.queries.quarter_sums(NOON, NOON + HOUR).items()
        if sums.times
    }
    assert list(result.quarters) == [NOON, NOON + 15 * MINUTE]


# -- sums -------------------------------------------------------------------------

# Sums go wrong for times near each other and near the edges of quarters; some are far away.
SLOTS = st.one_of(
    st.integers(0, 60).map(lambda slot: NOON + slot * MINUTE + slot % 7 * SECOND),
    st.integers(0, 520).map(lambda slot: NOON + slot * MINUTE),
)


@st.composite
def sent(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Events: visits that are extended at both ends, and interactions."""
    events: list[dict[str, Any]] = []
    for name in IDS[: draw(st.integers(1, len(IDS)))]:
        network, page = draw(st.sampled_from(PLACES))
        if draw(st.booleans()):
            events.append(act(draw(SLOTS), id=name, network=network))
            continue
        for _ in range(draw(st.integers(1, 3))):
            start, end = sorted((draw(SLOTS), draw(SLOTS)))
            events.append(visit(start, id=name, network=network, page=page, end=end))
    return events


@settings(max_examples=120)
@given(sent(), st.randoms(use_true_random=False))
def test_sums_fit_the_events_in_any_order(events: list[dict[str, Any]], random: Any) -> None:
    """In any batches, over restarts: equal to the oracle, and to a log with all events at once."""
    with tempfile.TemporaryDirectory() as folder:
        log = Log(Path(folder) / "events.db")
        order = [*events, *random.sample(events, len(events) // 2)]
        random.shuffle(order)
        while order:
            size = random.randint(1, 4)
            batch, order = order[:size], order[size:]
            assert not store(log, *batch, profile=random.choice(["p1", "p2"]))
            if random.random() < 0.2:
                log.close()
                log = Log(Path(folder) / "events.db")
        found = stored_sums(log)
        log.close()
        fresh = Log(Path(folder) / "fresh.db")
        store(fresh, *sorted(events, key=lambda event: event["id"]))
        assert stored_sums(fresh) == found == expected_sums(events)
        fresh.close()


def test_a_visit_that_loses_a_quarter_leaves_no_sum_behind(log: Log, path: Path) -> None:
    """An earlier start gives the time to another page: the sum of the first page goes."""
    later = visit(NOON + MINUTE, 60, network="facebook", page="post")
    store(log, visit(NOON, 300), later)
    assert (NOON, "facebook", "post") in stored_sums(log)[0]
    events = [visit(NOON, 300), {**later, "start": NOON - MINUTE, "end": NOON + 2 * MINUTE}]
    store(log, events[1])
    assert stored_sums(log)[0][NOON, "x", "feed"] == 5 * MINUTE
    assert (NOON, "facebook", "post") not in stored_sums(log)[0]
    assert all(row[3] for row in rows(path, "quarter_time"))


def test_more_quarters_than_the_cache_holds(log: Log) -> None:
    """A visit in a quarter that is no longer cached adds to its sums."""
    events = [visit(NOON - hour * HOUR, 60) for hour in range(100)]
    for event in events:
        store(log, event)
    events.append(visit(NOON - 99 * HOUR + 30 * SECOND, 60))
    store(log, events[-1])
    assert stored_sums(log) == expected_sums(events)


# -- files ------------------------------------------------------------------------


def test_events_are_there_after_opening_again(path: Path) -> None:
    events = [visit(NOON, 300), act(NOON)]
    first = Log(path)
    store(first, *events)
    first.close()
    second = Log(path)
    assert stored_sums(second) == expected_sums(events)
    assert second.sources.last_event_times() == {"chromium": NOON + 5 * MINUTE}
    second.close()


def test_a_commit_is_visible_to_other_connections(log: Log, path: Path) -> None:
    store(log, visit(NOON, 60))
    assert len(rows(path, "visit")) == 1
    assert log._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert log._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_files_are_private(log: Log, path: Path) -> None:
    store(log, visit(NOON, 60))
    files = sorted(path.parent.glob("events.db*"))
    assert [one.name for one in files] == ["events.db", "events.db-shm", "events.db-wal"]
    assert {one.stat().st_mode & 0o777 for one in files} == {0o600}


def test_the_file_has_application_id_and_version(log: Log, path: Path) -> None:
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA application_id").fetchone() == (0x504C4E44,)
    assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    db.close()


def test_a_full_disk_loses_nothing_stored(log: Log) -> None:
    """Simulated with SQLite's limit on the size of the file; the error says what to do."""
    kept = [visit(NOON + n * MINUTE, 30) for n in range(50)]
    store(log, *kept)
    (pages,) = log._db.execute("PRAGMA page_count").fetchone()
    log._db.execute(f"PRAGMA max_page_count = {pages}")
    more = [visit(NOON + HOUR + n * MINUTE, 30, handle="h" * 200) for n in range(500)]
    with pytest.raises(StorageError) as caught:
        store(log, *more)
    assert caught.value.code == "disk_full"
    assert "space" in caught.value.hint
    assert stored_sums(log) == expected_sums(kept)
    log._db.execute("PRAGMA max_page_count = 1000000")
    assert not store(log, *more)
    assert stored_sums(log) == expected_sums([*kept, *more])


def test_a_failed_commit_leaves_nothing_in_memory(path: Path) -> None:
    """The cached quarters and the longest visit are read again from the file."""
    log = Log(path)
    kept = [visit(NOON, 300)]
    store(log, *kept)
    (pages,) = log._db.execute("PRAGMA page_count").fetchone()
    log._db.execute(f"PRAGMA max_page_count = {pages}")
    lost = [visit(NOON + n * SECOND, 1, handle="h" * 200, page="post") for n in range(600)]
    with pytest.raises(StorageError):
        store(log, visit(NOON - 8 * HOUR, end=NOON), act(NOON + MINUTE), *lost)
    log._db.execute("PRAGMA max_page_count = 1000000")
    kept += [visit(NOON + 6 * MINUTE, 60), visit(NOON - 7 * HOUR, end=NOON - MINUTE)]
    for event in kept[1:]:
        store(log, event)
    log.close()
    again = Log(path)
    kept.append(visit(NOON - 2 * MINUTE, 60, network="facebook"))
    store(again, kept[-1])
    assert stored_sums(again) == expected_sums(kept)
    again.close()


def test_the_last_event_of_a_source_is_exact_after_a_clean_stop(path: Path) -> None:
    log = Log(path)
    store(log, act(NOON))
    store(log, act(NOON + 30 * SECOND))
    log.close()
    again = Log(path)
    assert again.sources.last_event_times() == {"chromium": NOON + 30 * SECOND}
    again.close()


def test_a_log_locked_by_another_program_is_an_error_for_that_time(path: Path, log: Log) -> None:
    log._db.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError) as caught:
        store(log, visit(NOON, 60))
    assert str(path) in caught.value.message
    assert caught.value.hint
    other.execute("ROLLBACK")
    other.close()
    assert not store(log, visit(NOON, 60))
    assert sum(stored_sums(log)[0].values()) == MINUTE


# -- limits ---------------------------------------------------------------


def hours(count: int, begin: int = NOON) -> list[dict[str, Any]]:
    """Visits of eleven hours that all overlap the same quarters."""
    return [visit(begin - n * MINUTE // 10, 11 * 3600, page="post") for n in range(count)]


def test_a_batch_of_long_visits_is_split(tmp_path: Path) -> None:
    batch = Batch(sender(), accepted(hours(500)))
    parts = split_batch(batch)
    assert [one for part in parts for one in part.events] == list(batch.events)
    assert max(len(part.events) for part in parts) * 45 <= MAX_WORK + 45
    short = Batch(sender(), accepted(visit(NOON + n * 12_000, 11) for n in range(1000)))
    assert split_batch(short) == [short]
    spread = Batch(sender(), accepted(visit(NOON - n * HOUR, 60) for n in range(1000)))
    assert 1 < len(split_batch(spread)) < 10
    assert split_batch(Batch(sender(), [])) == [Batch(sender(), [])]


@pytest.mark.parametrize("acts", [False, True])
def test_a_quarter_has_a_maximum_of_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, acts: bool
) -> None:
    """Only the excess is rejected; stored visits can be extended, and sent again."""
    monkeypatch.setattr("plnd.store.log.quarters.MAX_EVENTS_PER_QUARTER", 30)
    log = Log(tmp_path / "events.db")
    sent = [act(NOON + 300_000 + n) for n in range(50)] if acts else hours(50)
    elsewhere = visit(NOON - 2 * DAY, 60)
    result = log.store([Batch(sender(), accepted([*sent[:25], elsewhere]))])
    assert (result.too_many, result.written) == ([[]], 26)
    for _ in range(2):  # again, also with an empty cache
        result = log.store([Batch(sender(), accepted([*sent, elsewhere]))])
        assert [len(one) for one in result.too_many] == [20]
        log.reload()
    stored = log.store([Batch(sender(), accepted(sent[:30]))])
    assert (stored.too_many, stored.written) == ([[]], 0)
    if not acts:
        extended = {**sent[3], "end": sent[3]["end"] + MINUTE}
        assert log.store([Batch(sender(), accepted([extended]))]).written == 1
        # A visit of another quarter cannot be extended into it.
        late = visit(NOON + 12 * HOUR, 60)
        assert log.store([Batch(sender(), accepted([late]))]).too_many == [[]]
        early = {**late, "start": NOON + HOUR}
        assert log.store([Batch(sender(), accepted([early]))]).too_many == [[0]]
    log.close()
    again = Log(tmp_path / "events.db")
    assert again.store([Batch(sender(), accepted(sent[40:]))]).written == 0
    again.close()
