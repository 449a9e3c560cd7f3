-- A box with what its destinations mean to a message: copies go to the boxes of VOICEMAIL-BROADCAST, as
-- the application takes them behind the box itself, and who has left one goes on to VOICEMAIL-FOLLOW.
DROP VIEW dialplan_voicemail;
CREATE VIEW dialplan_voicemail AS
  SELECT uniqueid AS id, mailbox, mailbox || '@' || context AS box,
    (SELECT group_concat('&' || other.mailbox || '@' || other.context ORDER BY de_ord, de_id SEPARATOR '')
       FROM de_destinations JOIN voicemail AS other ON other.uniqueid = de_type_id_dst
       WHERE de_type_src = 'VOICEMAIL-BROADCAST' AND de_type_id_src = voicemail.uniqueid
         AND de_type_dst = 'VOICEMAIL' AND other.te_id = voicemail.te_id
         AND other.uniqueid <> voicemail.uniqueid) AS copies,
    (SELECT targets FROM dialplan_destination
     WHERE dialplan_destination.id = 'VOICEMAIL-FOLLOW-' || voicemail.uniqueid LIMIT 1) AS follow
  FROM voicemail;
