-- 0017 title rows. Revises: 0016.
-- Why: a search ranks hundreds of papers by the words of their titles, and shows ten. It reads these words here, not whole papers.
-- The numbers of the index follow the dates of the papers from now on, so the index is built anew at the next start.

CREATE TABLE title_rows (
    number   INTEGER PRIMARY KEY,  -- as in the full-text index: the day of the paper, then its id
    paper_id INTEGER NOT NULL UNIQUE,
    title    TEXT NOT NULL,        -- its words as they are compared, in order, then those written as one
    authors  TEXT NOT NULL
) STRICT;

-- Its words with the number of papers that have each, in titles and among authors apart.
DROP TABLE title_words;
CREATE VIRTUAL TABLE title_words USING fts5vocab (title_index, 'col');
