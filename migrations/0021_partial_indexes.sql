-- 0021 partial indexes. Revises: 0020.
-- Why: of two million alerts, most have no message yet. An index that holds the rows without one too invites the planner to go through
-- them all for "no message yet", where another index leads straight to one person's. Indexes leave out what is not set.

DROP INDEX alerts_by_message;
CREATE INDEX alerts_by_message ON alerts (message_id) WHERE message_id IS NOT NULL;

DROP INDEX papers_by_announced;
CREATE INDEX papers_by_announced ON papers (announced_at) WHERE announced_at IS NOT NULL;

DROP INDEX papers_by_title;
CREATE INDEX papers_by_title ON papers (title_key) WHERE title_key IS NOT NULL;

-- Who waits for something at once is asked every few seconds.
CREATE INDEX alerts_instant ON alerts (recipient_kind, recipient_id)
    WHERE state = 'pending' AND message_id IS NULL AND cadence = 'instant';
