-- 0027 own paper. Revises: 0026.
-- Why: a person's own paper is theirs to set: on which days it comes, when nothing may be heard, how much of it is shown at once, without
-- markup for a screen reader; and theirs to act on: a paper is saved, or does not come again.

ALTER TABLE users ADD COLUMN weekdays INTEGER NOT NULL DEFAULT 127 CHECK (weekdays BETWEEN 1 AND 127);   -- Monday 1 to Sunday 64
ALTER TABLE users ADD COLUMN quiet_mode TEXT NOT NULL DEFAULT 'off' CHECK (quiet_mode IN ('off', 'hold', 'silent'));
ALTER TABLE users ADD COLUMN quiet_from INTEGER NOT NULL DEFAULT 1320 CHECK (quiet_from BETWEEN 0 AND 1439);    -- local minutes; it counts
ALTER TABLE users ADD COLUMN quiet_until INTEGER NOT NULL DEFAULT 420 CHECK (quiet_until BETWEEN 0 AND 1439);   -- this one does not
ALTER TABLE users ADD COLUMN shown INTEGER NOT NULL DEFAULT 3 CHECK (shown BETWEEN 1 AND 6);             -- papers before a press
ALTER TABLE users ADD COLUMN plain INTEGER NOT NULL DEFAULT 0 CHECK (plain IN (0, 1));

CREATE TABLE saved_papers (
    user_id  INTEGER NOT NULL REFERENCES users (id),
    paper_id INTEGER NOT NULL REFERENCES papers (id),
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, paper_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX saved_papers_by_paper ON saved_papers (paper_id);

-- "Not for me": it comes in no later message of this person.
CREATE TABLE hidden_papers (
    user_id   INTEGER NOT NULL REFERENCES users (id),
    paper_id  INTEGER NOT NULL REFERENCES papers (id),
    hidden_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, paper_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX hidden_papers_by_paper ON hidden_papers (paper_id);
