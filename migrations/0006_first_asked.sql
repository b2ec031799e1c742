-- 0006 first asked. Revises: 0005.
-- Why: a source's first look is silent about the days before it was first asked, not before it first answered; and what one
-- source passed over silently is news when another one states it.

-- When a source was first tried, whatever came of it.
ALTER TABLE sources ADD COLUMN asked_at INTEGER;

UPDATE sources SET asked_at = coalesce(settled_at, min(coalesce(last_ok_at, failed_at), coalesce(failed_at, last_ok_at)));

-- The sources that stated a silent event while it was no news to them, as JSON names: their saying it again wakes nobody.
ALTER TABLE events ADD COLUMN passed_by TEXT;

UPDATE events SET passed_by = json_array(source) WHERE eligible = 0;
