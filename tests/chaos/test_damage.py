"""Stores that are damaged in every way, below a real daemon: named, set aside, and on it goes."""

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

WHEN = re.compile(r"\.damaged-\d{8}-\d{6}(-\d+)?$")


async def fill(plnd: Plnd) -> None:
    """Something in every file that there is."""
    many = [visit(NOON - DAY + n * 60_000, 30, handle="h" * (n % 200)) for n in range(600)]
    await plnd.record(typed(batch(*many)))
    await plnd.record(typed(batch(*[act(NOON - HOUR + n) for n in range(100)], browser="firefox")))
    plnd.change_settings({"day_start": 4})
    plnd.set_budget(BudgetRequest(minutes=5, network="x"))
    plnd.pause(NOON + DAY)
    plnd.resume()
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
    """Whatever the book has: its collections are asked for, not listed."""
    files = ["events.db", *(p.name for p in sorted(filled.glob("*.json")))]
    assert len(files) == len(Book(filled).collections) + 1
    for name in files:
        data = tmp_path / f"{damage.__name__}-{name}"
        shutil.copytree(filled, data)
        before = {p.name: p.read_bytes() for p in data.iterdir() if p.name != name}
        damage(data / name)
        plnd = Plnd(Home(home.state, data, home.host, None), clock=clock)
        (moved,) = plnd.damaged
        assert WHEN.search(moved)
        assert Path(moved).exists()
        assert Path(moved).name.startswith(name)
        plnd.close_stores()
        kept = {p.name: p.read_bytes() for p in data.glob("*.json") if p.name in before}
        assert kept == {one: before[one] for one in kept}
        assert len(kept) >= len(files) - 2


def test_a_newer_store_is_left_alone(
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


async def test_a_flipped_bit_anywhere_is_met_with_a_reason(
    filled: Path, home: Home, tmp_path: Path, clock: Clock, pytestconfig: pytest.Config
) -> None:
    """It does not matter, or is found and set aside, or an error names the file. Never a crash."""
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
        plnd.receipt(limit=500)
        part = plnd.export()
        while part.next:
            part = plnd.export(part.next)
        return "set aside" if plnd.damaged else "unharmed"
    finally:
        await plnd.close()


def test_a_daemon_says_what_it_had_to_set_aside(run_plnd: RunPlnd, home: Home) -> None:
    """In its log, in its health, in the doctor's words; and it records as if nothing were."""
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
