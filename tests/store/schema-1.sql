-- The event log as version 1 of the schema had it.
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    browser TEXT NOT NULL,
    profile TEXT NOT NULL,          -- a random name that the extension gave itself
    extension TEXT NOT NULL,
    last_event_at INTEGER NOT NULL, -- to the minute after a kill, exact after a clean stop
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
PRAGMA application_id=1347178052;
PRAGMA user_version=1;
