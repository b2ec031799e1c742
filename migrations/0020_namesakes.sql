-- 0020 namesakes. Revises: 0019.
-- Why: a followed name may be borne by several people. What its follower said of one paper, that this is somebody else, holds for
-- later papers of the same people, and can be taken back.

CREATE TABLE namesakes (
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    paper_id        INTEGER NOT NULL REFERENCES papers (id),
    name            TEXT NOT NULL,      -- as printed on that paper
    others          TEXT NOT NULL,      -- JSON: its other authors, as printed
    said_at         INTEGER NOT NULL,
    PRIMARY KEY (subscription_id, paper_id, name)
) STRICT;

CREATE INDEX namesakes_by_paper ON namesakes (paper_id);
