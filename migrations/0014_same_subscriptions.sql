-- 0014 same subscriptions. Revises: 0013.
-- Why: `diffusion` and `diffusions` are one subscription. Of those that mean the same one stays, and the others say which;
-- their owner is told once.

ALTER TABLE subscriptions ADD COLUMN merged_into INTEGER REFERENCES subscriptions (id);
ALTER TABLE subscriptions ADD COLUMN merge_told INTEGER NOT NULL DEFAULT 0 CHECK (merge_told IN (0, 1));

CREATE INDEX subscriptions_merged ON subscriptions (owner_kind, owner_id) WHERE merged_into IS NOT NULL;
