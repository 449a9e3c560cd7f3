-- What Asterisk reads of a queue: its row, and what its destinations mean to app_queue. With
-- QUEUE-EXITKEY a caller who presses a key leaves for the context that leads there, and the sounds of
-- QUEUE-PERIODICANNOUNCE are played, once a minute when nobody says how often. A queue without music of
-- its own has the tenant's default, or the global one.
CREATE VIEW asterisk_queue AS
  SELECT
    name, announce, "timeout", monitor_join, monitor_format, queue_youarenext,
    queue_thereare, queue_callswaiting, queue_holdtime, queue_minutes, queue_seconds,
    queue_lessthan, queue_thankyou, queue_reporthold, announce_frequency, announce_round_seconds,
    announce_holdtime, retry, wrapuptime, maxlen, servicelevel, strategy, joinempty,
    leavewhenempty, eventmemberstatus, eventwhencalled, reportholdtime, memberdelay, weight,
    timeoutrestart, ringinuse, setinterfacevar, announce_position, announce_position_limit,
    setqueueentryvar, setqueuevar, autofill, autopause, relative_periodic_announce,
    penaltymemberslimit, defaultrule, autopausedelay, autopausebusy, autopauseunavail,
    min_announce_frequency, periodic_announce_startdelay, log_restricted_caller_id,
    announce_to_first_user,
    coalesce(nullif(context, ''), (SELECT 'queue-exit' FROM de_destinations
      WHERE de_type_src = 'QUEUE-EXITKEY' AND de_type_id_src = CAST(name AS INTEGER) LIMIT 1))
      AS context,
    coalesce(nullif(nullif(musiconhold, ''), 'default'), (SELECT 'moh-' || mu_id FROM mu_musiconholds
      WHERE mu_te_id IN (0, te_id) AND mu_default IN ('on', 'yes')
      ORDER BY mu_te_id DESC, mu_id LIMIT 1), 'default') AS musiconhold,
    coalesce(nullif(periodic_announce, ''), sounds) AS periodic_announce,
    CASE WHEN sounds IS NOT NULL AND coalesce(periodic_announce_frequency, '') IN ('', '0') THEN '60'
      ELSE periodic_announce_frequency END AS periodic_announce_frequency
  FROM (SELECT queue.*,
      (SELECT qu_te_id FROM qu_queues WHERE qu_id = CAST(name AS INTEGER)) AS te_id,
      (SELECT group_concat(path ORDER BY de_ord, de_id SEPARATOR ',')
       FROM de_destinations JOIN dialplan_mediafile ON id = de_type_id_dst
       WHERE de_type_src = 'QUEUE-PERIODICANNOUNCE' AND de_type_id_src = CAST(name AS INTEGER)
         AND de_type_dst IN ('PLAYBACK', 'MEDIAFILE')) AS sounds
    FROM queue) AS queue;
