-- 0004 refreshes. Revises: 0003.
-- Why: votes, comments and code come after a paper was sent; the message that stands in Discord is brought up to date.

ALTER TABLE messages ADD COLUMN shown TEXT;           -- the payload that stands there since the last edit; NULL: as it was sent
ALTER TABLE messages ADD COLUMN shown_at INTEGER;     -- the last edit
ALTER TABLE messages ADD COLUMN checked_at INTEGER;   -- its papers' votes were looked at up to then
ALTER TABLE messages ADD COLUMN frozen TEXT;          -- why it is not edited any more

CREATE INDEX messages_sent ON messages (sent_at) WHERE state = 'sent';
