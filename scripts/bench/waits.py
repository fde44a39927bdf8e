"""How long others wait while the daemon does long work: forget, export, import, restore."""

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import table
from events import DAY_MS, HOUR_MS, fill_log, now_ms, uuid7
from http_client import answer, exchange, request
from servers import plnd_server, port_of, run_plnd

from plnd.store.backups import Backups


def measure(home: Path, events: int) -> None:
    fill_log(home, events, handles=10_000)
    os.environ["PLND_HOME"] = str(home)
    now = now_ms()
    Backups(home / "data").make("bench", "daily", now - DAY_MS)
    with plnd_server(home) as found:
        port, token = port_of(found), found["token"]
        run_plnd(home, "settings", "notify_budget", "false")

        def ask(method: str, path: str, body: object = None) -> bytes:
            return exchange(port, request(method, f"/api/v1/{path}", body, port, token))

        def export() -> None:
            after = b""
            while (part := ask("GET", f"export{after.decode()}")) and b'"next":"' in part:
                after = b"?after=" + part.rpartition(b'"next":"')[2].partition(b'"')[0]

        hour = {"start": now - 49 * HOUR_MS, "end": now - 48 * HOUR_MS}
        bodies = [{"lines": lines, "dry_run": False} for lines in _import_lines(now, 20)]
        today = request("GET", "/api/v1/today", None, port, token)
        for what, act in (
            ("forgetting an hour", lambda: ask("POST", "forget", hour)),
            ("exporting", export),
            ("importing", lambda: [ask("POST", "import", body) for body in bodies]),
            ("restoring", lambda: ask("POST", "restore", {"backup": "bench"})),
            ("forgetting a network", lambda: ask("POST", "forget", {"network": "x"})),
        ):
            longest = max(_waits_during(act, port, today))
            table.milliseconds(f"longest wait of today while {what}", longest, 50)


def _import_lines(now: int, requests: int) -> Iterator[list[str]]:
    """Visits of another browser, a thousand lines for each request."""
    for number in range(requests):
        yield [
            json.dumps(
                {
                    **{"type": "visit", "browser": "firefox", "profile": "other", "network": "x"},
                    **{"page": "feed", "start": at, "end": at + 9000, "id": uuid7(at)},
                }
            )
            for at in range(now - (number + 2) * DAY_MS, now - (number + 1) * DAY_MS, 86_400)
        ]


def _waits_during(act: Callable[[], object], port: int, one: bytes) -> list[float]:
    """How long a request takes, in ms, again and again until `act` ends in another thread."""
    taken: list[float] = []
    worker = threading.Thread(target=act)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        worker.start()
        while worker.is_alive():
            begin = time.perf_counter()
            answer(connection, one)
            taken.append((time.perf_counter() - begin) * 1000)
            time.sleep(0.005)
    worker.join()
    return taken
