-- 0025 curation. Revises: 0024.
-- Why: the members of a server make its list: they propose papers, vote, and talk about each in a thread of its own. What they did
-- is kept for those who look after the server, and so are the rules for who may.

-- One vote a person; it belongs to the server, whichever of its lists shows the paper. A vote that was taken back is gone.
CREATE TABLE upvotes (
    guild_id INTEGER NOT NULL,
    paper_id INTEGER NOT NULL REFERENCES papers (id),
    user_id  INTEGER NOT NULL,
    voted_at INTEGER NOT NULL,
    PRIMARY KEY (guild_id, paper_id, user_id)
) STRICT;

CREATE INDEX upvotes_by_paper ON upvotes (paper_id);

-- A paper that somebody proposed for a channel's list. It waits until that channel has had the paper.
CREATE TABLE submissions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id     INTEGER NOT NULL,
    channel_id   INTEGER NOT NULL,
    paper_id     INTEGER NOT NULL REFERENCES papers (id),
    user_id      INTEGER NOT NULL,
    name         TEXT NOT NULL,                -- what the server calls them
    note         TEXT NOT NULL DEFAULT '',
    submitted_at INTEGER NOT NULL,
    removed_at   INTEGER                       -- by a moderator
) STRICT;

CREATE UNIQUE INDEX submissions_standing ON submissions (channel_id, paper_id) WHERE removed_at IS NULL;
CREATE INDEX submissions_by_paper ON submissions (paper_id);
CREATE INDEX submissions_by_member ON submissions (guild_id, user_id, submitted_at);

-- The thread of a paper: one in a server, but for those who do not see where it is. Until Discord has made it, it has no number.
CREATE TABLE discussions (
    guild_id   INTEGER NOT NULL,
    paper_id   INTEGER NOT NULL REFERENCES papers (id),
    channel_id INTEGER NOT NULL,
    thread_id  INTEGER,
    name       TEXT NOT NULL,
    opened_by  INTEGER NOT NULL,
    opened_at  INTEGER NOT NULL,
    comments   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (guild_id, paper_id, channel_id)
) STRICT;

CREATE INDEX discussions_by_paper ON discussions (paper_id);
CREATE INDEX discussions_by_day ON discussions (guild_id, opened_at);

-- Who has used Paperboy in a server: what they follow says what its members are interested in. Only counts are ever shown.
CREATE TABLE members (
    guild_id INTEGER NOT NULL,
    user_id  INTEGER NOT NULL,
    seen_at  INTEGER NOT NULL,
    PRIMARY KEY (guild_id, user_id)
) STRICT;

-- Who may take part, by role (NULL: every member), and how much of it there is a day.
CREATE TABLE curation_rules (
    guild_id        INTEGER PRIMARY KEY,
    submit_role_id  INTEGER,
    vote_role_id    INTEGER,
    discuss_role_id INTEGER,
    member_days     INTEGER NOT NULL DEFAULT 0,    -- so long somebody has been in the server
    submissions     INTEGER NOT NULL,              -- a member's, a day
    discussions     INTEGER NOT NULL               -- the server's, a day
) STRICT;

-- What was done, for moderators.
CREATE TABLE curation_acts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    user_id  INTEGER NOT NULL,
    act      TEXT NOT NULL CHECK (act IN ('submitted', 'voted', 'took back', 'opened', 'removed', 'reset')),
    paper_id INTEGER NOT NULL REFERENCES papers (id),
    at       INTEGER NOT NULL
) STRICT;

CREATE INDEX curation_acts_of_server ON curation_acts (guild_id, id);
CREATE INDEX curation_acts_by_paper ON curation_acts (paper_id);

-- A press names the message in Discord.
CREATE INDEX messages_of_channels ON messages (discord_id) WHERE recipient_kind = 'channel' AND discord_id IS NOT NULL;
