-- 0001 initial. Revises: nothing.
-- Why: papers with their identities and events, what people asked for, and the outbox between the two.
-- Instants are INTEGER seconds since 1970 UTC, dates TEXT YYYY-MM-DD, lists and maps JSON text.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE papers (
    id            INTEGER PRIMARY KEY,
    title         TEXT NOT NULL CHECK (title <> ''),
    abstract      TEXT NOT NULL DEFAULT '',
    authors       TEXT NOT NULL DEFAULT '[]',   -- [[name, affiliation or null], ...] in print order
    categories    TEXT NOT NULL DEFAULT '',     -- separated by spaces, the primary one first
    version       INTEGER,
    published     TEXT,                         -- date of the first version
    updated_at    INTEGER,                      -- of this version
    announced_at  INTEGER,
    first_seen_at INTEGER NOT NULL,
    comment       TEXT,
    journal_ref   TEXT,
    license_url   TEXT,
    withdrawn     INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
    provenance    TEXT NOT NULL DEFAULT '{}',   -- field -> [source, seconds]
    merged_into   INTEGER REFERENCES papers (id)
) STRICT;

CREATE INDEX papers_by_first_seen ON papers (first_seen_at);
CREATE INDEX papers_by_announced ON papers (announced_at);

CREATE TABLE paper_ids (
    scheme   TEXT NOT NULL,
    value    TEXT NOT NULL,
    paper_id INTEGER NOT NULL REFERENCES papers (id),
    PRIMARY KEY (scheme, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX paper_ids_by_paper ON paper_ids (paper_id);

-- What readers made of a paper (Hugging Face Daily Papers).
CREATE TABLE community (
    paper_id      INTEGER PRIMARY KEY REFERENCES papers (id),
    upvotes       INTEGER NOT NULL DEFAULT 0,
    comments      INTEGER NOT NULL DEFAULT 0,
    listed_on     TEXT,
    submitter     TEXT,
    org_handle    TEXT,
    org_name      TEXT,
    code_url      TEXT,
    code_stars    INTEGER,
    code_is_guess INTEGER NOT NULL DEFAULT 0 CHECK (code_is_guess IN (0, 1)),
    project_url   TEXT,
    summary       TEXT,
    keywords      TEXT NOT NULL DEFAULT '[]',
    thumbnail_url TEXT,
    discussion_id TEXT
) STRICT;

-- A day's list as it was: one row per paper and day. A paper can be listed on two days.
CREATE TABLE listings (
    day      TEXT NOT NULL,
    paper_id INTEGER NOT NULL REFERENCES papers (id),
    PRIMARY KEY (day, paper_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX listings_by_paper ON listings (paper_id);

-- Votes as captured, so that growth can be seen later.
CREATE TABLE votes (
    paper_id    INTEGER NOT NULL REFERENCES papers (id),
    captured_at INTEGER NOT NULL,
    upvotes     INTEGER NOT NULL,
    comments    INTEGER NOT NULL,
    stars       INTEGER,
    PRIMARY KEY (paper_id, captured_at)
) STRICT, WITHOUT ROWID;

-- Only eligible events are matched; a silent take records them with eligible = 0.
CREATE TABLE events (
    id          INTEGER PRIMARY KEY,
    paper_id    INTEGER NOT NULL REFERENCES papers (id),
    kind        TEXT NOT NULL CHECK (kind IN ('announced', 'cross-listed', 'revised', 'withdrawn', 'listed', 'code-released')),
    occurrence  TEXT NOT NULL DEFAULT '',
    at          INTEGER NOT NULL,
    source      TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    eligible    INTEGER NOT NULL CHECK (eligible IN (0, 1)),
    UNIQUE (paper_id, kind, occurrence)
) STRICT;

-- The tokens that bot/text.py makes: the ascii tokenizer splits only where we put a space.
CREATE VIRTUAL TABLE paper_index USING fts5 (title, abstract, authors, content = '', tokenize = 'ascii');

CREATE TABLE users (
    id              INTEGER PRIMARY KEY,          -- Discord snowflake
    timezone        TEXT,                         -- IANA name; NULL until the person was asked
    digest_minute   INTEGER NOT NULL DEFAULT 480 CHECK (digest_minute BETWEEN 0 AND 1439),  -- local
    weekly_day      INTEGER NOT NULL DEFAULT 0 CHECK (weekly_day BETWEEN 0 AND 6),          -- Monday is 0
    next_digest_at  INTEGER,
    next_digest_on  TEXT,                         -- the local date of next_digest_at
    paused_until    INTEGER,
    dm_channel_id   INTEGER,
    dm_state        TEXT NOT NULL DEFAULT 'unknown' CHECK (dm_state IN ('unknown', 'open', 'closed')),
    dm_reason       TEXT,
    dm_changed_at   INTEGER,
    opted_in_at     INTEGER,                      -- no DM is ever sent without it
    created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX users_due ON users (next_digest_at) WHERE next_digest_at IS NOT NULL;

CREATE TABLE subscriptions (
    id         INTEGER PRIMARY KEY,
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('user', 'channel')),
    owner_id   INTEGER NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('keyword', 'author', 'category', 'trending')),
    query      TEXT NOT NULL,
    cadence    TEXT NOT NULL CHECK (cadence IN ('instant', 'daily', 'weekly')),
    created_at INTEGER NOT NULL,
    paused_at  INTEGER,
    removed_at INTEGER                            -- kept so that a removal can be undone
) STRICT;

CREATE UNIQUE INDEX subscriptions_once ON subscriptions (owner_kind, owner_id, kind, query) WHERE removed_at IS NULL;

-- A channel's daily list.
CREATE TABLE summaries (
    channel_id  INTEGER PRIMARY KEY,
    guild_id    INTEGER NOT NULL,
    server_name TEXT NOT NULL,
    timezone    TEXT NOT NULL,
    minute      INTEGER NOT NULL CHECK (minute BETWEEN 0 AND 1439),      -- local
    weekdays    INTEGER NOT NULL CHECK (weekdays BETWEEN 1 AND 127),     -- Monday 1 to Sunday 64
    categories  TEXT NOT NULL DEFAULT '',         -- separated by spaces
    words       TEXT NOT NULL DEFAULT '',         -- a query
    size        INTEGER NOT NULL CHECK (size BETWEEN 1 AND 25),
    created_by  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    next_on     TEXT NOT NULL,                    -- the local date of next_at
    composed_at INTEGER,                          -- when it last looked at what is new
    last_on     TEXT,
    outcome     TEXT,                             -- what became of the last one, in words
    stopped_at  INTEGER,
    stop_reason TEXT
) STRICT;

-- What is sent once. The payload is committed before the send and never regrouped.
CREATE TABLE messages (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient_kind  TEXT NOT NULL CHECK (recipient_kind IN ('user', 'channel')),
    recipient_id    INTEGER NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('welcome', 'instant', 'digest', 'summary')),
    local_date      TEXT NOT NULL,
    part            INTEGER NOT NULL,
    payload         TEXT NOT NULL,
    nonce           TEXT NOT NULL UNIQUE CHECK (length(nonce) BETWEEN 1 AND 25),
    state           TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'failed')),
    sending_since   INTEGER,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER NOT NULL,
    channel_id      INTEGER,
    discord_id      INTEGER,                      -- the message's snowflake once sent
    created_at      INTEGER NOT NULL,
    sent_at         INTEGER,
    error           TEXT,
    UNIQUE (recipient_kind, recipient_id, kind, local_date, part)
) STRICT;

CREATE INDEX messages_open ON messages (next_attempt_at) WHERE state IN ('pending', 'sending');

CREATE TABLE alerts (
    id             INTEGER PRIMARY KEY,
    recipient_kind TEXT NOT NULL CHECK (recipient_kind IN ('user', 'channel')),
    recipient_id   INTEGER NOT NULL,
    paper_id       INTEGER NOT NULL REFERENCES papers (id),
    kind           TEXT NOT NULL DEFAULT 'new' CHECK (kind IN ('new')),
    occurrence     TEXT NOT NULL DEFAULT '',
    cadence        TEXT NOT NULL CHECK (cadence IN ('instant', 'daily', 'weekly')),
    reasons        TEXT NOT NULL,                 -- every subscription and term that agreed
    state          TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'held', 'undeliverable')),
    state_reason   TEXT,
    created_at     INTEGER NOT NULL,
    message_id     INTEGER REFERENCES messages (id),
    UNIQUE (recipient_kind, recipient_id, paper_id, kind, occurrence)
) STRICT;

CREATE INDEX alerts_pending ON alerts (recipient_kind, recipient_id, cadence) WHERE state = 'pending' AND message_id IS NULL;
CREATE INDEX alerts_by_message ON alerts (message_id);
CREATE INDEX alerts_by_paper ON alerts (paper_id);

CREATE TABLE sources (
    name         TEXT PRIMARY KEY,
    cursor       TEXT,
    settled_at   INTEGER,                         -- its first visit was read to the end; until then it is taken in silently
    last_ok_at   INTEGER,
    last_new_at  INTEGER,                         -- last time it brought a paper or an event
    failures     INTEGER NOT NULL DEFAULT 0,      -- in a row
    failed_at    INTEGER,
    failure      TEXT
) STRICT, WITHOUT ROWID;

-- Politeness that survives restarts: when the next request to a group of hosts may go.
CREATE TABLE hosts (
    name          TEXT PRIMARY KEY,
    free_at       REAL NOT NULL DEFAULT 0,
    penalty_until REAL NOT NULL DEFAULT 0,
    strikes       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
