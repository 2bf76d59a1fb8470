"""The SQLite tables and their indexes.

`flow.request` is the request's JSON, as it came where `raw` is 1; `flow.state` is what else is encoded of a flow
(`rows.Progress`); the other columns are what flows are found and sorted by. Columns with several values (`channels`,
`recipients`) separate them by line feeds. `key` is derived from the id (`rows.key`). `done` numbers the finished flows
in the order in which they finished; `changed` numbers the changes of all flows, so that the latest flows of an
application's `stage` are found by an index. A callback's (`delivery`) `due_at` is null while it
waits for an older one of its flow. Entries have their flow's number, and
its id too, since they may outlive it. `application` has what requests change of an application's state, `choice` what
users put in force for it, with its overrides as a JSON array: so no request rewrites a scenario's text. `counter` has
how often an application called, by name; its requests (the name "") only where no flow has the last one's number.
"""

from __future__ import annotations

TABLES = """
CREATE TABLE IF NOT EXISTS flow(
    seq INTEGER PRIMARY KEY,
    key INTEGER NOT NULL,
    id TEXT NOT NULL,
    application TEXT NOT NULL,
    clock TEXT NOT NULL,
    kind TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    channels TEXT NOT NULL,
    recipients TEXT NOT NULL,
    termination TEXT NOT NULL,
    due_at INTEGER,
    scenario TEXT NOT NULL,
    stage TEXT NOT NULL,
    changed INTEGER NOT NULL,
    pending INTEGER NOT NULL DEFAULT 0,
    done INTEGER,
    size INTEGER NOT NULL DEFAULT 0,
    state BLOB NOT NULL,
    request BLOB NOT NULL,
    raw INTEGER NOT NULL DEFAULT 0
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
    due_at INTEGER,
    outcome TEXT,
    body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS delivery_ready ON delivery(clock, origin, due_at, seq) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS delivery_flow ON delivery(flow);
CREATE TABLE IF NOT EXISTS entry(
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    application TEXT NOT NULL,
    flow TEXT,
    flow_seq INTEGER,
    data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entry_flow ON entry(flow_seq) WHERE flow_seq IS NOT NULL;
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
CREATE TABLE IF NOT EXISTS counter(
    application TEXT NOT NULL,
    name TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY(application, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS application(
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    spent REAL NOT NULL,
    revoked INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS choice(
    application TEXT PRIMARY KEY,
    scenario TEXT,
    text TEXT,
    overrides TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS fact(name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

FORMAT = 4
"""The tables' version, kept in `user_version`. A file of an older one is brought up to it (`opening`)."""
