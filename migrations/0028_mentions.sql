-- 0028 mentions. Revises: 0027.
-- Why: some of a server want to be called when their papers are on the list, and only then.

ALTER TABLE summaries ADD COLUMN mention_role_id INTEGER;                    -- NULL: nobody is called
ALTER TABLE summaries ADD COLUMN mention_words TEXT NOT NULL DEFAULT '';     -- a query: for which papers
