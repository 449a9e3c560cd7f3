-- Meeting rooms, and a column of extensions that names one.
CREATE TABLE my_rooms (
  ro_id INTEGER PRIMARY KEY AUTOINCREMENT,
  ro_te_id INTEGER NOT NULL,
  ro_name VARCHAR(80) NOT NULL,
  ro_seats INTEGER
);
CREATE INDEX i_my_rooms_te_id ON my_rooms (ro_te_id);
ALTER TABLE ex_extensions ADD COLUMN ex_my_ro_id INTEGER;
