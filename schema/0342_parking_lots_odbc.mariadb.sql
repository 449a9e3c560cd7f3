-- The same for what Asterisk reads by ODBC.
DROP VIEW odbc_dialplan_tenant;
CREATE VIEW odbc_dialplan_tenant AS
  SELECT
    "id", "te_id", "disabled", "maxchannels", "zone", "profile", "maxduration", "dialtimeout", "parktimeout",
    replace(replace("emergency", '^', '^5E'), ';', '^3B') AS "emergency", "parkfirst", "parklast"
  FROM dialplan_tenant;
