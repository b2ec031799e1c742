-- 0005 attempts. Revises: 0004.
-- Why: a message is given up after three days of trying, not of existing, and is then closed for good while its papers wait for
-- the next digest; whoever is sending holds a lease, so that a fault gives the message back; a message in doubt is looked for
-- from an instant in Discord's own time; a body that was refused is made anew in a plainer form; DM channels are opened slowly.

-- SQLite changes no CHECK of a table that stands: it is made anew. Its numbers go on where they were, since nonces carry them.
CREATE TABLE messages_anew (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient_kind  TEXT NOT NULL CHECK (recipient_kind IN ('user', 'channel')),
    recipient_id    INTEGER NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('welcome', 'instant', 'digest', 'summary', 'notice')),
    local_date      TEXT NOT NULL,
    part            INTEGER NOT NULL,
    payload         TEXT NOT NULL,
    form            TEXT NOT NULL DEFAULT 'full' CHECK (form IN ('full', 'short', 'plain')),
    nonce           TEXT NOT NULL UNIQUE CHECK (length(nonce) BETWEEN 1 AND 25),
    -- closed: given up, its alerts taken back; never sent
    state           TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'closed')),
    sending_since   INTEGER,                      -- the first attempt; the message is in doubt from then on
    lease_until     INTEGER,                      -- whoever sends it has answered by then, or it is free again
    attempts        INTEGER NOT NULL DEFAULT 0,
    tried_seconds   INTEGER NOT NULL DEFAULT 0,   -- how long it was tried: running, online, with an open door
    next_attempt_at INTEGER NOT NULL,
    reopened        INTEGER NOT NULL DEFAULT 0 CHECK (reopened IN (0, 1)),  -- its DM channel was opened anew for it
    channel_id      INTEGER,
    after_id        INTEGER,                      -- an id that Discord had given before the first attempt
    discord_id      INTEGER,                      -- the message's snowflake once sent
    created_at      INTEGER NOT NULL,
    sent_at         INTEGER,
    error           TEXT,
    shown           TEXT,                         -- the payload that stands there since the last edit; NULL: as it was sent
    shown_at        INTEGER,                      -- the last edit
    checked_at      INTEGER,                      -- its papers' votes were looked at up to then
    frozen          TEXT,                         -- why it is not edited any more
    CHECK (state <> 'sending' OR lease_until IS NOT NULL),
    UNIQUE (recipient_kind, recipient_id, kind, local_date, part)
) STRICT;

INSERT INTO messages_anew (id, recipient_kind, recipient_id, kind, local_date, part, payload, nonce, state, sending_since,
                           lease_until, attempts, next_attempt_at, channel_id, discord_id, created_at, sent_at, error,
                           shown, shown_at, checked_at, frozen)
SELECT id, recipient_kind, recipient_id, kind, local_date, part, payload, nonce, state, sending_since,
       CASE WHEN state = 'sending' THEN coalesce(sending_since, created_at) END,
       attempts, next_attempt_at, channel_id, discord_id, created_at, sent_at, error,
       shown, shown_at, checked_at, frozen
FROM messages;

DELETE FROM sqlite_sequence WHERE name = 'messages_anew';
INSERT INTO sqlite_sequence (name, seq) SELECT 'messages_anew', seq FROM sqlite_sequence WHERE name = 'messages';
DROP TABLE messages;
ALTER TABLE messages_anew RENAME TO messages;

CREATE INDEX messages_open ON messages (next_attempt_at) WHERE state IN ('pending', 'sending');
CREATE INDEX messages_queue ON messages (recipient_kind, recipient_id, id) WHERE state IN ('pending', 'sending');
CREATE INDEX messages_sent ON messages (sent_at) WHERE state = 'sent';

ALTER TABLE alerts ADD COLUMN late TEXT;              -- why it comes late, in words for its reader; NULL: it does not

-- Every attempt to open a DM channel of the last hour: Discord takes many of them for spam, whatever became of each.
CREATE TABLE dm_openings (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    refused INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1))  -- Discord said: too fast
) STRICT;
