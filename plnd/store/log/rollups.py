"""Rollups: the sums of quarters of an hour whose visits were deleted because of their age.

The table `kept` says since when visits are stored. Rows of `quarter_time` before that moment
are rollups: they cannot be computed again from visits.
"""

import sqlite3
from collections.abc import Sequence

from plnd.measures.time import QUARTER_MS

Row = tuple[int, str, str, int, int]
"""A row of `quarter_time`: begin, network, page, ms spent, ms taking part."""


def visits_from(db: sqlite3.Connection) -> int:
    """Since when visits are stored (ms)."""
    (moment,) = db.execute("SELECT visits_from FROM kept").fetchone()
    return int(moment)


def repair_visits_from(db: sqlite3.Connection, now: int) -> None:
    """Set `visits_from` to the end of the last quarter with a sum that no visit explains."""
    moment = 0
    for (begin,) in db.execute(
        "SELECT DISTINCT begin FROM quarter_time WHERE begin < ? ORDER BY begin DESC", (now,)
    ):
        explained = db.execute(
            "SELECT 1 FROM visit, longest"
            " WHERE start > :begin - visit_ms - 1 AND start < :end AND end > :begin LIMIT 1",
            {"begin": begin, "end": begin + QUARTER_MS},
        ).fetchone()
        if not explained:
            moment = min(begin + QUARTER_MS, now)
            break
    db.execute("UPDATE kept SET visits_from = ?", (moment,))


def delete_visits_before(db: sqlite3.Connection, moment: int) -> int:
    """Delete the visits that ended before a moment (ms), but not their sums; their number."""
    number = db.execute("DELETE FROM visit WHERE start < ? AND end <= ?", (moment, moment)).rowcount
    db.execute("UPDATE kept SET visits_from = ?", (moment,))
    return number


def after(db: sqlite3.Connection, key: tuple[int, str, str], limit: int) -> list[Row]:
    """Up to `limit` rollups in the order of their primary key, after one of them."""
    return db.execute(
        "SELECT * FROM quarter_time WHERE begin < ? AND (begin, network, page) > (?, ?, ?)"
        " ORDER BY begin, network, page LIMIT ?",
        (visits_from(db), *key, limit),
    ).fetchall()


def missing(db: sqlite3.Connection, rows: Sequence[Row]) -> list[Row]:
    """Those of the rows that are no rollups of this log."""
    moment = visits_from(db)
    words = (
        "SELECT 1 FROM quarter_time WHERE begin = ? AND network = ? AND page = ?"
        " AND spent_ms = ? AND taking_part_ms = ?"
    )
    return [row for row in rows if row[0] >= moment or not db.execute(words, row).fetchone()]


def add(db: sqlite3.Connection, rows: Sequence[Row], moment: int) -> None:
    """Add rollups from before a moment (ms); where there is a sum already, the larger one stays."""
    db.execute("UPDATE kept SET visits_from = max(visits_from, ?)", (moment,))
    db.executemany(
        "INSERT INTO quarter_time VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " spent_ms = max(spent_ms, excluded.spent_ms),"
        " taking_part_ms = max(taking_part_ms, excluded.taking_part_ms)",
        rows,
    )
