-- 0018 news at. Revises: 0017.
-- Why: "the last 7 days" counts from when a paper was announced or listed, never from when it was imported; and it is asked at every
-- subscription, so it must not read all papers.

-- When the paper was news: its announcement, else its day on the daily list, else its first version, but not later than it was first seen.
ALTER TABLE papers ADD COLUMN news_at INTEGER NOT NULL DEFAULT 0;

UPDATE papers SET news_at = coalesce(
    announced_at,
    min(
        first_seen_at,
        coalesce(
            (SELECT CAST(strftime('%s', listed_on) AS INTEGER) FROM community WHERE community.paper_id = papers.id),
            CAST(strftime('%s', published) AS INTEGER),
            first_seen_at
        )
    )
);

CREATE INDEX papers_by_news ON papers (news_at) WHERE merged_into IS NULL;
