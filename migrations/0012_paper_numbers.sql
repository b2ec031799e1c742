-- 0012 paper_numbers. Revises: 0011.
-- Why: the next paper's number was one more than the highest, which only one writer can count on. It is kept now, and taken in one
-- statement that every engine knows.

INSERT INTO meta (key, value) SELECT 'next_paper', CAST(coalesce(max(id), 0) + 1 AS TEXT) FROM papers;
