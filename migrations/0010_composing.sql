-- 0010 composing. Revises: 0009.
-- Why: an alert that was held waits again when a subscription wants it after all, and what did not fit into a message is paged
-- through by its reader: both must be told apart without reading our own words. A weekly digest keeps its date when somebody
-- moves their hour. A person's or a channel's fault is its own, and is tried again later and later.

-- Why a held alert is held: it did not fit into a message that counted it, or no subscription wants it at present.
ALTER TABLE alerts ADD COLUMN hold TEXT CHECK (hold IN ('surplus', 'unwanted'));

UPDATE alerts SET hold = CASE WHEN state_reason LIKE 'more than %' THEN 'surplus' ELSE 'unwanted' END WHERE state = 'held';

-- From this local date on, the next digest brings the weekly papers too.
ALTER TABLE users ADD COLUMN weekly_on TEXT;

CREATE TABLE faults (
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('user', 'channel')),
    owner_id   INTEGER NOT NULL,
    failures   INTEGER NOT NULL,                  -- in a row
    retry_at   INTEGER NOT NULL,
    failure    TEXT NOT NULL,
    PRIMARY KEY (owner_kind, owner_id)
) STRICT, WITHOUT ROWID;
