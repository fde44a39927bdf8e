"""The event log: each event once, sums that are always those of the events, commits that hold."""

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import oracle
from support.builders import DAY, HOUR, MINUTE, NOON, SECOND, act, sender, taken, uuid7, visit

from plnd.errors import StorageError
from plnd.store.log.batches import MAX_WORK, Batch, StoreResult, split_batch
from plnd.store.log.log import Log
from plnd.store.log.schema import VERSION

IDS = [uuid7() for _ in range(8)]
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
    """The indexes that conflict."""
    return log.store([Batch(sender(profile=profile), taken(events))]).conflicts[0]


def held(log: Log) -> tuple[dict[Any, int], dict[Any, int], dict[Any, int]]:
    """Spent, taking part and acts of all quarters, as `truth.Quarters` has them."""
    spent, taking, acts = {}, {}, {}
    for begin, sums in log.queries.quarter_sums(NOON - 10 * DAY, NOON + 10 * DAY).items():
        for key, (ms, part) in sums.times.items():
            spent[begin, *key] = ms
            if part:
                taking[begin, *key] = part
        for key, count in sums.acts.items():
            acts[begin, *key] = count
    return spent, taking, acts


def true(events: list[dict[str, Any]]) -> tuple[dict[Any, int], dict[Any, int], dict[Any, int]]:
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
    assert sum(held(log)[0].values()) == 210 * SECOND


def test_an_event_sent_again_changes_nothing(log: Log) -> None:
    events = [visit(NOON, 300), act(NOON + MINUTE)]
    store(log, *events)
    before = held(log)
    assert not store(log, *events, *reversed(events))
    assert held(log) == before == true(events)


@pytest.mark.parametrize(
    "change", [{"network": "facebook"}, {"page": "post"}, {"handle": "other"}, {"tag": "edchat"}]
)
def test_a_visit_under_a_used_id_is_a_conflict(log: Log, change: dict[str, str]) -> None:
    """It is left out, it is named, and those beside it are stored."""
    first, good = visit(NOON, 60), visit(NOON + HOUR, 60)
    store(log, first)
    assert store(log, {**first, "end": NOON + DAY // 4, **change}, good) == [0]
    assert held(log) == true([first, good])


@pytest.mark.parametrize(
    "change",
    [{"network": "facebook"}, {"action": "post"}, {"handle": "other"}, {"tag": "t"}, {"at": NOON}],
)
def test_an_act_under_a_used_id_is_a_conflict(log: Log, change: dict[str, Any]) -> None:
    first = act(NOON + MINUTE)
    store(log, first)
    assert store(log, {**first, **change}) == [0]
    assert held(log) == true([first])


def test_a_visit_does_not_grow_beyond_twelve_hours(log: Log) -> None:
    first = visit(NOON, 3600)
    store(log, first)
    later = {**first, "start": NOON + 11 * HOUR, "end": NOON + 13 * HOUR}
    assert store(log, later) == [0]
    assert held(log) == true([first])


def test_ids_are_the_same_however_they_are_written(log: Log, path: Path) -> None:
    one = visit(NOON, 60)
    store(log, one, {**one, "id": one["id"].upper()}, {**one, "id": one["id"].replace("-", "")})
    assert len(rows(path, "visit")) == 1


def test_sources_remember_their_last_event(log: Log, path: Path) -> None:
    store(log, visit(NOON, 60), act(NOON + HOUR))
    store(log, visit(NOON - HOUR, 60))
    store(log, visit(NOON + 2 * HOUR, 60), profile="p2")
    result = log.store([Batch(sender("firefox"), taken([visit(NOON, 60)]))])
    assert result.last_event_at == {"firefox": NOON + MINUTE}
    assert log.sources.last_event_times() == {
        "chromium": NOON + 2 * HOUR + MINUTE,
        "firefox": NOON + MINUTE,
    }
    assert len(rows(path, "source")) == 3


def test_batches_keep_their_own_conflicts(log: Log) -> None:
    """Batches that share a commit each learn of their own."""
    one = visit(NOON, 60)
    result: StoreResult = log.store(
        [
            Batch(sender(), taken([one])),
            Batch(sender(), []),
            Batch(sender(), taken([visit(NOON), {**one, "page": "post"}])),
        ]
    )
    assert result.conflicts == [[], [], [1]]


def test_the_result_has_the_new_sums_of_each_quarter_touched(log: Log) -> None:
    store(log, visit(NOON, 600))
    result = log.store([Batch(sender(), taken([visit(NOON + 5 * MINUTE, 1200)]))])
    assert result.quarters == {
        begin: sums
        for begin, sums in log.queries.quarter_sums(NOON, NOON + HOUR).items()
        if sums.times
    }
    assert list(result.quarters) == [NOON, NOON + 15 * MINUTE]


# -- sums -------------------------------------------------------------------------

# Near one another, and near the edges of quarters, is where sums go wrong; some are far.
SLOTS = st.one_of(
    st.integers(0, 60).map(lambda slot: NOON + slot * MINUTE + slot % 7 * SECOND),
    st.integers(0, 520).map(lambda slot: NOON + slot * MINUTE),
)


@st.composite
def sent(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Events from several browsers: visits that grow both ways, and acts."""
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
def test_sums_are_those_of_the_events_whatever_came_before(
    events: list[dict[str, Any]], random: Any
) -> None:
    """In any order, in any batches, over restarts: as the truth, and as a log made afresh."""
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
        found = held(log)
        log.close()
        fresh = Log(Path(folder) / "fresh.db")
        store(fresh, *sorted(events, key=lambda event: event["id"]))
        assert held(fresh) == found == true(events)
        fresh.close()


def test_a_visit_that_loses_a_quarter_leaves_no_sum_behind(log: Log, path: Path) -> None:
    """An earlier start changes who owns the time: the page that owned it is taken off."""
    later = visit(NOON + MINUTE, 60, network="facebook", page="post")
    store(log, visit(NOON, 300), later)
    assert (NOON, "facebook", "post") in held(log)[0]
    events = [visit(NOON, 300), {**later, "start": NOON - MINUTE, "end": NOON + 2 * MINUTE}]
    store(log, events[1])
    assert held(log)[0][NOON, "x", "feed"] == 5 * MINUTE
    assert (NOON, "facebook", "post") not in held(log)[0]
    assert all(row[3] for row in rows(path, "quarter_time"))


def test_more_quarters_than_are_kept_in_memory(log: Log) -> None:
    """Weeks of visits, then one more event in an old quarter: it adds to what is there."""
    events = [visit(NOON - hour * HOUR, 60) for hour in range(100)]
    for event in events:
        store(log, event)
    events.append(visit(NOON - 99 * HOUR + 30 * SECOND, 60))
    store(log, events[-1])
    assert held(log) == true(events)


# -- files ------------------------------------------------------------------------


def test_what_was_stored_is_there_when_opened_again(path: Path) -> None:
    events = [visit(NOON, 300), act(NOON)]
    first = Log(path)
    store(first, *events)
    first.close()
    second = Log(path)
    assert held(second) == true(events)
    assert second.sources.last_event_times() == {"chromium": NOON + 5 * MINUTE}
    second.close()


def test_a_commit_is_on_disk_for_others_at_once(log: Log, path: Path) -> None:
    store(log, visit(NOON, 60))
    assert len(rows(path, "visit")) == 1
    assert log._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert log._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_nobody_else_may_read_it(log: Log, path: Path) -> None:
    store(log, visit(NOON, 60))
    files = sorted(path.parent.glob("events.db*"))
    assert [one.name for one in files] == ["events.db", "events.db-shm", "events.db-wal"]
    assert {one.stat().st_mode & 0o777 for one in files} == {0o600}


def test_the_file_says_whose_it_is(log: Log, path: Path) -> None:
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA application_id").fetchone() == (0x504C4E44,)
    assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    db.close()


def test_a_full_disk_loses_nothing_and_passes(log: Log) -> None:
    """SQLite's own limit on the file stands for the disk's; the error says what to do."""
    kept = [visit(NOON + n * MINUTE, 30) for n in range(50)]
    store(log, *kept)
    (pages,) = log._db.execute("PRAGMA page_count").fetchone()
    log._db.execute(f"PRAGMA max_page_count = {pages}")
    more = [visit(NOON + HOUR + n * MINUTE, 30, handle="h" * 200) for n in range(500)]
    with pytest.raises(StorageError) as caught:
        store(log, *more)
    assert caught.value.code == "disk_full"
    assert "space" in caught.value.hint
    assert held(log) == true(kept)
    log._db.execute("PRAGMA max_page_count = 1000000")
    assert not store(log, *more)
    assert held(log) == true([*kept, *more])


def test_a_commit_that_fails_leaves_nothing_in_memory_either(path: Path) -> None:
    """What was added to the quarters that are kept, and the longest visit, are forgotten."""
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
    assert held(again) == true(kept)
    again.close()


def test_the_last_event_of_a_source_is_exact_after_a_clean_stop(path: Path) -> None:
    log = Log(path)
    store(log, act(NOON))
    store(log, act(NOON + 30 * SECOND))
    log.close()
    again = Log(path)
    assert again.sources.last_event_times() == {"chromium": NOON + 30 * SECOND}
    again.close()


def test_a_store_that_another_program_locks_is_an_error_that_passes(path: Path, log: Log) -> None:
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
    assert sum(held(log)[0].values()) == MINUTE


# -- the work of a batch ---------------------------------------------------------------


def hours(count: int, begin: int = NOON) -> list[dict[str, Any]]:
    """Visits of nearly twelve hours that all reach over one quarter."""
    return [visit(begin - n * MINUTE // 10, 11 * 3600, page="post") for n in range(count)]


def test_a_batch_of_long_visits_is_stored_in_parts(tmp_path: Path) -> None:
    batch = Batch(sender(), taken(hours(500)))
    parts = split_batch(batch)
    assert [one for part in parts for one in part.events] == list(batch.events)
    assert max(len(part.events) for part in parts) * 45 <= MAX_WORK + 45
    short = Batch(sender(), taken(visit(NOON + n * 12_000, 11) for n in range(1000)))
    assert split_batch(short) == [short]
    spread = Batch(sender(), taken(visit(NOON - n * HOUR, 60) for n in range(1000)))
    assert 1 < len(split_batch(spread)) < 10
    assert split_batch(Batch(sender(), [])) == [Batch(sender(), [])]


@pytest.mark.parametrize("acts", [False, True])
def test_a_quarter_takes_so_many_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, acts: bool
) -> None:
    """What finds no room is refused alone; what is there already may grow, or come again."""
    monkeypatch.setattr("plnd.store.log.quarters.MAX_EVENTS_PER_QUARTER", 30)
    log = Log(tmp_path / "events.db")
    sent = [act(NOON + 300_000 + n) for n in range(50)] if acts else hours(50)
    elsewhere = visit(NOON - 2 * DAY, 60)
    result = log.store([Batch(sender(), taken([*sent[:25], elsewhere]))])
    assert (result.too_many, result.written) == ([[]], 26)
    for _ in range(2):  # again, also after a look at the disk
        result = log.store([Batch(sender(), taken([*sent, elsewhere]))])
        assert [len(one) for one in result.too_many] == [20]
        log.reload()
    stored = log.store([Batch(sender(), taken(sent[:30]))])
    assert (stored.too_many, stored.written) == ([[]], 0)
    if not acts:
        grown = {**sent[3], "end": sent[3]["end"] + MINUTE}
        assert log.store([Batch(sender(), taken([grown]))]).written == 1
        # One that was elsewhere may not grow into it.
        late = visit(NOON + 12 * HOUR, 60)
        assert log.store([Batch(sender(), taken([late]))]).too_many == [[]]
        early = {**late, "start": NOON + HOUR}
        assert log.store([Batch(sender(), taken([early]))]).too_many == [[0]]
    log.close()
    again = Log(tmp_path / "events.db")
    assert again.store([Batch(sender(), taken(sent[40:]))]).written == 0
    again.close()
