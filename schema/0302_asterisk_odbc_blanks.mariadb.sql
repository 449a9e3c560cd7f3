-- res_config_odbc takes the blanks from the end of a value, too: `For Ann ` before a name loses its own. Where texts are
-- put together they are written as the character of that code, as the others of 0301.

DROP VIEW odbc_dialplan_custom;
CREATE VIEW odbc_dialplan_custom AS
  SELECT
    "id", replace(replace(replace("name", '^', '^5E'), ';', '^3B'), ' ', '^20') AS "name", "code",
    replace(replace(replace("a", '^', '^5E'), ';', '^3B'), ' ', '^20') AS "a",
    replace(replace(replace("b", '^', '^5E'), ';', '^3B'), ' ', '^20') AS "b",
    replace(replace(replace("c", '^', '^5E'), ';', '^3B'), ' ', '^20') AS "c", "lot"
  FROM dialplan_custom;

DROP VIEW odbc_dialplan_didrules;
CREATE VIEW odbc_dialplan_didrules AS
  SELECT
    "id", replace(replace(replace("nameprefix", '^', '^5E'), ';', '^3B'), ' ', '^20') AS "nameprefix",
    replace(replace(replace("numberprefix", '^', '^5E'), ';', '^3B'), ' ', '^20') AS "numberprefix", "unconditional"
  FROM dialplan_didrules;

DROP VIEW odbc_dialplan_findas;
CREATE VIEW odbc_dialplan_findas AS
  SELECT
    "id", replace(replace(replace("cidnum", '^', '^5E'), ';', '^3B'), ' ', '^20') AS "cidnum",
    replace(replace(replace("numberprefix", '^', '^5E'), ';', '^3B'), ' ', '^20') AS "numberprefix",
    replace(replace(replace("nameprefix", '^', '^5E'), ';', '^3B'), ' ', '^20') AS "nameprefix"
  FROM dialplan_findas;

DROP VIEW odbc_dialplan_variable;
CREATE VIEW odbc_dialplan_variable AS
  SELECT
    "id", replace(replace(replace("value", '^', '^5E'), ';', '^3B'), ' ', '^20') AS "value"
  FROM dialplan_variable;
