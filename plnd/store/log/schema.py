"""The tables of the event log, and the migrations from the tables of an older plnd."""

APPLICATION_ID = 0x504C4E44  # "PLND"

SCHEMA = """
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    browser TEXT NOT NULL,
    profile TEXT NOT NULL,          -- a random name that the extension gave itself
    extension TEXT NOT NULL,
    last_event_at INTEGER NOT NULL, -- to five minutes after a kill, exact after a clean stop
    UNIQUE (browser, profile)
);
CREATE TABLE visit (
    id BLOB PRIMARY KEY,            -- the sender's UUID; version 7 keeps inserts at the end
    source INTEGER NOT NULL,
    network TEXT NOT NULL,
    page TEXT NOT NULL,
    handle TEXT,
    tag TEXT,
    start INTEGER NOT NULL,         -- earliest and latest seen under this id
    end INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX visit_time ON visit (start, end);
CREATE TABLE interaction (
    id BLOB PRIMARY KEY,
    source INTEGER NOT NULL,
    network TEXT NOT NULL,
    action TEXT NOT NULL,
    handle TEXT,
    tag TEXT,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX interaction_time ON interaction (at, network, action);
CREATE TABLE quarter_time (
    begin INTEGER NOT NULL,         -- ms, a whole quarter of an hour in UTC
    network TEXT NOT NULL,
    page TEXT NOT NULL,
    spent_ms INTEGER NOT NULL,
    taking_part_ms INTEGER NOT NULL,
    PRIMARY KEY (begin, network, page)
) WITHOUT ROWID;
CREATE TABLE quarter_act (
    begin INTEGER NOT NULL,
    network TEXT NOT NULL,
    action TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (begin, network, action)
) WITHOUT ROWID;
CREATE TABLE longest (visit_ms INTEGER NOT NULL);
INSERT INTO longest VALUES (0);
"""

# The touches: handles are stored as they are compared (no @, no case). The triggers delete the
# touch of each deleted event.
_TOUCHES = """
CREATE TABLE touch (
    event BLOB PRIMARY KEY,         -- the visit or interaction that it was
    network TEXT NOT NULL,
    handle TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX touch_time ON touch (at, network, handle, kind);
CREATE INDEX touch_who ON touch (network, handle, at, kind);
CREATE TABLE touched (              -- the last touch of each handle
    network TEXT NOT NULL,
    handle TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (network, handle)
) WITHOUT ROWID;
CREATE TRIGGER visit_gone AFTER DELETE ON visit BEGIN
    DELETE FROM touch WHERE event = OLD.id;
END;
CREATE TRIGGER interaction_gone AFTER DELETE ON interaction BEGIN
    DELETE FROM touch WHERE event = OLD.id;
END;
CREATE TRIGGER touch_gone AFTER DELETE ON touch BEGIN
    DELETE FROM touched WHERE network = OLD.network AND handle = OLD.handle;
    INSERT INTO touched SELECT network, handle, kind, at FROM touch
        WHERE network = OLD.network AND handle = OLD.handle ORDER BY at DESC LIMIT 1;
END;
INSERT INTO touch SELECT id, network, handle_key(handle), 'visit', end FROM visit
    WHERE handle IS NOT NULL AND page = 'profile' AND end - start >= 60000;
INSERT INTO touch SELECT id, network, handle_key(handle), action, at FROM interaction
    WHERE handle IS NOT NULL
    AND action IN ('post', 'reply', 'share', 'react', 'follow', 'message');
INSERT INTO touched SELECT network, handle, kind, max(at) FROM touch GROUP BY network, handle;
CREATE INDEX visit_tag ON visit (end, start, network, tag) WHERE tag IS NOT NULL;
"""

TABLES = ("visit", "interaction", "touch", "touched", "quarter_time", "quarter_act", "source")
"""The tables with the user's data: forgetting everything empties them."""

NO_TRIGGERS = (
    "DROP TRIGGER visit_gone;",
    "DROP TRIGGER interaction_gone;",
    "DROP TRIGGER touch_gone;",
)
TRIGGERS = (
    """
CREATE TRIGGER visit_gone AFTER DELETE ON visit BEGIN
    DELETE FROM touch WHERE event = OLD.id AND kind = 'visit';
END;
""",
    """
CREATE TRIGGER interaction_gone AFTER DELETE ON interaction BEGIN
    DELETE FROM touch WHERE event = OLD.id AND kind = OLD.action;
END;
""",
    """
CREATE TRIGGER touch_gone AFTER DELETE ON touch BEGIN
    DELETE FROM touched WHERE network = OLD.network AND handle = OLD.handle;
    INSERT INTO touched SELECT network, handle, kind, at FROM touch
        WHERE network = OLD.network AND handle = OLD.handle ORDER BY at DESC LIMIT 1;
END;
""",
)

# A visit and an interaction may have the same id: each has a touch of its own.
_TOUCHES_BY_KIND = """
DROP TABLE touch;
DELETE FROM touched;
CREATE TABLE touch (
    event BLOB NOT NULL,            -- the visit or interaction that it was
    network TEXT NOT NULL,
    handle TEXT NOT NULL,
    kind TEXT NOT NULL,             -- 'visit', or what act it was
    at INTEGER NOT NULL,
    PRIMARY KEY (event, kind)
) WITHOUT ROWID;
INSERT INTO touch SELECT id, network, handle_key(handle), 'visit', end FROM visit
    WHERE handle IS NOT NULL AND page = 'profile' AND end - start >= 60000;
INSERT INTO touch SELECT id, network, handle_key(handle), action, at FROM interaction
    WHERE handle IS NOT NULL
    AND action IN ('post', 'reply', 'share', 'react', 'follow', 'message');
CREATE INDEX touch_time ON touch (at, network, handle, kind);
CREATE INDEX touch_who ON touch (network, handle, at, kind);
INSERT INTO touched SELECT network, handle, kind, max(at) FROM touch GROUP BY network, handle;
"""
MIGRATIONS = (
    SCHEMA,
    _TOUCHES,
    """
    CREATE TABLE kept (visits_from INTEGER NOT NULL); -- ms; of older visits only sums are left
    INSERT INTO kept VALUES (0);
    """,
    "".join([*NO_TRIGGERS, _TOUCHES_BY_KIND, *TRIGGERS]),
)
"""Version N of the schema is made by the first N of these. Append new ones, never change one."""
VERSION = len(MIGRATIONS)
