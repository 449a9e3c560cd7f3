-- What the employees and API keys of MikoPBX need beyond 0013: the tenant a key speaks for, and
-- the forwards whose target is no object of ours (an outside number).
ALTER TABLE mk_apikeys ADD COLUMN ma_te_id INTEGER;
ALTER TABLE mk_employees ADD COLUMN me_transport VARCHAR(20);
ALTER TABLE mk_employees ADD COLUMN me_fwd_forwarding VARCHAR(40);
ALTER TABLE mk_employees ADD COLUMN me_fwd_forwardingonbusy VARCHAR(40);
ALTER TABLE mk_employees ADD COLUMN me_fwd_forwardingonunavailable VARCHAR(40);
