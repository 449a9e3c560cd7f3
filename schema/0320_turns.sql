-- What transactions change first that have to be done one after the other, whichever hosts and nodes of a cluster run
-- them (scripts/engine/turn.lua): two that meet at one row wait for each other, or one is begun anew.
CREATE TABLE tu_turns (
  tu_id INTEGER NOT NULL PRIMARY KEY, tu_count BIGINT NOT NULL DEFAULT 0
);
INSERT INTO tu_turns (tu_id, tu_count)
  WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 255) SELECT i, 0 FROM n;
