"""Backups: one a day, seven kept, each consistent; restoring one can be undone."""

import asyncio
import json
import os
import sqlite3
from pathlib import Path

import pytest
from support import ROOT
from support.builders import DAY, HOUR, NOON, act, batch, typed, visit
from support.harness import Api, Clock, Daemon, RunPlnd

from plnd.core.plnd import Plnd
from plnd.daemon import serve as daemon_module
from plnd.errors import StorageError
from plnd.model.own_data import ForgetRequest
from plnd.store.log import copying
from plnd.system.files import Home


async def day_by_day(plnd: Plnd, clock: Clock, days: int) -> None:
    for day in range(days):
        await plnd.record(
            typed(batch(visit(clock() - HOUR, 60, handle=f"h{day}"), act(clock() - HOUR)))
        )
        await plnd.maintenance.run()
        clock.forward(DAY)


def names(plnd: Plnd) -> list[str]:
    return [one.name for one in plnd.own.backups()]


async def test_there_is_one_for_each_of_seven_days(plnd: Plnd, clock: Clock) -> None:
    await day_by_day(plnd, clock, 9)
    assert names(plnd) == [f"2026-11-{day}" for day in range(25, 31)] + ["2026-12-01"]
    clock.forward(-DAY)
    await plnd.maintenance.run()
    await plnd.maintenance.run()
    assert len(names(plnd)) == 7
    folder = plnd.home.data / "backups" / "2026-12-01"
    assert {one.name for one in folder.iterdir()} >= {"events.db", "budgets.json"}
    assert {one.stat().st_mode & 0o777 for one in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_backup_is_whole_while_events_come_in(plnd: Plnd, clock: Clock) -> None:
    """A backup made while the log is written is the log of one moment."""
    upkeep = asyncio.ensure_future(plnd.maintenance.run())
    sent = 0
    while not upkeep.done():
        await plnd.record(typed(batch(visit(NOON - DAY + sent * 1000, 1))))
        sent += 1
    await upkeep
    await plnd.record(typed(batch(visit(NOON - HOUR, 1))))
    would = await plnd.own.restore("2026-11-23", dry_run=True)
    assert 1 <= would.changes["visits"].gone <= sent + 1
    assert would.changes["visits"].back == 0


async def test_going_back_and_forward_again(plnd: Plnd, api: Api, clock: Clock) -> None:
    await day_by_day(plnd, clock, 2)
    await api("PUT", "budgets", {"minutes": 5, "network": "x"})
    await api("PATCH", "settings", {"day_start": 3})
    await plnd.record(typed(batch(visit(clock() - HOUR, 60))))
    now = [await api("GET", name) for name in ("receipt", "budgets", "settings")]
    would = await api("POST", "restore", {"backup": "2026-11-23", "dry_run": True})
    assert would["changes"] == {
        "visits": {"back": 0, "gone": 2, "changed": 0},
        "interactions": {"back": 0, "gone": 1, "changed": 0},
        "budgets": {"back": 0, "gone": 1, "changed": 0},
        "settings": {"back": 0, "gone": 1, "changed": 0},
    }
    assert [await api("GET", name) for name in ("receipt", "budgets", "settings")] == now
    done = await api("POST", "restore", {"backup": "2026-11-23"})
    assert done == {**would, "dry_run": False, "kept_aside": "2026-11-25T120000-before-restore"}
    assert len((await api("GET", "receipt"))["entries"]) == 2
    assert (await api("GET", "settings"))["settings"]["day_start"] == 0
    assert (await api("GET", "today?day=2026-11-23"))["spent_seconds"] == 60
    assert (await api("GET", "today?day=2026-11-24"))["spent_seconds"] == 0
    await api("POST", "restore", {"backup": done["kept_aside"]})
    assert [await api("GET", name) for name in ("receipt", "budgets", "settings")] == now


async def test_the_users_own_files_come_back_as_well(plnd: Plnd, api: Api, clock: Clock) -> None:
    """Restoring brings back the network files; forgetting everything deletes them."""
    folder = plnd.home.data / "networks"
    (folder / "draft").mkdir(parents=True)
    (folder / "draft" / "x.json").write_text("not even JSON yet")
    await day_by_day(plnd, clock, 1)
    (folder / "draft" / "x.json").write_text("later")
    (folder / "draft" / "new.json").write_text("{}")
    would = await api("POST", "restore", {"backup": "2026-11-23", "dry_run": True})
    assert would["changes"] == {"files": {"back": 0, "gone": 1, "changed": 1}}
    await api("POST", "restore", {"backup": "2026-11-23"})
    assert (folder / "draft" / "x.json").read_text() == "not even JSON yet"
    assert not (folder / "draft" / "new.json").exists()
    await plnd.own.forget(ForgetRequest(everything=True))
    assert sorted(one.name for one in plnd.home.data.iterdir() if one.suffix != ".json") == [
        *("events.db", "events.db-shm", "events.db-wal"),
    ]


async def test_what_keeps_something_out_is_not_undone(plnd: Plnd, api: Api, clock: Clock) -> None:
    await day_by_day(plnd, clock, 1)
    await plnd.own.forget(ForgetRequest(handle="h0"))
    await api("PUT", "pause", {"until": None})
    await api("POST", "restore", {"backup": "2026-11-23"})
    assert (await api("GET", "pause"))["paused"]
    await api("DELETE", "pause")
    answer = await api("POST", "events", batch(visit(NOON - 2 * HOUR, 5, handle="h0")))
    assert answer["rejected"][0]["code"] == "forgotten"


async def test_a_backup_that_is_none_is_named(plnd: Plnd, api: Api, clock: Clock) -> None:
    await day_by_day(plnd, clock, 1)
    for name in ("1999-01-01", "../../state", "..", "/etc"):
        answer = await api("POST", "restore", {"backup": name}, status=404)
        assert answer["error"]["field"] == "backup"
    assert len((await api("GET", "receipt"))["entries"]) == 2


@pytest.mark.parametrize("file", ["events.db", "budgets.json"])
async def test_a_damaged_backup_changes_nothing(
    plnd: Plnd, api: Api, clock: Clock, file: str
) -> None:
    await day_by_day(plnd, clock, 1)
    path = plnd.home.data / "backups" / "2026-11-23" / file
    content = path.read_bytes()
    path.write_bytes(b"\x00" * 100 + content[100:])
    answer = await api("POST", "restore", {"backup": "2026-11-23"}, status=500)
    assert answer["error"]["code"] == "damaged_store"
    assert len((await api("GET", "receipt"))["entries"]) == 2
    assert names(plnd) == ["2026-11-23"]


async def test_a_backup_of_a_newer_plnd_changes_nothing(plnd: Plnd, api: Api, clock: Clock) -> None:
    await day_by_day(plnd, clock, 1)
    db = sqlite3.connect(plnd.home.data / "backups" / "2026-11-23" / "events.db")
    db.execute("PRAGMA user_version=99")
    db.close()
    answer = await api("POST", "restore", {"backup": "2026-11-23"}, status=500)
    assert answer["error"]["code"] == "newer_store"
    assert len((await api("GET", "receipt"))["entries"]) == 2


async def test_a_copy_that_is_not_whole_is_not_kept(plnd: Plnd, clock: Clock) -> None:
    """A damaged log makes no backup, and the old backups stay."""
    await day_by_day(plnd, clock, 1)
    many = [visit(clock() - DAY + n * 1000, 1, handle="h" * 200) for n in range(900)]
    await plnd.record(typed(batch(*many)))
    plnd._log.truncate_journal()
    path = plnd.home.data / "events.db"
    content = bytearray(path.read_bytes())
    for page in range(4, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(StorageError) as caught:
        await plnd.maintenance.run()
    assert caught.value.code == "damaged_store"
    assert names(plnd) == ["2026-11-23"]
    assert [one.name for one in (path.parent / "backups").iterdir()] == ["2026-11-23"]


async def test_the_daemon_sees_to_it_and_a_failure_does_not_end_that(
    plnd: Plnd, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(daemon_module, "FIRST_UPKEEP_SECONDS", 0.0)
    monkeypatch.setattr(daemon_module, "UPKEEP_SECONDS", 0.01)
    folder = plnd.home.data / "backups"
    folder.write_text("in the way")
    task = asyncio.ensure_future(daemon_module._upkeep(plnd))
    while not caplog.records:
        await asyncio.sleep(0.01)
    assert "upkeep failed: cannot write" in caplog.text
    folder.unlink()
    while not plnd.own.backups():
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("online", [True, False])
def test_the_command_lists_shows_and_restores(
    run_plnd: RunPlnd, daemon: Daemon, home: Home, online: bool
) -> None:
    assert run_plnd("restore").out.startswith("no backups yet")
    run_plnd("stop")
    plnd = Plnd(home)
    asyncio.run(plnd.maintenance.run())
    plnd.close_stores()
    if online:
        run_plnd("start")
    (name,) = [one["name"] for one in run_plnd("restore", "--json").json["backups"]]
    assert run_plnd("restore").out == f"{name}  of the day\n"
    run_plnd("budget", "set", "7")
    ran = run_plnd("restore", name, code=2)
    assert "budgets: 0 would come back, 0 would go, 1 would be as they were" in ran.out
    assert "nothing was changed" in ran.err
    assert run_plnd("budget", "--json").json["budgets"][0]["minutes"] == 7
    assert "the state until now is the backup" in run_plnd("restore", name, "--yes").out
    assert run_plnd("budget", "--json").json["budgets"][0]["minutes"] == 60
    assert "before a restore" in run_plnd("restore").out
    run_plnd("stop")


# -- upgrades --------------------------------------------------------------------------


OLD = ROOT / "tests" / "store" / "schema-1.sql"


def old_log(path: Path) -> None:
    """A log in the first version of the schema, with one hour of visits."""
    db = sqlite3.connect(path)
    db.executescript(OLD.read_text())
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("INSERT INTO source VALUES (1, 'chromium', 'p1', '0.1.0', ?)", (NOON,))
    rows = [(os.urandom(16), 1, "x", "feed", "ana", None, NOON - HOUR + n, NOON) for n in range(9)]
    db.executemany("INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    for quarter in range(4):
        begin = NOON - HOUR + quarter * HOUR // 4
        db.execute("INSERT INTO quarter_time VALUES (?, 'x', 'feed', ?, 0)", (begin, HOUR // 4))
    db.execute("UPDATE longest SET visit_ms = ?", (HOUR,))
    db.commit()
    db.close()


def test_a_log_of_the_first_version_is_brought_up_to_date(home: Home, clock: Clock) -> None:
    """A backup is made before the schema is upgraded in place."""
    home.make()
    old_log(home.data / "events.db")
    (home.data / "budgets.json").write_text('{"plnd": 1, "budgets": {}}')
    plnd = Plnd(home, clock=clock)
    assert plnd.damaged == []
    assert plnd.today().spent_seconds == 3600
    assert len(plnd.own.receipt().entries) == 9
    (backup,) = plnd.own.backups()
    assert (backup.why, backup.made_at) == ("before_upgrade", NOON)
    folder = home.data / "backups" / backup.name
    db = sqlite3.connect(folder / "events.db")
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert db.execute("SELECT count(*) FROM visit").fetchone() == (9,)
    db.close()
    assert json.loads((folder / "budgets.json").read_bytes()) == {"plnd": 1, "budgets": {}}
    asyncio.run(plnd.record(typed(batch(visit(NOON, 60)))))
    assert asyncio.run(plnd.own.restore(backup.name, dry_run=False)).changes["visits"].gone == 1
    assert plnd.today().spent_seconds == 3600
    plnd.close_stores()
    again = Plnd(home, clock=clock)
    assert len([one for one in again.own.backups() if one.why == "before_upgrade"]) == 1
    again.close_stores()


def test_no_upgrade_without_its_backup(home: Home, clock: Clock) -> None:
    home.make()
    old_log(home.data / "events.db")
    (home.data / "backups").write_text("in the way")
    before = (home.data / "events.db").read_bytes()
    with pytest.raises(StorageError) as caught:
        Plnd(home, clock=clock)
    assert "backups" in caught.value.message
    assert (home.data / "events.db").read_bytes() == before


def test_a_killed_upgrade_starts_anew(home: Home, clock: Clock) -> None:
    """The unfinished copy of a killed upgrade does not stop the next one."""
    home.make()
    old_log(home.data / "events.db")
    (home.data / "backups" / ".new").mkdir(parents=True)
    (home.data / "backups" / ".new" / "events.db").write_text("half")
    plnd = Plnd(home, clock=clock)
    assert len(plnd.own.backups()) == 1
    plnd.close_stores()


def test_a_copy_takes_no_place_of_another(tmp_path: Path) -> None:
    old_log(tmp_path / "events.db")
    (tmp_path / "copy").write_text("here first")
    with pytest.raises(StorageError):
        copying.copy(tmp_path / "events.db", tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "here first"
