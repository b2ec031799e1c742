-- 0007 audit. Revises: 0006.
-- Why: once a day it is shown that nothing was missed. For that it must be known what each upstream carried, whatever the store
-- made of it, and when a subscription did not listen.

-- What a source said, under the identity that the upstream gave: one row per announcement day and kind of event. Kept 30 days.
CREATE TABLE carried (
    scheme   TEXT NOT NULL,
    value    TEXT NOT NULL,
    source   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    day      TEXT NOT NULL,
    at       INTEGER NOT NULL,                    -- the event, as this source dates it
    read_at  INTEGER NOT NULL,                    -- the first time that it was read there
    dated    INTEGER NOT NULL CHECK (dated IN (0, 1)),  -- whether that upstream's dates say what is new
    PRIMARY KEY (scheme, value, source, kind, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX carried_by_day ON carried (day);

-- The days whose list a source has seen, an empty one too. Kept 30 days.
CREATE TABLE days_read (
    source  TEXT NOT NULL,
    day     TEXT NOT NULL,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;

-- When a subscription was paused or removed, once that is over; what lasts stands in its own row. Kept 30 days.
CREATE TABLE pauses (
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    since           INTEGER NOT NULL,
    until           INTEGER NOT NULL,
    PRIMARY KEY (subscription_id, since)
) STRICT, WITHOUT ROWID;

-- What the audit of a day found, last time. Kept 30 days.
CREATE TABLE audits (
    day        TEXT PRIMARY KEY,
    audited_at INTEGER NOT NULL,
    announced  INTEGER NOT NULL,
    unread     TEXT NOT NULL DEFAULT '[]'         -- sources whose list of that day nobody has read, JSON names
) STRICT, WITHOUT ROWID;
