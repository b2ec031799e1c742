-- 0016 reread queries. Revises: 0015.
-- Why: texts are read as queries now, with operators, fields and counts. One that means something else than before is paused, and its
-- owner is told once: `reread` is the text as it was, until then.

ALTER TABLE subscriptions ADD COLUMN reread TEXT;

CREATE INDEX subscriptions_reread ON subscriptions (owner_kind, owner_id) WHERE reread IS NOT NULL;
