-- 0015 kin. Revises: 0014.
-- Why: a preprint and its article are one paper, and a correction is a line on the paper that it concerns. Both are found by the title.

-- What two titles that are one have in common. Paperboy fills it at its next start; NULL: not yet.
ALTER TABLE papers ADD COLUMN title_key TEXT;
CREATE INDEX papers_by_title ON papers (title_key);

-- Identities of which somebody said that they are two papers, as scheme:value.
CREATE TABLE apart (
    one   TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

-- More can happen to a paper.
ALTER TABLE events RENAME TO events_before;
CREATE TABLE events (
    id          INTEGER PRIMARY KEY,
    paper_id    INTEGER NOT NULL REFERENCES papers (id),
    kind        TEXT NOT NULL CHECK (kind IN ('announced', 'cross-listed', 'revised', 'withdrawn', 'listed', 'code-released',
                                              'published', 'corrected', 'supplemented', 'questioned', 'retracted')),
    occurrence  TEXT NOT NULL DEFAULT '',
    at          INTEGER NOT NULL,
    source      TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    eligible    INTEGER NOT NULL CHECK (eligible IN (0, 1)),
    passed_by   TEXT,
    UNIQUE (paper_id, kind, occurrence)
) STRICT;
INSERT INTO events (id, paper_id, kind, occurrence, at, source, recorded_at, eligible, passed_by)
SELECT id, paper_id, kind, occurrence, at, source, recorded_at, eligible, passed_by FROM events_before;
DROP TABLE events_before;
