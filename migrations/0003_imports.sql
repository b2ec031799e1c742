-- 0003 imports. Revises: 0002.
-- Why: a large file is read piece by piece and goes on after a stop where it was; votes captured some day must not replace newer ones.

-- How far each file was read. A file is known by its content, wherever it lies.
CREATE TABLE imports (
    identity    TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    position    INTEGER NOT NULL,                 -- rows read to the end
    records     INTEGER NOT NULL,
    new_papers  INTEGER NOT NULL,
    bad         INTEGER NOT NULL,                 -- rows that could not be read
    started_at  INTEGER NOT NULL,
    finished_at INTEGER
) STRICT, WITHOUT ROWID;

-- When votes, comments and stars were first counted so.
ALTER TABLE community ADD COLUMN captured_at INTEGER;
