"""Logs that are damaged, of another program or newer: reported and kept, and plnd goes on."""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from support.builders import MINUTE, NOON, accepted, sender, visit
from support.harness import spans_in

from plnd.errors import StorageError
from plnd.store.log.batches import Batch
from plnd.store.log.log import Log
from plnd.store.log.schema import MIGRATIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def filled(path: Path) -> Path:
    """A log with some pages of events, closed cleanly."""
    log = Log(path)
    events = [visit(NOON + n * MINUTE, 30, handle="h" * 200) for n in range(400)]
    log.store([Batch(sender(), accepted(events))])
    log.close()
    (path.parent / "settings.json").write_text("the neighbour's")
    return path


def works(log: Log) -> bool:
    """Whether a log stores an event and answers with its time."""
    log.store([Batch(sender(), accepted([visit(NOON, 60)]))])
    return log.queries.quarter_sums(NOON, NOON + 1)[NOON].times == {("x", "feed"): (MINUTE, 0)}


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def truncate_oddly(path: Path) -> None:
    os.truncate(path, 1234)


def overwrite(path: Path) -> None:
    path.write_bytes(b"What is this? " * 5000)


def flip_the_header(path: Path) -> None:
    flip(path, 3)


def flip_the_schema(path: Path) -> None:
    flip(path, 100, 105, 107)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "something").write_text("in it")


def replace_by_foreign(path: Path) -> None:
    path.unlink()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE recipes (name TEXT)")
    db.commit()
    db.close()


def flip(path: Path, *places: int) -> None:
    content = bytearray(path.read_bytes())
    for place in places:
        content[place] ^= 0xFF
    path.write_bytes(content)


DAMAGES = [
    truncate,
    truncate_oddly,
    overwrite,
    flip_the_header,
    flip_the_schema,
    replace_by_folder,
    replace_by_foreign,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_file_is_set_aside_and_a_new_one_works(
    filled: Path, damage: Callable[[Path], None]
) -> None:
    damage(filled)
    content = None if filled.is_dir() else filled.read_bytes()
    log = Log(filled)
    (moved,) = log.damaged
    assert Path(moved).parent == filled.parent
    assert Path(moved).name.startswith("events.db.damaged-")
    if content is None:
        assert (Path(moved) / "something").read_text() == "in it"
    else:
        assert Path(moved).read_bytes() == content
    assert works(log)
    log.close()
    assert (filled.parent / "settings.json").read_text() == "the neighbour's"
    again = Log(filled)
    assert not again.damaged
    again.close()


def test_damage_met_by_a_statement_is_repaired_by_a_restart(filled: Path) -> None:
    """As the error says: after a restart, the file is set aside.

    What the start itself reads is whole: damage there is found by it.
    """
    size = 4096
    pages = filled.stat().st_size // size
    db = sqlite3.connect(filled)
    words = "SELECT rootpage - 1 FROM sqlite_schema WHERE name IN ('kept', 'longest')"
    read = [page for (page,) in db.execute(words)]
    db.close()
    met = (page for page in range(1, pages) if page not in read)
    flip(filled, *(page * size + place for page in met for place in range(12)))
    log = Log.__new__(Log)
    with pytest.raises(StorageError) as caught:
        log.__init__(filled)  # type: ignore[misc]
        log.store([Batch(sender(), accepted([visit(NOON + MINUTE, 5)]))])
    assert caught.value.code == "damaged_store"
    assert "restart" in caught.value.hint
    if hasattr(log, "_db"):
        log.close()
    again = Log(filled)
    assert again.damaged
    assert works(again)
    again.close()


def test_damage_after_a_kill_is_found_at_the_start(filled: Path, tmp_path: Path) -> None:
    """A log that was not closed is checked as a whole when it is opened."""
    log = Log(filled)
    works(log)
    kept = tmp_path / "killed"
    kept.mkdir()
    for one in filled.parent.glob("events.db*"):
        (kept / one.name).write_bytes(one.read_bytes())
    log.close()
    killed = kept / "events.db"
    for page in range(25, 35):
        flip(killed, *range(4096 * page, 4096 * page + 64))
    again = Log(killed)
    assert Path(again.damaged[0]).name.startswith("events.db.damaged-")
    assert works(again)
    again.close()


def test_a_torn_end_of_the_journal_loses_no_earlier_commit(filled: Path, tmp_path: Path) -> None:
    log = Log(filled)
    works(log)
    kept = tmp_path / "killed"
    kept.mkdir()
    for one in filled.parent.glob("events.db*"):
        (kept / one.name).write_bytes(one.read_bytes())
    log.close()
    with (kept / "events.db-wal").open("ab") as journal:
        journal.write(b"half a frame" * 50)
    again = Log(kept / "events.db")
    assert not again.damaged
    assert again.queries.quarter_sums(NOON, NOON + 1)[NOON].times["x", "feed"][0] > 0
    again.close()


def test_a_newer_log_is_refused_and_not_touched(filled: Path) -> None:
    db = sqlite3.connect(filled)
    db.execute("PRAGMA user_version = 7")
    db.execute("PRAGMA journal_mode = DELETE")
    db.close()
    before = hashlib.sha256(filled.read_bytes()).digest()
    with pytest.raises(StorageError) as caught:
        Log(filled)
    assert caught.value.code == "newer_store"
    assert "7" in caught.value.message
    assert str(filled) in caught.value.message
    assert hashlib.sha256(filled.read_bytes()).digest() == before
    assert sorted(one.name for one in filled.parent.iterdir()) == ["events.db", "settings.json"]


def test_an_empty_file_is_a_new_log(path: Path) -> None:
    """As a kill right after the creation of the file leaves it."""
    path.touch(0o600)
    log = Log(path)
    assert not log.damaged
    assert works(log)
    log.close()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        Log(tmp_path / "nowhere" / "events.db")
    assert "nowhere" in caught.value.message


# -- edited by hand ----------------------------------------------------------------------------

EDITS = [
    "DELETE FROM kept",
    "INSERT INTO kept VALUES (1)",
    "UPDATE kept SET visits_from = 'x'",
    "DELETE FROM longest",
    "INSERT INTO longest VALUES (1)",
    "UPDATE longest SET visit_ms = x'00'",
    "ALTER TABLE kept RENAME COLUMN visits_from TO since",
    "ALTER TABLE visit ADD COLUMN note TEXT",
    "ALTER TABLE quarter_act RENAME TO old; CREATE VIEW quarter_act AS SELECT * FROM old",
    "PRAGMA user_version = 0",
    "PRAGMA user_version = 1",
]


def edit(path: Path, words: str) -> None:
    db = sqlite3.connect(path)
    db.executescript(words)
    db.close()


def parts(kind: str) -> list[str]:
    """The names of the tables or triggers of a log."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.create_function("handle_key", 1, str)
        db.executescript("".join(MIGRATIONS))
        words = "SELECT name FROM sqlite_schema WHERE type = ?"
        return [name for (name,) in db.execute(words, (kind,))]


@pytest.mark.parametrize(
    "words",
    [
        *EDITS,
        *(f"DROP TABLE {name}" for name in parts("table")),
        *(f"DROP TRIGGER {name}" for name in parts("trigger")),
    ],
)
def test_a_log_with_an_incomplete_schema_is_set_aside(filled: Path, words: str) -> None:
    edit(filled, words)
    log = Log(filled)
    (moved,) = log.damaged
    db = sqlite3.connect(moved)
    assert db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] > 5
    db.close()
    assert works(log)
    log.close()
    again = Log(filled)
    assert not again.damaged
    again.close()


@pytest.mark.parametrize(
    "words", ["CREATE INDEX mine ON visit (page)", "ANALYZE", "CREATE TABLE notes (text)", "VACUUM"]
)
def test_additions_to_the_schema_are_ignored(filled: Path, words: str) -> None:
    edit(filled, words)
    log = Log(filled)
    assert not log.damaged
    log.store([Batch(sender(), accepted([visit(NOON - MINUTE, 60)]))])
    assert len(spans_in(log)) == 401
    log.close()


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal", "-suspect"])
@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a link"])
def test_what_is_no_file_beside_the_log_is_set_aside(filled: Path, suffix: str, kind: str) -> None:
    odd = filled.with_name(filled.name + suffix)
    outside = filled.parent / "outside"
    outside.write_text("precious")
    if kind == "a folder":
        odd.mkdir()
    elif kind == "a pipe":
        os.mkfifo(odd)
    else:
        odd.symlink_to(outside)
    log = Log(filled)
    assert [Path(one).name.partition(".damaged")[0] for one in log.damaged] == [odd.name]
    log.store([Batch(sender(), accepted([visit(NOON - MINUTE, 60)]))])
    assert len(spans_in(log)) == 401
    log.close()
    assert outside.read_text() == "precious"
