"""Damaged stores: each damaged file is named and set aside, and plnd goes on without it."""

import json
import os
import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from support.builders import DAY, HOUR, NOON, act, batch, sample, typed, visit
from support.harness import Clock, Desktop, RunPlnd, running_daemon

from plnd.core.plnd import Plnd
from plnd.errors import PlndError
from plnd.model.settings import BudgetRequest
from plnd.store.book.book import Book
from plnd.system.files import Home

SET_ASIDE = re.compile(r"\.damaged-\d{8}-\d{6}(-\d+)?$")


async def fill(plnd: Plnd) -> None:
    """Store something in every file."""
    many = [visit(NOON - DAY + n * 60_000, 30, handle="h" * (n % 200)) for n in range(600)]
    await plnd.record(typed(batch(*many)))
    await plnd.record(typed(batch(*[act(NOON - HOUR + n) for n in range(100)], browser="firefox")))
    plnd.settings.change({"day_start": 4})
    plnd.budgets.set(BudgetRequest(minutes=5, network="x"))
    plnd.pauses.begin(NOON + DAY)
    plnd.pauses.end()
    plnd.notifier.snooze(NOON + 5)
    for kept in plnd._book.collections.values():
        if not kept.all():
            kept.put(sample(kept.kind, "ana"))


@pytest.fixture
async def filled(plnd: Plnd, home: Home, clock: Clock, tmp_path: Path) -> Path:
    """A data folder with something in every file, as a stopped plnd leaves it."""
    other = tmp_path / "filled"
    made = Plnd(Home(other / "s", other, other / "h", None), clock=clock, notify=Desktop())
    await fill(made)
    await made.close()
    for folder in ("s", "h"):
        (other / folder).rmdir()
    return other


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def zero(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    (path / "inner").mkdir(parents=True)


def replace_by_other(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 999)


@pytest.mark.parametrize("damage", [truncate, zero, replace_by_folder, replace_by_other])
def test_each_file_damaged_in_turn_leaves_the_others(
    filled: Path, home: Home, tmp_path: Path, damage: Callable[[Path], None], clock: Clock
) -> None:
    """For every file: the collections come from the book and are not listed here."""
    files = ["events.db", *(p.name for p in sorted(filled.glob("*.json")))]
    assert len(files) == len(Book(filled).collections) + 1
    for name in files:
        data = tmp_path / f"{damage.__name__}-{name}"
        shutil.copytree(filled, data)
        before = {p.name: p.read_bytes() for p in data.iterdir() if p.name != name}
        damage(data / name)
        plnd = Plnd(Home(home.state, data, home.host, None), clock=clock)
        (moved,) = plnd.damaged
        assert SET_ASIDE.search(moved)
        assert Path(moved).exists()
        assert Path(moved).name.startswith(name)
        plnd.close_stores()
        kept = {p.name: p.read_bytes() for p in data.glob("*.json") if p.name in before}
        assert kept == {one: before[one] for one in kept}
        assert len(kept) >= len(files) - 2


def test_a_newer_store_is_refused_and_not_changed(
    filled: Path, home: Home, tmp_path: Path, clock: Clock
) -> None:
    for name in ("events.db", *(p.name for p in sorted(filled.glob("*.json")))):
        data = tmp_path / f"newer-{name}"
        shutil.copytree(filled, data)
        if name == "events.db":
            db = sqlite3.connect(data / name)
            db.execute("PRAGMA user_version=99")
            db.close()
        else:
            content = json.loads((data / name).read_bytes())
            (data / name).write_text(json.dumps({**content, "plnd": 99}))
        before = {path.name: path.read_bytes() for path in data.iterdir()}
        with pytest.raises(PlndError) as caught:
            Plnd(Home(home.state, data, home.host, None), clock=clock)
        assert caught.value.code == "newer_store"
        assert name in caught.value.message
        assert {path.name: path.read_bytes() for path in data.iterdir()} == before


async def test_a_flipped_bit_is_harmless_or_set_aside_or_named(
    filled: Path, home: Home, tmp_path: Path, clock: Clock, pytestconfig: pytest.Config
) -> None:
    """An error names the file and has a hint; nothing crashes."""
    chance = random.Random(2028)
    ends = {"unharmed": 0, "set aside": 0, "named": 0}
    for number in range(4 * int(pytestconfig.getoption("rounds"))):
        data = tmp_path / "flipped"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(filled, data)
        path = chance.choice(sorted(data.iterdir()))
        content = bytearray(path.read_bytes())
        place = chance.randrange(len(content))
        content[place] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        try:
            ends[await use(Plnd(Home(home.state, data, home.host, None), clock=clock))] += 1
        except PlndError as error:
            assert error.code in ("damaged_store", "newer_store", "storage"), (number, path, place)
            assert path.name in error.message, (number, place, error.message)
            assert error.hint
            ends["named"] += 1
    assert all(ends.values()), ends


async def use(plnd: Plnd) -> str:
    try:
        plnd.today()
        plnd.today("2026-11-22")
        await plnd.record(typed(batch(visit(NOON - 60_000, 30), act(NOON - 30_000))))
        plnd.own.receipt(limit=500)
        part = plnd.own.export()
        while part.next:
            part = plnd.own.export(part.next)
        return "set aside" if plnd.damaged else "unharmed"
    finally:
        await plnd.close()


def test_a_daemon_reports_files_set_aside(run_plnd: RunPlnd, home: Home) -> None:
    """In its log and in its health answer; and it stores events."""
    run_plnd("budget", "set", "7")
    (home.data / "events.db").write_bytes(b"Dear diary, " * 999)
    truncate(home.data / "budgets.json")
    run_plnd("start")
    found = running_daemon()
    damaged = found.ask("GET", "health")["damaged"]
    assert [Path(one).name.partition(".damaged")[0] for one in damaged] == [
        "events.db",
        "budgets.json",
    ]
    assert (home.state / "daemon.log").read_text().count("set aside as") == 2
    one = visit(found.ask("GET", "today")["now"] - HOUR, 60)
    assert found.ask("POST", "events", batch(one))["stored"] == [one["id"]]
    run_plnd("stop")
