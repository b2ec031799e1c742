-- 0011 search_numbers. Revises: 0010.
-- Why: searches were counted, so that somebody who tried numbers in turn could read what others had searched for. Numbers are
-- drawn at random now; those given before are drawn anew. The pages of older lists no longer turn, and say so.

UPDATE searches SET id = 1 + abs(random() % 100000000000000000);
