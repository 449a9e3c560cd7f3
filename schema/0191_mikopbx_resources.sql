-- What MikoPBX keeps of menus, applications and sounds beside what they are to all dialects.
CREATE TABLE mk_ivrs (
  mv_iv_id INTEGER NOT NULL PRIMARY KEY,  -- iv_ivrs.iv_id
  mv_description TEXT
);
CREATE TABLE mk_applications (
  mz_cu_id INTEGER NOT NULL PRIMARY KEY,  -- cu_customs.cu_id
  mz_description TEXT, mz_type VARCHAR(20), mz_logic TEXT  -- as it was sent
);
CREATE TABLE mk_sounds (
  mf_me_id INTEGER NOT NULL PRIMARY KEY,  -- me_mediafiles.me_id
  mf_category VARCHAR(20) NOT NULL DEFAULT 'custom'
);

-- Conditions that calls which come in are asked before they follow their DID, in order. Of some DIDs only:
-- their ids between commas.
CREATE TABLE mk_offworktimes (
  mw_co_id INTEGER NOT NULL PRIMARY KEY,  -- co_conditions.co_id
  mw_priority INTEGER NOT NULL DEFAULT 0, mw_action VARCHAR(20) NOT NULL DEFAULT 'extension', mw_dids TEXT
);

-- Steps that a call takes one after the other: cu_param1 holds them as APPLICATION^ARGUMENTS|...
INSERT INTO ct_customtypes (ct_code, ct_name, ct_label1) VALUES ('STEPS', 'Steps of a dialplan', 'Steps');
