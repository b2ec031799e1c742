-- 0002 searches. Revises: 0001.
-- Why: forgiving search wants a small index of titles and authors with its own vocabulary (a word misspelt in some abstract
-- is no correction), and pages of results must turn after a restart although a query is longer than a control's id.

-- Titles and authors alone; short prefixes are indexed, because people type titles from the left.
CREATE VIRTUAL TABLE title_index USING fts5 (title, authors, content = '', tokenize = 'ascii', prefix = '2 3');

-- Its words with the number of papers that have them.
CREATE VIRTUAL TABLE title_words USING fts5vocab (title_index, 'row');

-- The wording of lists that were shown, without who asked. Forgotten some time after their last use.
CREATE TABLE searches (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,    -- stands in the controls of old messages, so never used again
    wording TEXT NOT NULL UNIQUE,
    used_at INTEGER NOT NULL
) STRICT;

CREATE INDEX searches_by_use ON searches (used_at);

-- What Hugging Face's topic search answered, so that the same question is not asked twice a day.
CREATE TABLE topic_searches (
    topic    TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    papers   TEXT NOT NULL                        -- ids in its order
) STRICT, WITHOUT ROWID;

CREATE INDEX topic_searches_by_time ON topic_searches (asked_at);
