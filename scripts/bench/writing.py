"""How many events a second are stored, beside a bare handler and plain SQLite."""

import json
import os
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import table
from events import Visits, posts
from http_client import rate, request
from servers import SAFE, TABLE, bare_server, plnd_server, port_of, run_plnd

PAIRS = 9
BATCHES = 60
BATCH = 500


def sync_ms() -> float:
    """How long the disk takes to make 4 kB safe: no commit can be faster."""
    with tempfile.TemporaryFile(prefix="plnd-bench-") as file:

        def write() -> None:
            file.write(b"x" * 4096)
            file.flush()
            os.fdatasync(file.fileno())

        return table.median_ms(write, 200)


def measure(folder: Path) -> None:
    home = folder / "writing"
    with (
        bare_server() as (bare, _),
        plnd_server(home) as found,
        bare_server(SAFE, str(folder / "safe.db")) as (safe, _),
    ):
        run_plnd(home, "settings", "notify_budget", "false")
        port, visits = port_of(found), Visits(hours_ago=24 * 20)
        body = json.loads(posts(found, visits, 1)[0].partition(b"\r\n\r\n")[2])
        floor_posts = [request("POST", "/", body, bare)] * 2000
        for connections, promise in ((1, 0.4), (20, 0.6)):
            pairs = [
                (
                    rate(port, posts(found, visits, 2000), connections),
                    rate(bare, floor_posts, connections),
                )
                for _ in range(PAIRS)
            ]
            what = f"events stored, 1 a request, {connections} connections"
            table.rates(what, pairs, "bare", promise)
        safe_posts = [request("POST", "/", body, safe)] * 2000
        least = statistics.median(
            rate(safe, safe_posts, 1) / rate(bare, floor_posts, 1) for _ in range(PAIRS)
        )
        print(
            f"a bare handler that writes one row safely, 1 connection: {least:.2f} × bare: "
            "all that plnd does beside comes on top"
        )
        pairs = [
            (
                BATCH * rate(port, posts(found, visits, BATCHES, BATCH), 4),
                _plain_sqlite(folder / f"plain{turn}.db"),
            )
            for turn in range(PAIRS)
        ]
        table.rates("events stored, batches of 500, 4 connections", pairs, "sqlite3", 0.5)


def _plain_sqlite(path: Path) -> float:
    """Events a second of plain upserts with synchronous=FULL, BATCH of them to a transaction."""
    visits = Visits(hours_ago=24 * 20)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.executescript(TABLE)
    batches = [[_row(visits) for _ in range(BATCH)] for _ in range(BATCHES)]
    begin = time.perf_counter()
    for batch in batches:
        db.execute("BEGIN IMMEDIATE")
        db.executemany(
            "INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " start = min(start, excluded.start), end = max(end, excluded.end)",
            batch,
        )
        db.execute("COMMIT")
    taken = time.perf_counter() - begin
    db.close()
    return BATCHES * BATCH / taken


def _row(visits: Visits) -> tuple[object, ...]:
    one = visits.next()
    key = bytes.fromhex(one["id"].replace("-", ""))
    return (key, 1, one["network"], one["page"], None, None, one["start"], one["end"])
