"""Kills, stops and readers during long work: it is done as a whole, or not at all."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from support.builders import HOUR, MINUTE, batch, visit
from support.faults import start_daemon
from support.harness import Daemon, alive, bytes_with, running_daemon, wait_until

from plnd.core.plnd import now_ms
from plnd.errors import PlndError
from plnd.store.backups import Backups
from plnd.system.files import Home

WORD = "zebrafinch"
VISITS = 300


@pytest.fixture
def rounds(pytestconfig: pytest.Config) -> int:
    return max(8, int(pytestconfig.getoption("rounds")) // 5)


def some(count: int, **given: Any) -> list[dict[str, Any]]:
    """Visits of one minute, over the last days."""
    begin = now_ms() - 90 * HOUR
    return [visit(begin + n * 5 * MINUTE, 60, **given) for n in range(count)]


@dataclass
class RestartingDaemon:
    """A daemon that is ended and started again."""

    said: Path
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.process = start_daemon(self.said)
        self.found = running_daemon()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self.found.ask(method, path, body)

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(how)
        self.process.wait(20)

    def interrupted(self, path: str, body: Any, how: signal.Signals, after: float) -> None:
        """Request long work, end the daemon `after` seconds, and start it again."""

        def ask() -> None:
            with contextlib.suppress(PlndError, ConnectionError):
                self.ask("POST", path, body)

        asking = threading.Thread(target=ask)
        asking.start()
        asking.join(after)
        self.end(how)
        asking.join(20)
        assert not asking.is_alive()
        self.start()


def counts(found: RestartingDaemon) -> tuple[int, int]:
    """The number of visits with the word, and of all visits."""
    would = [{"handle": WORD}, {"everything": True}]
    with_word, every = (
        found.ask("POST", "forget", {**one, "dry_run": True})["visits"] for one in would
    )
    return with_word, every


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_interrupted_forgetting_is_done_or_not_begun(
    home: Home, tmp_path: Path, rounds: int, how: signal.Signals
) -> None:
    chance = random.Random(2028)
    plnd = RestartingDaemon(tmp_path / "run.log")
    for number in range(rounds):
        others = counts(plnd)[1]
        plnd.ask("POST", "events", batch(*some(VISITS, handle=WORD), profile=f"p{number}"))
        Backups(home.data).make(f"copy-{number}", "daily", now_ms())
        plnd.interrupted("forget", {"handle": WORD}, how, chance.uniform(0, 0.4))
        with_word, every = counts(plnd)
        assert (with_word, every - others) in ((0, 0), (VISITS, VISITS)), number
        if with_word:
            plnd.ask("POST", "forget", {"handle": WORD})
        assert bytes_with(home.data, WORD) == bytes_with(home.state, WORD) == []
        more = some(1)
        answer = plnd.ask("POST", "events", batch(*more, profile=f"p{number}"))
        assert answer["stored"] == [more[0]["id"]]
    plnd.end()
    assert "Traceback" not in (tmp_path / "run.log").read_text()


def test_an_interrupted_restore_is_done_or_not_begun(
    home: Home, tmp_path: Path, rounds: int
) -> None:
    chance = random.Random(2029)
    plnd = RestartingDaemon(tmp_path / "run.log")
    plnd.ask("POST", "events", batch(*some(100)))
    plnd.ask("PUT", "budgets", {"minutes": 33})
    Backups(home.data).make("then", "daily", now_ms())
    for number in range(rounds):
        plnd.ask("PUT", "budgets", {"minutes": 77})
        plnd.ask("POST", "events", batch(*some(5 + number)))
        before = counts(plnd)[1]
        plnd.interrupted("restore", {"backup": "then"}, signal.SIGKILL, chance.uniform(0, 0.4))
        (budget,) = plnd.ask("GET", "budgets")["budgets"]
        assert (counts(plnd)[1], budget["minutes"]) in ((before, 77), (100, 33)), number
    plnd.end()
    assert "Traceback" not in (tmp_path / "run.log").read_text()


def test_an_interrupted_import_can_be_repeated(tmp_path: Path) -> None:
    """Each line is stored once, also when it is sent again."""
    chance = random.Random(2030)
    said = {"type": "visit", "browser": "b", "profile": "p", "network": "x", "page": "feed"}
    lines = [
        json.dumps({**said, **{name: one[name] for name in ("id", "start", "end")}})
        for one in some(1000)
    ]
    body = {"lines": lines, "dry_run": False}
    plnd = RestartingDaemon(tmp_path / "run.log")
    for _ in range(6):
        plnd.interrupted("import", body, signal.SIGKILL, chance.uniform(0, 0.15))
    answer = plnd.ask("POST", "import", body)
    assert (answer["taken"] + answer["known"], answer["rejected"]) == (len(lines), [])
    assert counts(plnd)[1] == len(lines)
    plnd.end()


def test_forgetting_is_finished_when_another_reader_is_gone(daemon: Daemon, home: Home) -> None:
    """Forgetting does not wait for the other program, and answers that it is unfinished."""
    daemon.ask("POST", "events", batch(*some(VISITS, handle=WORD)))
    reader = sqlite3.connect(f"file:{home.data}/events.db?mode=ro", uri=True, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM visit").fetchone() == (VISITS,)
    answer = daemon.ask("POST", "forget", {"handle": WORD})
    assert (answer["visits"], answer["unfinished"]) == (VISITS, ["events.db"])
    assert all(name.startswith("data/events.db") for name in bytes_with(home.data.parent, WORD))
    assert daemon.ask("POST", "events", batch(*some(1)))["stored"]
    reader.execute("COMMIT")
    reader.close()
    os.kill(daemon.pid, signal.SIGTERM)
    wait_until(lambda: not alive(daemon.pid), "the daemon to end")
    assert bytes_with(home.data.parent, WORD) == []
    assert not (home.state / "unfinished.json").exists()
