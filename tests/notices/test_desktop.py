"""Showing a notice on a real D-Bus, and each way in which a desktop fails."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from support.session_bus import Bus

from plnd.notices import desktop


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    with Bus(tmp_path) as started:
        yield started


@pytest.fixture
def on_the_bus(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> Bus:
    """Make this process and its children use the bus."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    return bus


async def test_a_notice_arrives(on_the_bus: Bus) -> None:
    on_the_bus.serve_notifications()
    assert await desktop.notify("Twelve minutes left", "48 of 60 are used.") is None
    assert on_the_bus.notifications() == [("Twelve minutes left", "48 of 60 are used.")]


@pytest.mark.parametrize(
    ("title", "body", "arrives"),
    [
        ("--help", "--version", "--help"),
        ("-u", "x", "-u"),
        ("<b>a</b> & b", "<i>c</i>", "&lt;b&gt;a&lt;/b&gt; &amp; b"),
        ("Ω ünï 🙂 'q' \"q\" $HOME `ls`", "a\nb", "Ω ünï 🙂 'q' \"q\" $HOME `ls`"),
        ("Ana\u202e\x1b[8m", "b", "Ana\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[8m"),
        ("t" * 200, "b" * 1000, "t" * 62 + "…"),
        ("&" * 200, "b", "&amp;" * 12 + "…"),
    ],
)
async def test_no_text_is_taken_for_something_else(
    on_the_bus: Bus, title: str, body: str, arrives: str
) -> None:
    """No text is read as an option, markup or a control character; long text is cut."""
    on_the_bus.serve_notifications(says="pass")
    assert await desktop.notify(title, body) is None
    ((got, text),) = on_the_bus.notifications()
    assert got.removeprefix("\u200b") == arrives
    assert len(got.encode("utf-16-le")) // 2 <= 64
    assert len(text.encode("utf-16-le")) // 2 <= 256


async def test_no_bus_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    error = await desktop.notify("title", "body")
    assert error
    assert "connect" in error.lower()


async def test_a_bus_without_a_notification_server_is_said(on_the_bus: Bus) -> None:
    error = await desktop.notify("title", "body")
    assert error
    assert "org.freedesktop.Notifications" in error


async def test_a_server_that_refuses_is_said(on_the_bus: Bus) -> None:
    on_the_bus.serve_notifications(says="raise dbus.exceptions.DBusException('I am asleep')")
    error = await desktop.notify("title", "body")
    assert error
    assert "asleep" in error


async def test_a_machine_without_notify_send_is_told_what_to_install(
    on_the_bus: Bus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    on_the_bus.serve_notifications()
    monkeypatch.setenv("PATH", str(tmp_path))
    error = await desktop.notify("title", "body")
    assert error
    assert "libnotify-bin" in error


async def test_a_server_that_hangs_costs_no_more_than_the_patience(on_the_bus: Bus) -> None:
    """The child and the processes it started are gone."""
    on_the_bus.serve_notifications(says="import time; time.sleep(30)")
    before = children()
    start = time.monotonic()
    error = await desktop.notify("title", "body", timeout_seconds=1.0)
    assert time.monotonic() - start < 2
    assert error == "the desktop did not answer within 1 seconds"
    await gone(lambda: children() - before)


async def test_what_is_cancelled_leaves_no_child(on_the_bus: Bus) -> None:
    """Cancelling, as the daemon does when it stops, leaves no child."""
    on_the_bus.serve_notifications(says="import time; time.sleep(30)")
    before = children()
    telling = asyncio.ensure_future(desktop.notify("title", "body"))
    await on_the_bus.asked()
    telling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await telling
    await gone(lambda: children() - before)


async def test_a_child_that_cannot_be_started_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    assert await desktop.notify("title", "body") == (
        "the notifier cannot be started: No such file or directory"
    )


async def test_a_child_that_dies_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\ncat > /dev/null; exit 7\n")
    broken.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(broken))
    assert await desktop.notify("title", "body") == "the notifier ended with 7"


def children() -> set[int]:
    """All living descendants of this process."""
    found = psutil.Process().children(recursive=True)
    return {one.pid for one in found if one.status() != psutil.STATUS_ZOMBIE}


async def gone(left: Callable[[], set[int]]) -> None:
    for _ in range(500):
        if not left():
            return
        await asyncio.sleep(0.01)
    subprocess.run(["ps", "f"], check=False)
    for pid in left():
        os.kill(pid, signal.SIGKILL)
    raise AssertionError("a process was left behind")
