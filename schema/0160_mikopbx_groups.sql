-- What MikoPBX keeps of queues and conference rooms beside what they are to all dialects.
CREATE TABLE mk_queues (
  mq_qu_id INTEGER NOT NULL PRIMARY KEY,  -- qu_queues.qu_id
  mq_description TEXT
);
CREATE TABLE mk_rooms (
  mr_cr_id INTEGER NOT NULL PRIMARY KEY,  -- cr_conferencerooms.cr_id
  mr_description TEXT
);
