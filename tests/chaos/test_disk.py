"""Disks that are full or read-only for a time: no event is lost, and errors name the cause."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.builders import DAY, batch, visit
from support.faults import ReadOnlyHome, Sender, SmallDisk, assert_all_stored, start_daemon
from support.harness import Daemon, RunPlnd, running_daemon

from plnd.core.plnd import now_ms
from plnd.errors import PlndError
from plnd.store.backups import Backups
from plnd.system.files import Home


@pytest.fixture
def disk(home: Home, tmp_path: Path) -> Iterator[SmallDisk]:
    """The disk of some megabytes that holds the home."""
    small = SmallDisk(home.data.parent, 16)
    yield small
    small.close()


class DiskDaemon:
    """A daemon whose home is on the disk."""

    def __init__(self, disk: SmallDisk, log: Path) -> None:
        self._process = start_daemon(log)
        disk.add_process(self._process.pid)
        self.daemon = running_daemon()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(20)


@pytest.fixture
def serve(disk: SmallDisk, tmp_path: Path) -> Iterator[Callable[[], DiskDaemon]]:
    """Start daemons on the disk; they are killed after the test."""
    started: list[DiskDaemon] = []

    def start() -> DiskDaemon:
        started.append(DiskDaemon(disk, tmp_path / "log"))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def send(found: Daemon, sender: Sender, times: int) -> int:
    """Send up to `times` batches; how many were stored before the first error."""
    for number in range(times):
        try:
            sender.acknowledge(found.ask("POST", "events", sender.next_batch()))
        except PlndError as error:
            assert error.code in ("disk_full", "storage"), error
            assert error.hint
            return number
    return times


def test_a_full_disk_loses_no_acknowledged_event(
    disk: SmallDisk, serve: Callable[[], DiskDaemon], home: Home, tmp_path: Path
) -> None:
    """Full while the daemon runs, at a kill and at the start, then with space again."""
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
        disk.free()
        assert send(found, sender, 40) == 40
        found.ask("PUT", "budgets", {"minutes": 60})
    disk.fill()
    send(found, sender, 400)
    serving.kill()
    disk.free()
    serving = serve()
    found = serving.daemon
    assert send(found, sender, 40) == 40
    serving.kill()
    assert "Traceback" not in (tmp_path / "log").read_text()
    assert_all_stored(home, [sender])


def test_forgetting_on_a_full_disk_fails_and_can_be_repeated(
    disk: SmallDisk, serve: Callable[[], DiskDaemon], home: Home, tmp_path: Path
) -> None:
    sender = Sender(0, now_ms() - 20 * DAY)
    found = serve().daemon
    send(found, sender, 40)
    disk.fill()
    with pytest.raises(PlndError) as caught:
        found.ask("POST", "forget", {"network": "x"})
    assert caught.value.code in ("disk_full", "storage")
    disk.free()
    found.ask("POST", "forget", {"network": "x"})
    entries = found.ask("GET", "receipt?limit=500")["entries"]
    assert entries
    assert {one["event"]["network"] for one in entries} == {"facebook", "linkedin", "mastodon"}


def test_restoring_on_a_full_disk_fails_and_can_be_repeated(
    disk: SmallDisk, serve: Callable[[], DiskDaemon], run_plnd: RunPlnd, home: Home
) -> None:
    """Nothing is changed, no half-written file is left, and with space again it works."""
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
    disk.free()
    assert found.ask("GET", "receipt") == before
    found.ask("POST", "restore", {"backup": made.name})
    assert found.ask("GET", "receipt") == before


def test_a_start_in_a_read_only_home_fails_with_its_path(
    disk: SmallDisk, serve: Callable[[], DiskDaemon], run_plnd: RunPlnd, home: Home
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
    assert_all_stored(home, [sender])


@pytest.fixture
def read_only_home(home: Home, tmp_path: Path) -> Iterator[ReadOnlyHome]:
    """The home, which can be made read-only while a daemon uses it."""
    found = ReadOnlyHome(home.data.parent, tmp_path / "image")
    yield found
    found.close()


REASONS = ("Operation not permitted", "Read-only file system", "Permission denied")


def assert_refused(found: Daemon, method: str, path: str, body: object) -> None:
    """Check that a change fails, with the path and the reason of the system."""
    with pytest.raises(PlndError) as caught:
        found.ask(method, path, body)
    assert caught.value.code == "storage"
    assert caught.value.message.startswith("cannot write ")
    assert caught.value.message.endswith(REASONS)
    assert caught.value.hint


def test_a_home_that_is_read_only_for_a_time(
    read_only_home: ReadOnlyHome, run_plnd: RunPlnd, home: Home, tmp_path: Path
) -> None:
    """No event is acknowledged that is not stored, and no restart is needed."""
    sender = Sender(0, now_ms() - 20 * DAY)
    process = start_daemon(tmp_path / "log")
    try:
        found = running_daemon()
        assert send(found, sender, 20) == 20
        for _ in range(2):
            read_only_home.read_only(True)
            try:
                for _ in range(20):
                    try:
                        sender.acknowledge(found.ask("POST", "events", sender.next_batch()))
                    except PlndError as error:
                        assert error.message.startswith(f"cannot write {home.data}")
                        assert error.message.endswith(REASONS)
                assert_refused(found, "PUT", "budgets", {"minutes": 17})
                assert_refused(found, "POST", "people", {"name": "Ana"})
                assert_refused(found, "POST", "forget", {"network": "x"})
                assert found.ask("GET", "budgets")["budgets"][0]["minutes"] == 60
                assert found.ask("GET", "people")["people"] == []
                lines = run_plnd("doctor", code=1).out.splitlines()
            finally:
                read_only_home.read_only(False)
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
    assert_all_stored(home, [sender])


def test_an_event_refused_by_a_full_disk_is_stored_once_later(
    disk: SmallDisk, serve: Callable[[], DiskDaemon], home: Home, tmp_path: Path
) -> None:
    """The same event is sent again and again, as a browser does."""
    serving = serve()
    found = serving.daemon
    one = batch(visit(now_ms() - DAY, 60))
    disk.fill()
    answers = 0
    # The page that the journal has already may have room for some more.
    fillers = Sender(1, now_ms() - 20 * DAY)
    send(found, fillers, 400)
    for _ in range(5):
        with contextlib.suppress(PlndError):
            found.ask("POST", "events", one)
            answers += 1
    assert answers == 0
    disk.free()
    assert found.ask("POST", "events", one)["stored"] == [one["events"][0]["id"]]
    serving.kill()
    assert_all_stored(home, [fillers])
