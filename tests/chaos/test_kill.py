"""Killed under load, again and again: what was acknowledged is there, once; both stores open."""

import contextlib
import os
import random
import signal
import threading
from pathlib import Path

import pytest
from support.builders import DAY, MINUTE
from support.faults import Pipe, Sender, all_there, launcher, made, start_daemon
from support.harness import running_daemon

from plnd.core.plnd import now_ms
from plnd.system.files import Home

CONNECTIONS = 4


@pytest.fixture
def rounds(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("rounds"))


def test_kills_of_the_daemon_lose_nothing_and_double_nothing(
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
    all_there(home, senders)


def test_kills_of_the_host_and_of_the_daemon_behind_it(
    home: Home, tmp_path: Path, rounds: int
) -> None:
    """As the browser sees it: a frame that got no answer is sent again, and counts once."""
    chance = random.Random(2027)
    path = launcher(tmp_path / "manifests")
    sender = Sender(0, now_ms() - 20 * DAY)
    for _ in range(max(10, rounds // 5)):
        pipe = Pipe(path)
        victim = chance.choice(["host", "daemon", "both"])
        killer = threading.Timer(chance.uniform(0.05, 0.25), kill, args=(victim, pipe.process.pid))
        try:
            answer = pipe.post(sender.next_batch())
            if answer["status"] == 200:
                sender.note(answer["body"])
            killer.start()
            while killer.is_alive():
                answer = pipe.post(sender.next_batch())
                assert answer["status"] in (200, 503), answer
                if answer["status"] == 200:
                    sender.note(answer["body"])
        except OSError:
            pass  # the host is gone; the next one gets the frame
        finally:
            killer.join(20)
            pipe.close()
    found = running_daemon()
    os.kill(found.pid, signal.SIGKILL)
    found.gone()
    assert sender.answers > 10
    all_there(home, [sender])


def kill(victim: str, host: int) -> None:
    if victim in ("daemon", "both"):
        # Between two daemons there is none to kill.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            os.kill(running_daemon().pid, signal.SIGKILL)
    if victim in ("host", "both"):
        os.kill(host, signal.SIGKILL)


def test_the_senders_overlap_in_time() -> None:
    """Else the kills would not meet quarters that several of them write."""
    first, second = made(0, 0), made(1, 0)
    assert next(second)["start"] - next(first)["start"] < MINUTE
