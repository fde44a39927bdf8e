"""A hundred times killed under load: what was acknowledged is there, once, and both stores open."""

import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import truth
from builders import DAY, MINUTE, NETWORKS, SECOND, act, batch, visit
from kit import running_daemon

from plnd.core import Plnd, now_ms
from plnd.store.files import Home

ROUNDS = 100
CONNECTIONS = 4
BATCH = 4


class Sender(threading.Thread):
    """A browser that keeps what was not acknowledged, and sends it again to the next daemon."""

    def __init__(self, number: int, start: int) -> None:
        super().__init__(daemon=True)
        self._events = made(number, start)
        self._random = random.Random(number)
        self._number = number
        self._waiting: list[dict[str, Any]] = []
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.answers = 0

    def session(self, port: int, token: str, first: threading.Event) -> threading.Thread:
        """Send until the daemon dies; `first` is set at the first acknowledgement."""
        thread = threading.Thread(target=self._send, args=(port, token, first), daemon=True)
        thread.start()
        return thread

    def _send(self, port: int, token: str, first: threading.Event) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            while True:
                self._waiting = self._waiting or [next(self._events) for _ in range(BATCH)]
                body = json.dumps(batch(*self._waiting, profile=f"p{self._number}"))
                connection.request("POST", "/api/v1/events", body, headers)
                response = connection.getresponse()
                answer = json.loads(response.read())
                assert response.status == 200, answer
                assert len(answer["stored"]) == len(self._waiting), answer
                self._note()
                first.set()
        except (OSError, http.client.HTTPException, ValueError):
            return  # killed in the middle: what waits is sent to the next one
        finally:
            connection.close()

    def _note(self) -> None:
        for event in self._waiting:
            known = self.acknowledged.get(event["id"], event)
            if event["kind"] == "visit":
                event = {**event, "end": max(event["end"], known["end"])}
            self.acknowledged[event["id"]] = event
        self._waiting = []
        self.answers += 1


def made(number: int, start: int) -> Iterator[dict[str, Any]]:
    """Visits that grow and end, with an act now and then; without end."""
    chance = random.Random(number)
    at = start + number * 7 * SECOND
    while True:
        network = chance.choice(NETWORKS)
        one = visit(at, 15, network=network)
        yield one
        for beats in range(2, chance.randint(2, 5)):
            yield {**one, "end": at + beats * 15 * SECOND}
        if chance.random() < 0.5:
            yield act(at + SECOND, network=network)
        at += 20 * SECOND


def start_daemon(log: Path) -> subprocess.Popen[bytes]:
    reading, writing = os.pipe()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "plnd", "run", "--ready-fd", str(writing)],
            pass_fds=[writing],
            stderr=output,
        )
    os.close(writing)
    url = os.read(reading, 100)
    os.close(reading)
    assert url, log.read_text()[-2000:]
    return process


def test_a_hundred_kills_lose_nothing_and_double_nothing(home: Home, tmp_path: Path) -> None:
    chance = random.Random(2026)
    senders = [Sender(number, now_ms() - 20 * DAY) for number in range(CONNECTIONS)]
    minutes = 60
    for number in range(ROUNDS):
        process = start_daemon(tmp_path / "run.log")
        found = running_daemon()
        budgets = found.ask("GET", "budgets")["budgets"]
        assert [one["minutes"] for one in budgets] == [minutes]
        minutes = 61 + number
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
    assert sum(one.answers for one in senders) > ROUNDS
    all_there(home, senders)


def all_there(home: Home, senders: list[Sender]) -> None:
    """Each acknowledged event is stored once, as far as it was; the sums are those of the rows."""
    plnd = Plnd(home)
    assert plnd.damaged == []
    sums = plnd._log.quarters(0, now_ms())
    plnd.close_stores()
    db = sqlite3.connect(home.data / "events.db")
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    visits = {
        row[0].hex(): dict(zip(("network", "page", "start", "end"), row[1:], strict=True))
        for row in db.execute("SELECT id, network, page, start, end FROM visit")
    }
    acts = {
        row[0].hex(): dict(zip(("network", "action", "at"), row[1:], strict=True))
        for row in db.execute("SELECT id, network, action, at FROM interaction")
    }
    db.close()
    for event in [event for one in senders for event in one.acknowledged.values()]:
        stored = (visits if event["kind"] == "visit" else acts)[event["id"].replace("-", "")]
        assert stored["network"] == event["network"]
        if event["kind"] == "visit":
            # What was sent and not acknowledged may be there as well: it was the user's too.
            assert (stored["start"], stored["end"] >= event["end"]) == (event["start"], True)
        else:
            assert stored["at"] == event["at"]
    rows = [{"id": key, "kind": "visit", **row} for key, row in visits.items()]
    rows += [{"id": key, "kind": "interaction", **row} for key, row in acts.items()]
    wanted = truth.quarters(rows)
    assert wanted.spent == {
        (begin, *key): spent for begin, one in sums.items() for key, (spent, _) in one.times.items()
    }
    assert wanted.acts == {
        (begin, *key): count for begin, one in sums.items() for key, count in one.acts.items()
    }


def test_the_senders_overlap_in_time() -> None:
    """Else the kills would not meet quarters that several of them write."""
    first, second = made(0, 0), made(1, 0)
    assert next(second)["start"] - next(first)["start"] < MINUTE
