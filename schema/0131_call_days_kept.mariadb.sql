-- Keeps cd_calldays (0130). Nothing changes the owner, the start or the linkedid of a record.
-- te_id + 0 is no column to an index: the one of the linkedid is to be taken, a call has few legs.
-- One statement each, so that no delimiter is needed.
CREATE TRIGGER t_cdr_added AFTER INSERT ON cdr FOR EACH ROW
  INSERT INTO cd_calldays (cd_te_id, cd_day, cd_first, cd_last, cd_legs, cd_calls, cd_continued)
  VALUES (NEW.te_id, coalesce(substr(NEW."start", 1, 10), ''), NEW.ID, NEW.ID, 1,
    NOT EXISTS (SELECT 1 FROM cdr c WHERE c.linkedid = NEW.linkedid AND c.linkedid <> ''
      AND c.te_id + 0 = NEW.te_id AND c.ID + 0 <> NEW.ID AND substr(c."start", 1, 10) = substr(NEW."start", 1, 10)), (EXISTS (SELECT 1 FROM cdr c WHERE c.linkedid = NEW.linkedid AND c.linkedid <> ''
      AND c.te_id + 0 = NEW.te_id AND substr(c."start", 1, 10) < substr(NEW."start", 1, 10))) AND NOT EXISTS (SELECT 1 FROM cdr c WHERE c.linkedid = NEW.linkedid AND c.linkedid <> ''
      AND c.te_id + 0 = NEW.te_id AND c.ID + 0 <> NEW.ID AND substr(c."start", 1, 10) = substr(NEW."start", 1, 10)))
  ON DUPLICATE KEY UPDATE cd_first = least(cd_first, VALUES(cd_first)),
    cd_last = greatest(cd_last, VALUES(cd_last)), cd_legs = cd_legs + 1,
    cd_calls = cd_calls + VALUES(cd_calls), cd_continued = cd_continued + VALUES(cd_continued);

-- The leg that began a call ends last, so an earlier day may come after a later one.
CREATE TRIGGER t_cdr_added_before AFTER INSERT ON cdr FOR EACH ROW FOLLOWS t_cdr_added
  UPDATE cd_calldays SET cd_continued = cd_continued + 1
  WHERE cd_te_id = NEW.te_id AND NEW.linkedid <> '' AND NOT (EXISTS (SELECT 1 FROM cdr c WHERE c.linkedid = NEW.linkedid
      AND c.te_id + 0 = NEW.te_id AND c.ID + 0 <> NEW.ID AND substr(c."start", 1, 10) <= substr(NEW."start", 1, 10)))
    AND cd_day = (SELECT min(substr(c."start", 1, 10)) FROM cdr c WHERE c.linkedid = NEW.linkedid
      AND c.te_id + 0 = NEW.te_id AND substr(c."start", 1, 10) > substr(NEW."start", 1, 10));

CREATE TRIGGER t_cdr_removed AFTER DELETE ON cdr FOR EACH ROW
  UPDATE cd_calldays SET cd_legs = cd_legs - 1,
    cd_calls = cd_calls - (NOT EXISTS (SELECT 1 FROM cdr c WHERE c.linkedid = OLD.linkedid AND c.linkedid <> ''
      AND c.te_id + 0 = OLD.te_id AND substr(c."start", 1, 10) = substr(OLD."start", 1, 10))),
    cd_continued = cd_continued - ((EXISTS (SELECT 1 FROM cdr c WHERE c.linkedid = OLD.linkedid AND c.linkedid <> ''
      AND c.te_id + 0 = OLD.te_id AND substr(c."start", 1, 10) < substr(OLD."start", 1, 10)))
    AND NOT EXISTS (SELECT 1 FROM cdr c WHERE c.linkedid = OLD.linkedid AND c.linkedid <> ''
      AND c.te_id + 0 = OLD.te_id AND substr(c."start", 1, 10) = substr(OLD."start", 1, 10)))
  WHERE cd_te_id = OLD.te_id AND cd_day = coalesce(substr(OLD."start", 1, 10), '');

CREATE TRIGGER t_cdr_removed_before AFTER DELETE ON cdr FOR EACH ROW FOLLOWS t_cdr_removed
  UPDATE cd_calldays SET cd_continued = cd_continued - 1
  WHERE cd_te_id = OLD.te_id AND OLD.linkedid <> '' AND NOT (EXISTS (SELECT 1 FROM cdr c WHERE c.linkedid = OLD.linkedid
      AND c.te_id + 0 = OLD.te_id AND substr(c."start", 1, 10) <= substr(OLD."start", 1, 10)))
    AND cd_day = (SELECT min(substr(c."start", 1, 10)) FROM cdr c WHERE c.linkedid = OLD.linkedid
      AND c.te_id + 0 = OLD.te_id AND substr(c."start", 1, 10) > substr(OLD."start", 1, 10));
