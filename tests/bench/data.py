"""The benchmark's database: a tenant with 200 extensions and a million call records."""

import hashlib
import sqlite3
import time

from servers import PROJECT

TENANT = "BENCH"
EXTENSIONS = 200
FIRST = 100

# A call each thirty seconds from the first second of 2025, two legs each, as Asterisk writes them.
RECORDS = """
INSERT INTO cdr (ID, "start", answer, "end", clid, src, dst, dcontext, channel, dstchannel, lastapp, lastdata,
  duration, billsec, disposition, amaflags, accountcode, peeraccount, userfield, uniqueid, linkedid, sequence,
  te_id, realsrc, firstdst, lastdst, wherelanded)
WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
SELECT i + 1, datetime(1735689600 + i / 2 * 30, 'unixepoch'),
  CASE WHEN i % 5 THEN datetime(1735689604 + i / 2 * 30, 'unixepoch') END,
  datetime(1735689664 + i / 2 * 30, 'unixepoch'),
  '"Phone ' || (100 + i % 200) || '" <' || (100 + i % 200) || '>', 100 + i % 200, 100 + (i + 7) % 200,
  'tenant-BENCH', printf('PJSIP/%d-BENCH-%08x', 100 + i % 200, i),
  printf('PJSIP/%d-BENCH-%08x', 100 + (i + 7) % 200, i + 1), 'Dial', printf('PJSIP/%d-BENCH,30,tT', 100 + (i + 7) % 200),
  64, 60, CASE WHEN i % 5 THEN 'ANSWERED' ELSE 'NO ANSWER' END, 'DOCUMENTATION', 'BENCH', 'BENCH', '[local]',
  printf('%d.%d', 1735689600 + i / 2 * 30, i), printf('%d.%d', 1735689600 + i / 2 * 30, i / 2 * 2), i % 2,
  :tenant, 100 + i % 200, 100 + (i + 7) % 200, 100 + (i + 7) % 200, 100 + (i + 7) % 200
FROM n
"""


# What Asterisk reads of a phone.
TECHNOLOGY = (
    "INSERT INTO ps_endpoints (id, aors, auth, context, disallow, allow, direct_media, rtp_symmetric, force_rport, "
    "rewrite_contact, dtmf_mode, identify_by, callerid, mailboxes, accountcode, set_var) "
    "VALUES (:id, :id, :id, 'authenticated', 'all', 'alaw,ulaw', 'no', 'yes', 'yes', 'yes', 'rfc4733', 'username', "
    f"'\"Phone ' || :number || '\" <' || :number || '>', :number || '@{TENANT}', '{TENANT}', 'TENANT={TENANT}')",
    "INSERT INTO ps_aors (id, max_contacts, remove_existing, qualify_frequency, minimum_expiration, "
    "default_expiration) VALUES (:id, '10', 'yes', '60', '30', '3600')",
    "INSERT INTO ps_auths (id, auth_type, username, password) VALUES (:id, 'userpass', :id, 'secret-' || :number)",
)


def recipe(records):
    """What the database was made of: another schema or another size makes it anew."""
    digest = hashlib.sha256(f"{records} {RECORDS} {TECHNOLOGY}".encode())
    for file in sorted((PROJECT / "schema").rglob("*.sql")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def prepare(store, records):
    """Fills the store once. Returns the tenant's key."""
    made, key_file = store.folder / "made-of", store.folder / "key"
    wanted = recipe(records)
    if made.exists() and made.read_text() == wanted and store.database.exists():
        return key_file.read_text()
    for file in store.folder.glob(store.database.name + "*"):
        file.unlink()
    start = time.monotonic()
    store.run("migrate")
    store.run("tenant", "create", TENANT)
    key = store.run("key", "create", "--tenant", TENANT)
    database = sqlite3.connect(store.database)
    database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;")
    tenant = database.execute("SELECT te_id FROM te_tenants WHERE te_code = ?", (TENANT,)).fetchone()[0]
    with database:
        for number in range(FIRST, FIRST + EXTENSIONS):
            database.execute(
                "INSERT INTO ex_extensions (ex_te_id, ex_number, ex_name, ex_tech, ex_tech_id, ex_email, "
                "ex_dialtimeout, ex_recording, ex_description) VALUES (?, ?, ?, 'PJSIP', ?, ?, '30', 'no', ?)",
                (tenant, str(number), f"Phone {number}", f"{number}-{TENANT}", f"phone{number}@example.com",
                 "A phone of the benchmark"))
            for sql in TECHNOLOGY:
                database.execute(sql, {"id": f"{number}-{TENANT}", "number": number})
        database.execute(RECORDS.replace(":tenant", str(tenant)), (0, records))
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    print(f"database with {records:,} call records made in {time.monotonic() - start:.0f} s")
    key_file.write_text(key)
    made.write_text(wanted)
    return key
