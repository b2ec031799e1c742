-- 0009 stops. Revises: 0008.
-- Why: a channel's list that stops by itself is no secret: who set it up is told by DM if they agreed, else the server's managers
-- read it in the next answer, and one button starts it again.

ALTER TABLE summaries ADD COLUMN channel_name TEXT NOT NULL DEFAULT '';  -- as it was called at the setup; a channel that is gone has no name
-- 1: whoever set it up was told that a DM comes if the list stops; 0: they declined; NULL: they were not told, so there is no DM.
ALTER TABLE summaries ADD COLUMN notices INTEGER CHECK (notices IN (0, 1));
ALTER TABLE summaries ADD COLUMN stop_cause TEXT CHECK (stop_cause IN ('asked', 'deleted', 'hidden', 'forbidden', 'removed'));
ALTER TABLE summaries ADD COLUMN stop_settled INTEGER NOT NULL DEFAULT 0 CHECK (stop_settled IN (0, 1));  -- its DM was made, its messages closed
ALTER TABLE summaries ADD COLUMN notice_id INTEGER REFERENCES messages (id);  -- the DM about the present stop
ALTER TABLE summaries ADD COLUMN returned_at INTEGER;  -- when Paperboy was invited to the server again

UPDATE summaries SET stop_settled = 1, stop_cause = CASE stop_reason
    WHEN 'stopped by an admin' THEN 'asked'
    WHEN 'The channel was deleted.' THEN 'deleted'
    WHEN 'I can no longer see the channel.' THEN 'hidden'
    ELSE 'forbidden' END
WHERE stopped_at IS NOT NULL;

CREATE INDEX summaries_guild ON summaries (guild_id);

-- Who has read of the present stop in an answer: each manager reads of it once.
CREATE TABLE stop_readers (
    channel_id INTEGER NOT NULL REFERENCES summaries (channel_id),
    user_id    INTEGER NOT NULL,
    read_at    INTEGER NOT NULL,
    PRIMARY KEY (channel_id, user_id)
) STRICT, WITHOUT ROWID;
