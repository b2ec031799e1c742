-- 0026 seen figures. Revises: 0025.
-- Why: score and novelty are shares of a group, which move when others of it come. Subscriptions are told when a share crosses what they
-- ask for, so what they saw last is kept of each paper while it is news.

CREATE TABLE seen_figures (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id),
    score    INTEGER,            -- whole percents, as standing queries saw them last; NULL: none was known
    novelty  INTEGER,
    is_whole INTEGER NOT NULL CHECK (is_whole IN (0, 1))   -- 1: it was looked at since before it had any
) STRICT;

-- Which papers were news lately.
CREATE INDEX events_told ON events (recorded_at, paper_id) WHERE eligible = 1;
