-- 0028 callings. Revises: 0027.
-- Why: some of a server want to be called when their papers are on the list, and only then; others want a list that makes no sound.

ALTER TABLE summaries ADD COLUMN mention_role_id INTEGER;                    -- NULL: nobody is called
ALTER TABLE summaries ADD COLUMN mention_words TEXT NOT NULL DEFAULT '';     -- a query: for which papers
ALTER TABLE summaries ADD COLUMN silent INTEGER NOT NULL DEFAULT 0 CHECK (silent IN (0, 1));
