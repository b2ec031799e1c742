-- 0008 discord_pauses. Revises: 0007.
-- Why: a pause that Discord orders is kept over a restart, and `status` on the command line shows it beside the running bot.

CREATE TABLE discord_pauses (
    holds  TEXT NOT NULL CHECK (holds IN ('everything', 'requests', 'place')),
    place  TEXT NOT NULL,      -- a channel or a route; empty where the pause holds more than one
    since  INTEGER NOT NULL,
    until  INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (holds, place)
) STRICT, WITHOUT ROWID;
