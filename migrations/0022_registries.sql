-- 0022 registries. Revises: 0021.
-- Why: Semantic Scholar and OpenAlex tell who is on a paper by number, how often papers are cited, and what a person's career comes to.
-- What they said is kept with its age, so that a page of an author waits for nobody; what is wanted is asked in the background.

-- What a registry said of a paper.
CREATE TABLE cited (
    registry   TEXT NOT NULL,
    paper_id   INTEGER NOT NULL REFERENCES papers (id),
    asked_at   INTEGER NOT NULL,
    is_known   INTEGER NOT NULL CHECK (is_known IN (0, 1)),  -- 0: it does not know the paper, and is not asked again for a while
    citations  INTEGER,                                      -- NULL: it does not say
    PRIMARY KEY (registry, paper_id)
) STRICT;

CREATE INDEX cited_by_paper ON cited (paper_id);

-- Its authors, in print order.
CREATE TABLE credits (
    registry    TEXT NOT NULL,
    paper_id    INTEGER NOT NULL REFERENCES papers (id),
    position    INTEGER NOT NULL,
    author_id   TEXT,                     -- the registry's own; NULL: one whom it does not tell apart
    name        TEXT NOT NULL,
    affiliation TEXT,
    PRIMARY KEY (registry, paper_id, position)
) STRICT;

CREATE INDEX credits_by_paper ON credits (paper_id);
CREATE INDEX credits_by_author ON credits (registry, author_id);

-- Who an id stands for: one that became another has another profile, one of nobody has none.
CREATE TABLE author_ids (
    registry   TEXT NOT NULL,
    id         TEXT NOT NULL,
    asked_at   INTEGER NOT NULL,
    profile_id TEXT,
    PRIMARY KEY (registry, id)
) STRICT;

CREATE TABLE profiles (
    registry    TEXT NOT NULL,
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    h_index     INTEGER,
    papers      INTEGER,
    citations   INTEGER,
    affiliation TEXT,
    affiliated  INTEGER,                  -- the last year in which it knows them there
    orcid       TEXT,
    homepage    TEXT,
    aliases     TEXT NOT NULL,            -- JSON
    years       TEXT NOT NULL,            -- JSON: [year, papers, citations] each
    fetched_at  INTEGER NOT NULL,
    papers_at   INTEGER,                  -- when their papers were asked for; NULL: never
    PRIMARY KEY (registry, id)
) STRICT;

CREATE INDEX profiles_by_orcid ON profiles (orcid) WHERE orcid IS NOT NULL;

-- What is to be asked in the background. `name` is of whom the profile is wanted too, as printed on the paper; '' is of nobody.
CREATE TABLE wanted_papers (
    registry  TEXT NOT NULL,
    paper_id  INTEGER NOT NULL REFERENCES papers (id),
    name      TEXT NOT NULL,
    wanted_at INTEGER NOT NULL,
    tries     INTEGER NOT NULL DEFAULT 0,  -- answers that nobody could read
    PRIMARY KEY (registry, paper_id, name)
) STRICT;

CREATE INDEX wanted_papers_by_paper ON wanted_papers (paper_id);

CREATE TABLE wanted_authors (
    registry  TEXT NOT NULL,
    author_id TEXT NOT NULL,
    wanted_at INTEGER NOT NULL,
    tries     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (registry, author_id)
) STRICT;

-- How many requests went to each on each day, UTC.
CREATE TABLE registry_requests (
    day      TEXT NOT NULL,
    registry TEXT NOT NULL,
    requests INTEGER NOT NULL CHECK (requests > 0),
    PRIMARY KEY (day, registry)
) STRICT;
