"""Kills under load: each acknowledged event is stored once, and both stores open again."""

import contextlib
import os
import random
import signal
import threading
from pathlib import Path

import pytest
from support.builders import DAY, MINUTE
from support.faults import (
    HostProcess,
    Sender,
    assert_all_stored,
    endless_events,
    install_host,
    start_daemon,
)
from support.harness import running_daemon

from plnd.core.plnd import now_ms
from plnd.system.files import Home

CONNECTIONS = 4


@pytest.fixture
def rounds(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("rounds"))


def test_kills_of_the_daemon_lose_and_duplicate_nothing(
    home: Home, tmp_path: Path, rounds: int
) -> None:
    chance = random.Random(2026)
    senders = [Sender(number, now_ms() - 20 * DAY) for number in range(CONNECTIONS)]
    minutes = 60
    for number in range(rounds):
        process = start_daemon(tmp_path / "run.log")
        found = running_daemon()
        budgets = found.ask("GET", "budgets")["budgets"]
        assert [one["minutes"] for one in budgets] == [minutes]
        minutes = 61 + number % 1000
        found.ask("PUT", "budgets", {"minutes": minutes})
        first = threading.Event()
        threads = [one.session(found.port, found.about["token"], first) for one in senders]
        assert first.wait(20)
        threading.Event().wait(chance.uniform(0, 0.03))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()
    said = (tmp_path / "run.log").read_text()
    assert "Traceback" not in said
    assert "set aside" not in said
    assert sum(one.answers for one in senders) > rounds
    assert_all_stored(home, senders)


def test_kills_of_the_host_and_the_daemon(home: Home, tmp_path: Path, rounds: int) -> None:
    """A frame without an answer is sent again, and its events are stored once."""
    chance = random.Random(2027)
    path = install_host(tmp_path / "manifests")
    sender = Sender(0, now_ms() - 20 * DAY)
    for _ in range(max(10, rounds // 5)):
        pipe = HostProcess(path)
        victim = chance.choice(["host", "daemon", "both"])
        killer = threading.Timer(chance.uniform(0.05, 0.25), kill, args=(victim, pipe.process.pid))
        try:
            answer = pipe.post(sender.next_batch())
            if answer["status"] == 200:
                sender.acknowledge(answer["body"])
            killer.start()
            while killer.is_alive():
                answer = pipe.post(sender.next_batch())
                assert answer["status"] in (200, 503), answer
                if answer["status"] == 200:
                    sender.acknowledge(answer["body"])
        except OSError:
            pass  # the host was killed; the next one gets the frame
        finally:
            killer.join(20)
            pipe.close()
    found = running_daemon()
    os.kill(found.pid, signal.SIGKILL)
    found.gone()
    assert sender.answers > 10
    assert_all_stored(home, [sender])


def kill(victim: str, host: int) -> None:
    if victim in ("daemon", "both"):
        # There may be none at the moment.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            os.kill(running_daemon().pid, signal.SIGKILL)
    if victim in ("host", "both"):
        os.kill(host, signal.SIGKILL)


def test_the_senders_overlap_in_time() -> None:
    """So that the kills hit quarters that several senders write."""
    first, second = endless_events(0, 0), endless_events(1, 0)
    assert next(second)["start"] - next(first)["start"] < MINUTE
