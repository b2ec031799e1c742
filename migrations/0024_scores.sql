-- 0024 scores. Revises: 0023.
-- Why: scores rest on who stood on earlier daily lists and how many votes they had there. This is kept as a table of its own, and the
-- scores that were made of it, each with its parts.

-- Papers whose row among the listed ones is to be made (anew), and those that wait for a score.
CREATE TABLE listed_queue (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id),
    asked    INTEGER NOT NULL DEFAULT 0   -- how often more since, so that what changes meanwhile is looked at again
) STRICT;
CREATE TABLE score_queue (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id),
    news_at  INTEGER NOT NULL,            -- as the paper has it: the newest come first, those of one day together
    asked    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX score_queue_by_news ON score_queue (news_at);

-- Each listed paper once, on its first day, with its votes about six hours after it, and its counted words (as in similar_papers).
CREATE TABLE listed_papers (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id),
    day      TEXT NOT NULL,
    votes    INTEGER,                     -- NULL where nobody has counted them
    words    BLOB NOT NULL,
    counts   BLOB NOT NULL
) STRICT;
CREATE INDEX listed_papers_by_day ON listed_papers (day);

-- The middle of each day: the median of log(1 + votes).
CREATE TABLE list_days (
    day    TEXT PRIMARY KEY,
    middle REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Whose papers they are, by the key of a name (bot/scores/past.py), and who put them there.
CREATE TABLE listed_names (
    role     TEXT NOT NULL CHECK (role IN ('author', 'submitter', 'organization')),
    name     TEXT NOT NULL,
    paper_id INTEGER NOT NULL REFERENCES papers (id),
    PRIMARY KEY (role, name, paper_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX listed_names_by_paper ON listed_names (paper_id);

CREATE TABLE scores (
    paper_id      INTEGER PRIMARY KEY REFERENCES papers (id),
    kind          TEXT NOT NULL CHECK (kind IN ('interest', 'listing')),
    points        REAL NOT NULL,
    parts         TEXT NOT NULL,          -- JSON: [[name, points], ...]
    archive       TEXT NOT NULL,          -- the group in which it is compared: cs, cs.LG, the year and its quarter
    category      TEXT NOT NULL,
    year          INTEGER NOT NULL,
    quarter       INTEGER NOT NULL,
    known_authors INTEGER NOT NULL,
    authors       INTEGER NOT NULL,
    has_record    INTEGER NOT NULL CHECK (has_record IN (0, 1)),   -- 0: nothing is known on which it could rest; it is not shown
    as_of         INTEGER NOT NULL
) STRICT;
CREATE INDEX scores_by_category ON scores (kind, category, year, quarter, points);
CREATE INDEX scores_by_archive ON scores (kind, archive, year, points);

-- Weights that were fitted to this collection; without a row those that come with Paperboy hold.
CREATE TABLE score_weights (
    kind      TEXT PRIMARY KEY CHECK (kind IN ('interest', 'listing')),
    weights   TEXT NOT NULL,              -- JSON, as in bot/scores/weights
    fitted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO listed_queue (paper_id) SELECT DISTINCT paper_id FROM listings;
INSERT INTO score_queue (paper_id, news_at) SELECT id, news_at FROM papers WHERE merged_into IS NULL;
