-- Keeps cd_calldays (0130). Nothing changes the owner, the start or the linkedid of a record.
-- te_id + 0 is no column to an index: the one of the linkedid is to be taken, a call has few legs.
CREATE TRIGGER t_cdr_added AFTER INSERT ON cdr
BEGIN
  INSERT INTO cd_calldays (cd_te_id, cd_day, cd_first, cd_last, cd_legs, cd_calls, cd_continued)
  SELECT NEW.te_id, coalesce(substr(NEW."start", 1, 10), ''), NEW.ID, NEW.ID, 1,
    NOT EXISTS (SELECT 1 FROM cdr WHERE linkedid = NEW.linkedid AND linkedid <> ''
      AND te_id + 0 = NEW.te_id AND ID + 0 <> NEW.ID AND substr("start", 1, 10) = substr(NEW."start", 1, 10)),
    EXISTS (SELECT 1 FROM cdr WHERE linkedid = NEW.linkedid AND linkedid <> ''
      AND te_id + 0 = NEW.te_id AND substr("start", 1, 10) < substr(NEW."start", 1, 10))
    AND NOT EXISTS (SELECT 1 FROM cdr WHERE linkedid = NEW.linkedid AND linkedid <> ''
      AND te_id + 0 = NEW.te_id AND ID + 0 <> NEW.ID AND substr("start", 1, 10) = substr(NEW."start", 1, 10))
  WHERE true
  ON CONFLICT (cd_te_id, cd_day) DO UPDATE SET cd_first = min(cd_first, excluded.cd_first),
    cd_last = max(cd_last, excluded.cd_last), cd_legs = cd_legs + 1,
    cd_calls = cd_calls + excluded.cd_calls, cd_continued = cd_continued + excluded.cd_continued;
END;

-- The leg that began a call ends last, so an earlier day may come after a later one.
CREATE TRIGGER t_cdr_added_before AFTER INSERT ON cdr
WHEN NEW.linkedid <> '' AND NOT EXISTS (SELECT 1 FROM cdr WHERE linkedid = NEW.linkedid
  AND te_id + 0 = NEW.te_id AND ID + 0 <> NEW.ID AND substr("start", 1, 10) <= substr(NEW."start", 1, 10))
BEGIN
  UPDATE cd_calldays SET cd_continued = cd_continued + 1
  WHERE cd_te_id = NEW.te_id AND cd_day = (SELECT min(substr("start", 1, 10)) FROM cdr
    WHERE linkedid = NEW.linkedid AND te_id + 0 = NEW.te_id AND substr("start", 1, 10) > substr(NEW."start", 1, 10));
END;

CREATE TRIGGER t_cdr_removed AFTER DELETE ON cdr
BEGIN
  UPDATE cd_calldays SET cd_legs = cd_legs - 1,
    cd_calls = cd_calls - NOT EXISTS (SELECT 1 FROM cdr WHERE linkedid = OLD.linkedid AND linkedid <> ''
      AND te_id + 0 = OLD.te_id AND substr("start", 1, 10) = substr(OLD."start", 1, 10)),
    cd_continued = cd_continued - (EXISTS (SELECT 1 FROM cdr WHERE linkedid = OLD.linkedid AND linkedid <> ''
      AND te_id + 0 = OLD.te_id AND substr("start", 1, 10) < substr(OLD."start", 1, 10))
    AND NOT EXISTS (SELECT 1 FROM cdr WHERE linkedid = OLD.linkedid AND linkedid <> ''
      AND te_id + 0 = OLD.te_id AND substr("start", 1, 10) = substr(OLD."start", 1, 10)))
  WHERE cd_te_id = OLD.te_id AND cd_day = coalesce(substr(OLD."start", 1, 10), '');
END;

CREATE TRIGGER t_cdr_removed_before AFTER DELETE ON cdr
WHEN OLD.linkedid <> '' AND NOT EXISTS (SELECT 1 FROM cdr WHERE linkedid = OLD.linkedid
  AND te_id + 0 = OLD.te_id AND substr("start", 1, 10) <= substr(OLD."start", 1, 10))
BEGIN
  UPDATE cd_calldays SET cd_continued = cd_continued - 1
  WHERE cd_te_id = OLD.te_id AND cd_day = (SELECT min(substr("start", 1, 10)) FROM cdr
    WHERE linkedid = OLD.linkedid AND te_id + 0 = OLD.te_id AND substr("start", 1, 10) > substr(OLD."start", 1, 10));
END;
