"""A disk that fills up and empties, or cannot be written: nothing lost, and the cause is named."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.builders import DAY, batch, visit
from support.faults import Sealed, Sender, SmallDisk, all_there, start_daemon
from support.harness import Daemon, RunPlnd, running_daemon

from plnd.core.plnd import now_ms
from plnd.errors import PlndError
from plnd.store.backups import Backups
from plnd.system.files import Home


@pytest.fixture
def disk(home: Home, tmp_path: Path) -> Iterator[SmallDisk]:
    """The home lies on a disk of some megabytes."""
    small = SmallDisk(home.data.parent, 16)
    yield small
    small.close()


class Serving:
    """A daemon on the disk, and a kill that leaves nothing of it."""

    def __init__(self, disk: SmallDisk, log: Path) -> None:
        self._process = start_daemon(log)
        disk.serves(self._process.pid)
        self.daemon = running_daemon()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(20)


@pytest.fixture
def serve(disk: SmallDisk, tmp_path: Path) -> Iterator[Callable[[], Serving]]:
    """Starts a daemon on the disk."""
    started: list[Serving] = []

    def start() -> Serving:
        started.append(Serving(disk, tmp_path / "log"))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def send(found: Daemon, sender: Sender, times: int) -> int:
    """How many batches were taken before one was refused, if one was."""
    for number in range(times):
        try:
            sender.note(found.ask("POST", "events", sender.next_batch()))
        except PlndError as error:
            assert error.code in ("disk_full", "storage"), error
            assert error.hint
            return number
    return times


def test_a_full_disk_costs_time_and_nothing_else(
    disk: SmallDisk, serve: Callable[[], Serving], home: Home, tmp_path: Path
) -> None:
    """Full under way, full at a kill, full at the start, empty again: every answer still holds."""
    sender = Sender(0, now_ms() - 20 * DAY)
    serving = serve()
    found = serving.daemon
    assert send(found, sender, 40) == 40
    for _ in range(3):
        disk.fill()
        assert send(found, sender, 400) < 400
        before = found.ask("GET", "today?day=2000-01-01")
        assert before["spent_seconds"] == 0
        with pytest.raises(PlndError) as caught:
            found.ask("PUT", "budgets", {"minutes": 17})
        assert str(home.data) in caught.value.message
        assert found.ask("GET", "budgets")["budgets"][0]["minutes"] == 60
        disk.empty()
        assert send(found, sender, 40) == 40
        found.ask("PUT", "budgets", {"minutes": 60})
    disk.fill()
    send(found, sender, 400)
    serving.kill()
    disk.empty()
    serving = serve()
    found = serving.daemon
    assert send(found, sender, 40) == 40
    serving.kill()
    assert "Traceback" not in (tmp_path / "log").read_text()
    all_there(home, [sender])


def test_a_forgetting_that_finds_no_room_can_be_asked_for_again(
    disk: SmallDisk, serve: Callable[[], Serving], home: Home, tmp_path: Path
) -> None:
    sender = Sender(0, now_ms() - 20 * DAY)
    found = serve().daemon
    send(found, sender, 40)
    disk.fill()
    with pytest.raises(PlndError) as caught:
        found.ask("POST", "forget", {"network": "x"})
    assert caught.value.code in ("disk_full", "storage")
    disk.empty()
    found.ask("POST", "forget", {"network": "x"})
    entries = found.ask("GET", "receipt?limit=500")["entries"]
    assert entries
    assert {one["event"]["network"] for one in entries} == {"facebook", "linkedin", "mastodon"}


def test_going_back_that_finds_no_room_says_so(
    disk: SmallDisk, serve: Callable[[], Serving], run_plnd: RunPlnd, home: Home
) -> None:
    """Nothing is changed, nothing half is left, and with room again it is done."""
    sender = Sender(0, now_ms() - 20 * DAY)
    serving = serve()
    send(serving.daemon, sender, 40)
    os.kill(serving.daemon.pid, signal.SIGTERM)
    serving.daemon.gone()
    made = Backups(home.data).make("2026-11-20", "daily", now_ms())
    found = serve().daemon
    before = found.ask("GET", "receipt")
    disk.fill()
    for dry_run in (True, False):
        with pytest.raises(PlndError) as caught:
            found.ask("POST", "restore", {"backup": made.name, "dry_run": dry_run})
        assert "None" not in caught.value.message
        if os.geteuid() == 0:  # else it is a limit on the size of a file
            assert caught.value.code == "disk_full"
            assert caught.value.message.startswith("the disk is full")
    assert [one.name for one in (home.data / "backups").iterdir()] == [made.name]
    disk.empty()
    assert found.ask("GET", "receipt") == before
    found.ask("POST", "restore", {"backup": made.name})
    assert found.ask("GET", "receipt") == before


def test_a_home_that_cannot_be_written_is_named(
    disk: SmallDisk, serve: Callable[[], Serving], run_plnd: RunPlnd, home: Home
) -> None:
    sender = Sender(0, now_ms() - 20 * DAY)
    serving = serve()
    found = serving.daemon
    send(found, sender, 10)
    serving.kill()
    disk.read_only(True)
    try:
        ran = run_plnd("run", code=1)
    finally:
        disk.read_only(False)
    assert ran.err.splitlines()[-2].startswith("plnd: cannot write ")
    assert str(home.data.parent) in ran.err
    all_there(home, [sender])


@pytest.fixture
def sealed(home: Home, tmp_path: Path) -> Iterator[Sealed]:
    """The home can be made read-only while a daemon works in it."""
    found = Sealed(home.data.parent, tmp_path / "image")
    yield found
    found.close()


REASONS = ("Operation not permitted", "Read-only file system", "Permission denied")


def refused(found: Daemon, method: str, path: str, body: object) -> None:
    """A change is refused, with the file and the system's own reason."""
    with pytest.raises(PlndError) as caught:
        found.ask(method, path, body)
    assert caught.value.code == "storage"
    assert caught.value.message.startswith("cannot write ")
    assert caught.value.message.endswith(REASONS)
    assert caught.value.hint


def test_a_home_that_becomes_read_only_under_way_and_writable_again(
    sealed: Sealed, run_plnd: RunPlnd, home: Home, tmp_path: Path
) -> None:
    """Nothing acknowledged that is not stored, and no restart needed."""
    sender = Sender(0, now_ms() - 20 * DAY)
    process = start_daemon(tmp_path / "log")
    try:
        found = running_daemon()
        assert send(found, sender, 20) == 20
        for _ in range(2):
            sealed.read_only(True)
            try:
                for _ in range(20):
                    try:
                        sender.note(found.ask("POST", "events", sender.next_batch()))
                    except PlndError as error:
                        assert error.message.startswith(f"cannot write {home.data}")
                        assert error.message.endswith(REASONS)
                refused(found, "PUT", "budgets", {"minutes": 17})
                refused(found, "POST", "people", {"name": "Ana"})
                refused(found, "POST", "forget", {"network": "x"})
                assert found.ask("GET", "budgets")["budgets"][0]["minutes"] == 60
                assert found.ask("GET", "people")["people"] == []
                lines = run_plnd("doctor", code=1).out.splitlines()
            finally:
                sealed.read_only(False)
            broken = next(n for n, line in enumerate(lines) if line.startswith("fail home: "))
            assert lines[broken].endswith(" is not writable")
            assert any(fix in lines[broken + 1] for fix in ("chattr -i", "remount,rw", "chmod 700"))
            assert send(found, sender, 20) == 20
            found.ask("PUT", "budgets", {"minutes": 60})
            found.ask("POST", "people", {"name": "Ana"})
            found.ask("POST", "forget", {"person": "Ana"})
            assert "ok   home: " in run_plnd("doctor", code=None).out
        assert running_daemon().pid == process.pid
    finally:
        process.kill()
        process.wait(20)
    assert "Traceback" not in (tmp_path / "log").read_text()
    all_there(home, [sender])


def test_events_wait_for_a_disk_that_comes_back(
    disk: SmallDisk, serve: Callable[[], Serving], home: Home, tmp_path: Path
) -> None:
    """One event sent again and again, as a browser does: in the end it is there once."""
    serving = serve()
    found = serving.daemon
    one = batch(visit(now_ms() - DAY, 60))
    disk.fill()
    answers = 0
    # Until the journal's own page is used up, some may still fit.
    fillers = Sender(1, now_ms() - 20 * DAY)
    send(found, fillers, 400)
    for _ in range(5):
        with contextlib.suppress(PlndError):
            found.ask("POST", "events", one)
            answers += 1
    assert answers == 0
    disk.empty()
    assert found.ask("POST", "events", one)["stored"] == [one["events"][0]["id"]]
    serving.kill()
    all_there(home, [fillers])
