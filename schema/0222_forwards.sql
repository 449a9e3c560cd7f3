-- Numbers outside that an extension forwards to: the destinations FORWARD-1, FORWARD-2 and FORWARD-3 of its lists.
-- The number of a colleague's mobile is dialled as that says.
CREATE VIEW dialplan_mobile AS
  SELECT ex_te_id AS te_id, me_mobile_number AS number, me_mobile_dialstring AS dial
  FROM mk_employees JOIN ex_extensions ON ex_id = me_ex_id
  WHERE coalesce(me_mobile_number, '') <> '' AND coalesce(me_mobile_dialstring, '') <> '';

CREATE VIEW dialplan_forward AS
  SELECT me_ex_id AS id,
    coalesce((SELECT min(dial) FROM dialplan_mobile
      WHERE number IN (me_fwd_forwarding, '+' || me_fwd_forwarding) AND te_id = ex_te_id),
      me_fwd_forwarding, '') AS number1,
    coalesce((SELECT min(dial) FROM dialplan_mobile
      WHERE number IN (me_fwd_forwardingonbusy, '+' || me_fwd_forwardingonbusy) AND te_id = ex_te_id),
      me_fwd_forwardingonbusy, '') AS number2,
    coalesce((SELECT min(dial) FROM dialplan_mobile
      WHERE number IN (me_fwd_forwardingonunavailable, '+' || me_fwd_forwardingonunavailable) AND te_id = ex_te_id),
      me_fwd_forwardingonunavailable, '') AS number3
  FROM mk_employees JOIN ex_extensions ON ex_id = me_ex_id;

-- Those that were kept so far and led nowhere.
INSERT INTO de_destinations (de_te_id, de_type_src, de_type_id_src, de_type_dst, de_type_id_dst, de_ord)
  SELECT ex_te_id, 'EXT-NOANSWER', ex_id, 'FORWARD', 1, 1 FROM mk_employees JOIN ex_extensions ON ex_id = me_ex_id
  WHERE me_fwd_forwarding > '' AND me_fwd_forwarding NOT IN ('hangup', 'busy', 'voicemail') AND NOT EXISTS (SELECT 1 FROM de_destinations AS d
    WHERE d.de_type_src = 'EXT-NOANSWER' AND d.de_type_id_src = ex_id);
INSERT INTO de_destinations (de_te_id, de_type_src, de_type_id_src, de_type_dst, de_type_id_dst, de_ord)
  SELECT ex_te_id, 'EXT-BUSY', ex_id, 'FORWARD', 2, 1 FROM mk_employees JOIN ex_extensions ON ex_id = me_ex_id
  WHERE me_fwd_forwardingonbusy > '' AND me_fwd_forwardingonbusy NOT IN ('hangup', 'busy', 'voicemail') AND NOT EXISTS (SELECT 1 FROM de_destinations AS d
    WHERE d.de_type_src = 'EXT-BUSY' AND d.de_type_id_src = ex_id);
INSERT INTO de_destinations (de_te_id, de_type_src, de_type_id_src, de_type_dst, de_type_id_dst, de_ord)
  SELECT ex_te_id, 'EXT-OFFLINE', ex_id, 'FORWARD', 3, 1 FROM mk_employees JOIN ex_extensions ON ex_id = me_ex_id
  WHERE me_fwd_forwardingonunavailable > '' AND me_fwd_forwardingonunavailable NOT IN ('hangup', 'busy', 'voicemail') AND NOT EXISTS (SELECT 1 FROM de_destinations AS d
    WHERE d.de_type_src = 'EXT-OFFLINE' AND d.de_type_id_src = ex_id);
