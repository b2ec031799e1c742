-- 0019 similar. Revises: 0018.
-- Why: `/similar` and the term `like:` compare papers by their words. Each paper's words are counted once, and each word names its papers.

-- Papers that were stored, changed or merged since their words were counted.
CREATE TABLE similar_queue (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id),
    asked    INTEGER NOT NULL DEFAULT 0   -- how often more since, so that what changes while it is counted is counted again
) STRICT;

-- In how many papers each word is. A word is the CRC-32 of its stem.
CREATE TABLE similar_words (
    word   INTEGER PRIMARY KEY,
    papers INTEGER NOT NULL
) STRICT;

-- The words of each paper, and how often each stands there: 32-bit numbers that ascend, and bytes.
CREATE TABLE similar_papers (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id),
    words    BLOB NOT NULL,
    counts   BLOB NOT NULL
) STRICT;

-- The papers that have a word, in blocks of some hundreds, and how much it weighs in each. They only name who may be alike: a paper that
-- has changed stays under its old words.
CREATE TABLE similar_postings (
    id      INTEGER PRIMARY KEY,
    word    INTEGER NOT NULL,
    block   INTEGER NOT NULL,
    papers  BLOB NOT NULL,
    weights BLOB NOT NULL,
    UNIQUE (word, block)
) STRICT;

INSERT INTO similar_queue (paper_id) SELECT id FROM papers WHERE merged_into IS NULL;
