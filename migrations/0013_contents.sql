-- 0013 contents. Revises: 0012.
-- Why: a message is kept as what it is about; its card is made of that, at the send and at each edit. Papers were read back out of
-- printed links, so an identity that joined a paper later, or a merge, left the message as it was for ever.

ALTER TABLE messages ADD COLUMN content TEXT;         -- JSON: format version, locale, counts, what stands around the papers; NULL: not known
ALTER TABLE messages ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;        -- how often one of its papers has changed
ALTER TABLE messages ADD COLUMN shown_changes INTEGER NOT NULL DEFAULT 0;  -- how many of these its card shows
ALTER TABLE messages RENAME COLUMN frozen TO edits_stopped_reason;
ALTER TABLE messages DROP COLUMN checked_at;

CREATE TABLE message_papers (
    message_id INTEGER NOT NULL REFERENCES messages (id),
    position   INTEGER NOT NULL,
    paper_id   INTEGER NOT NULL REFERENCES papers (id),
    reasons    TEXT NOT NULL DEFAULT '[]',            -- as an alert has them
    late       TEXT,
    PRIMARY KEY (message_id, position)
) STRICT;

CREATE INDEX message_papers_by_paper ON message_papers (paper_id);

ALTER TABLE users ADD COLUMN locale TEXT;             -- as Discord names it; NULL: not known
ALTER TABLE summaries ADD COLUMN locale TEXT;

-- What was sent in the last two days, and what waits, from their cards: a list names its papers in its menu, other messages by links.
CREATE TEMPORARY TABLE recent AS
SELECT id, kind, CASE WHEN json_valid(payload) THEN payload ELSE '{}' END AS payload FROM messages
WHERE state IN ('pending', 'sending') OR (state = 'sent' AND sent_at >= CAST(strftime('%s', 'now') AS INTEGER) - 172800);

INSERT INTO message_papers (message_id, position, paper_id)
SELECT m.id, row_number() OVER (PARTITION BY m.id ORDER BY option.id), p.id
FROM recent AS m, json_each(m.payload, '$.rows') AS menu, json_each(menu.value, '$.options') AS option
JOIN papers AS p ON p.id = CAST(json_extract(option.value, '$.value') AS INTEGER) AND p.merged_into IS NULL
WHERE m.kind = 'summary' AND menu.type = 'object';

INSERT INTO message_papers (message_id, position, paper_id, reasons, late)
SELECT m.id, row_number() OVER (PARTITION BY m.id ORDER BY embed.id), a.paper_id, a.reasons, a.late
FROM recent AS m, json_each(m.payload, '$.embeds') AS embed
JOIN alerts AS a ON a.message_id = m.id
JOIN paper_ids AS i ON i.paper_id = a.paper_id
    AND json_extract(embed.value, '$.url') IN ('https://arxiv.org/abs/' || i.value, 'https://doi.org/' || i.value)
WHERE m.kind <> 'summary';

-- The words above the papers stay as they were printed. A message of which something is not known is not edited any more.
UPDATE messages SET changes = 1, content = json_object('v', 1, 'head', json_extract(payload, '$.text'))
WHERE id IN (SELECT message_id FROM message_papers) AND (SELECT count(*) FROM message_papers WHERE message_id = messages.id)
    = CASE kind WHEN 'summary' THEN json_array_length(payload, '$.rows[0].options') ELSE json_array_length(payload, '$.embeds') END;
DELETE FROM message_papers WHERE message_id IN (SELECT id FROM messages WHERE content IS NULL);
UPDATE messages SET edits_stopped_reason = 'what it is about was not kept'
WHERE state = 'sent' AND content IS NULL AND edits_stopped_reason IS NULL;
DROP TABLE recent;
