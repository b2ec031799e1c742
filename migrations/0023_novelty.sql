-- 0023 novelty. Revises: 0022.
-- Why: a paper's novelty is the distance of its words from those of the earlier papers here. Finding them takes a millisecond, so it is
-- done once, in the background; what share of its category is nearer to theirs is counted when somebody asks.

-- Papers whose words were counted, or whose place in time or category changed, since their novelty was computed.
CREATE TABLE novelty_queue (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id),
    news_at  INTEGER NOT NULL,            -- as its paper's: the newest come first
    asked    INTEGER NOT NULL DEFAULT 0   -- how often more since, so that what changes while it is computed is computed again
) STRICT;

CREATE INDEX novelty_queue_by_news ON novelty_queue (news_at);

CREATE TABLE novelty (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id),
    category TEXT NOT NULL,      -- the primary one
    day      INTEGER NOT NULL,   -- its first day: 1 is the first of January of the year 1
    distance REAL CHECK (distance BETWEEN 0 AND 1),   -- from the ten nearest earlier papers; NULL where fewer were here
    nearest  TEXT NOT NULL,      -- JSON: the closest of them, as [paper, percent, [words in common]]
    papers   INTEGER NOT NULL,   -- how many were here then: among twice as many it is computed anew
    as_of    INTEGER NOT NULL
) STRICT;

-- The share of a category's earlier papers is counted in this index alone.
CREATE INDEX novelty_by_category ON novelty (category, day, distance);
CREATE INDEX novelty_by_papers ON novelty (papers);

INSERT INTO novelty_queue (paper_id, news_at)
SELECT p.id, p.news_at FROM papers AS p JOIN similar_papers AS s ON s.paper_id = p.id WHERE p.merged_into IS NULL;
