-- Hosts that share this store, and which of them runs what only one may run. Nobody's clock counts: a host is there
-- while ho_beat goes on (host/store/leases.h).
CREATE TABLE ho_hosts (
  ho_id VARCHAR(40) NOT NULL PRIMARY KEY,  -- another one each time it starts
  ho_name VARCHAR(191) NOT NULL DEFAULT '',  -- for people: machine and address
  ho_beat BIGINT NOT NULL DEFAULT 0
);

-- le_token grows whenever another host takes the lease; each transaction of the job changes le_used where the token is
-- still its own, and is undone where it is not.
CREATE TABLE le_leases (
  le_name VARCHAR(191) NOT NULL PRIMARY KEY, le_host VARCHAR(40) NOT NULL DEFAULT '',
  le_token BIGINT NOT NULL DEFAULT 0, le_used BIGINT NOT NULL DEFAULT 0
);
