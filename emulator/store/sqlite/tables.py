"""The SQLite tables and their indexes. What a column means stands beside it, where its name does not tell."""

from __future__ import annotations

from typing import Final

ALONE: Final = "flow_seq IS NULL OR kind = 'deleted'"
"""Which journal entries have no flow, or one that was deleted. A reset finds them by their application."""
TABLES = f"""
CREATE TABLE IF NOT EXISTS flow(
    seq INTEGER PRIMARY KEY,
    key INTEGER NOT NULL, -- derived from the id (`rows.key`)
    id TEXT NOT NULL,
    application TEXT NOT NULL,
    clock TEXT NOT NULL,
    kind TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    channels TEXT NOT NULL, -- of the started steps, between line feeds
    recipients TEXT NOT NULL, -- the same
    termination TEXT NOT NULL,
    due_at INTEGER,
    scenario TEXT NOT NULL,
    stage TEXT NOT NULL,
    changed INTEGER NOT NULL, -- the number of its last change among those of all flows
    pending INTEGER NOT NULL DEFAULT 0, -- how many of its callbacks are not finished
    done INTEGER, -- its number among the finished flows, in the order in which they finished
    size INTEGER NOT NULL DEFAULT 0,
    state BLOB NOT NULL, -- the rest of the flow, encoded (`rows.Progress`)
    request BLOB NOT NULL, -- its JSON
    raw INTEGER NOT NULL DEFAULT 0 -- whether that is as it came, and not encoded anew
);
CREATE INDEX IF NOT EXISTS flow_key ON flow(key);
CREATE INDEX IF NOT EXISTS flow_due ON flow(clock, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS flow_done ON flow(done) WHERE done IS NOT NULL;
CREATE INDEX IF NOT EXISTS flow_stage ON flow(application, stage, changed);
CREATE INDEX IF NOT EXISTS flow_application ON flow(application, created_at);
CREATE TABLE IF NOT EXISTS delivery(
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    flow INTEGER NOT NULL,
    clock TEXT NOT NULL,
    url TEXT NOT NULL,
    origin TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    first_at INTEGER,
    due_at INTEGER, -- null while an older one of its flow is untried, and when it is finished
    outcome TEXT,
    body BLOB NOT NULL,
    ms INTEGER -- how long the last attempt took, in real milliseconds
);
CREATE INDEX IF NOT EXISTS delivery_ready ON delivery(clock, origin, due_at, seq) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS delivery_flow ON delivery(flow);
CREATE TABLE IF NOT EXISTS entry(
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    application TEXT NOT NULL,
    flow TEXT,
    flow_seq INTEGER, -- beside the id, since an entry may outlive its flow
    data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entry_flow ON entry(flow_seq) WHERE flow_seq IS NOT NULL;
CREATE INDEX IF NOT EXISTS entry_alone ON entry(application, seq) WHERE {ALONE};
CREATE TABLE IF NOT EXISTS clock(
    name TEXT PRIMARY KEY,
    base_real INTEGER NOT NULL,
    base_virtual INTEGER NOT NULL,
    rate REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS grant_(
    token TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    scopes TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS grant_application ON grant_(application);
CREATE TABLE IF NOT EXISTS counter(
    application TEXT NOT NULL,
    name TEXT NOT NULL, -- empty for requests, and then only where no flow has the number
    last INTEGER NOT NULL,
    PRIMARY KEY(application, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS application( -- what requests change of an application's state
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL, -- the number of its balance
    spent REAL NOT NULL,
    revoked INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS choice( -- what users put in force, apart so that no request rewrites a text
    application TEXT PRIMARY KEY,
    scenario TEXT,
    text TEXT,
    overrides TEXT NOT NULL -- a JSON array
);
CREATE TABLE IF NOT EXISTS topups(
    application TEXT PRIMARY KEY,
    list TEXT NOT NULL -- a JSON array
);
CREATE TABLE IF NOT EXISTS ledger(
    application TEXT PRIMARY KEY,
    opened_at INTEGER NOT NULL,
    number INTEGER NOT NULL, -- of the last flow that was charged
    spent REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS label(
    seq INTEGER PRIMARY KEY,
    application TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    UNIQUE(application, name)
);
CREATE TABLE IF NOT EXISTS contact(
    seq INTEGER PRIMARY KEY,
    application TEXT NOT NULL,
    id TEXT NOT NULL,
    mobile TEXT NOT NULL,
    data BLOB NOT NULL, -- all of it as JSON
    UNIQUE(application, id),
    UNIQUE(application, mobile)
);
CREATE TABLE IF NOT EXISTS template(
    seq INTEGER PRIMARY KEY,
    application TEXT NOT NULL,
    id TEXT NOT NULL,
    data BLOB NOT NULL, -- all of it as JSON
    UNIQUE(application, id)
);
CREATE TABLE IF NOT EXISTS fact(name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

FORMAT = 6
"""The tables' version, kept in `user_version`. A file of an older one is brought up to it (`opening`)."""
