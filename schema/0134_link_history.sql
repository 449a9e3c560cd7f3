-- What became of each phone and trunk: kept by scripts/jobs/links.lua, at most 30 days and 1000 changes
-- of one name. kind is phone or trunk, name that of the endpoint.

-- As it is now.
CREATE TABLE lk_links (
  lk_kind VARCHAR(8) NOT NULL, lk_name VARCHAR(191) NOT NULL, lk_state VARCHAR(20) NOT NULL,
  lk_since DATETIME NOT NULL,
  lk_good DATETIME,  -- when it was last found well
  lk_checked DATETIME,
  PRIMARY KEY (lk_kind, lk_name)
);

-- Each change of state.
CREATE TABLE lh_linkhistory (
  lh_id INTEGER PRIMARY KEY AUTOINCREMENT, lh_kind VARCHAR(8) NOT NULL, lh_name VARCHAR(191) NOT NULL,
  lh_time DATETIME NOT NULL, lh_state VARCHAR(20) NOT NULL, lh_previous VARCHAR(20) NOT NULL DEFAULT '',
  lh_address VARCHAR(80), lh_agent VARCHAR(191), lh_rtt DECIMAL(10,2)  -- milliseconds
);
CREATE INDEX i_lh_linkhistory_kind_name ON lh_linkhistory (lh_kind, lh_name, lh_id);
CREATE INDEX i_lh_linkhistory_time ON lh_linkhistory (lh_time);

-- Regular looks, added up by day.
CREATE TABLE ld_linkdays (
  ld_kind VARCHAR(8) NOT NULL, ld_name VARCHAR(191) NOT NULL, ld_day CHAR(10) NOT NULL,
  ld_checks INTEGER NOT NULL, ld_good INTEGER NOT NULL, ld_rtts INTEGER NOT NULL,
  ld_rttsum DECIMAL(16,2) NOT NULL, ld_rttmin DECIMAL(10,2), ld_rttmax DECIMAL(10,2),
  PRIMARY KEY (ld_kind, ld_name, ld_day)
);
CREATE INDEX i_ld_linkdays_day ON ld_linkdays (ld_day);
