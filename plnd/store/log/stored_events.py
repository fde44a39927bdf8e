"""Events as they are stored, page by page: in the order of time or of their ids."""

import sqlite3
import uuid
from dataclasses import dataclass

from plnd.model.events import Interaction, Source, Visit

Position = tuple[int, bytes]
"""The place of an event in the order of time: its moment (ms) and its id."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event of the log, and the browser that sent it."""

    key: bytes
    event: Visit | Interaction
    source: Source

    @property
    def position(self) -> Position:
        event = self.event
        return (event.start if isinstance(event, Visit) else event.at, self.key)


# CROSS JOIN: SQLite reads the events in the order of their index, and sorts none.
_VISITS = (
    "SELECT visit.id, visit.network, page, handle, tag, start, end, browser, profile, extension"
    " FROM visit CROSS JOIN source ON source.id = visit.source"
)
_INTERACTIONS = (
    "SELECT interaction.id, interaction.network, action, handle, tag, at,"
    " browser, profile, extension FROM interaction"
    " CROSS JOIN source ON source.id = interaction.source"
)


def latest(
    db: sqlite3.Connection, before: Position, limit: int, network: str | None
) -> list[StoredEvent]:
    """Up to `limit` events before a position, the latest first."""
    values = {"at": before[0], "id": before[1], "limit": limit, "network": network}
    condition = "" if network is None else " AND {0}.network = :network"
    words = (
        " WHERE ({1}, {0}.id) < (:at, :id)"
        + condition
        + " ORDER BY {1} DESC, {0}.id DESC LIMIT :limit"
    )
    both = [
        *map(_visit, db.execute(_VISITS + words.format("visit", "start"), values)),
        *map(_interaction, db.execute(_INTERACTIONS + words.format("interaction", "at"), values)),
    ]
    return sorted(both, key=lambda one: one.position, reverse=True)[:limit]


def visits_after(db: sqlite3.Connection, key: bytes, limit: int) -> list[StoredEvent]:
    """Up to `limit` visits in the order of their ids, after one of them."""
    words = " WHERE visit.id > ? ORDER BY visit.id LIMIT ?"
    return list(map(_visit, db.execute(_VISITS + words, (key, limit))))


def interactions_after(db: sqlite3.Connection, key: bytes, limit: int) -> list[StoredEvent]:
    """Up to `limit` interactions in the order of their ids, after one of them."""
    words = " WHERE interaction.id > ? ORDER BY interaction.id LIMIT ?"
    return list(map(_interaction, db.execute(_INTERACTIONS + words, (key, limit))))


def _visit(
    row: tuple[bytes, str, str, str | None, str | None, int, int, str, str, str],
) -> StoredEvent:
    key, network, page, handle, tag, start, end, browser, profile, extension = row
    event = Visit(
        id=str(uuid.UUID(bytes=key)),
        network=network,
        page=page,  # type: ignore[arg-type]
        handle=handle,
        tag=tag,
        start=start,
        end=end,
    )
    return StoredEvent(key, event, Source(browser=browser, profile=profile, extension=extension))


def _interaction(
    row: tuple[bytes, str, str, str | None, str | None, int, str, str, str],
) -> StoredEvent:
    key, network, action, handle, tag, at, browser, profile, extension = row
    event = Interaction(
        id=str(uuid.UUID(bytes=key)),
        network=network,
        action=action,  # type: ignore[arg-type]
        handle=handle,
        tag=tag,
        at=at,
    )
    return StoredEvent(key, event, Source(browser=browser, profile=profile, extension=extension))
