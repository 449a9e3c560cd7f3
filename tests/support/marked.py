"""A store in which every table has a row of a tenant, and what became of the tenant's rows."""

import collections
import re
import sqlite3

HANDLES = re.compile(r"(uniqueid|linkedid|originateid|_code|_id)$")


def tables(store):
    for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'"
                                 " AND name NOT LIKE 'sqlite_%'").fetchall():
        yield name, store.execute(f'PRAGMA table_info("{name}")').fetchall()


def tenant_column(columns):
    return next((it[1] for it in columns if re.fullmatch(r"(\w\w_)?te_id", it[1])), None)


def fill(path, tenant, number, secret, handle):
    """One row of the tenant in every table that has tenants, made up from the columns alone: numbers are `number`,
    what things are looked up by is `handle`, all other texts are `secret`."""
    store = sqlite3.connect(path, timeout=10)
    filled = []
    with store:
        for name, columns in tables(store):
            owner = tenant_column(columns)
            if owner is None or name in ("te_tenants", "ke_keys"):
                continue
            row = {}
            for _, column, kind, *_ in columns:
                kind = kind.upper()
                if column == owner:
                    row[column] = tenant
                elif "INT" in kind or "REAL" in kind or "NUMERIC" in kind or "DECIMAL" in kind:
                    row[column] = number
                elif "DATE" in kind or "TIME" in kind:
                    row[column] = "2026-01-02 03:04:05"
                else:
                    row[column] = handle if HANDLES.search(column) else secret
            names = ", ".join(f'"{column}"' for column in row)
            store.execute(f'INSERT OR IGNORE INTO "{name}" ({names}) VALUES '
                          f'({", ".join("?" * len(row))})', list(row.values()))
            filled.append(name)
        store.execute("UPDATE te_tenants SET te_name = ? WHERE te_id = ?", (secret, tenant))
    store.close()
    return filled


# That a key was used is written down, whatever it was used for; so is that a change took its turn, and was refused then.
COUNTED = ("ak_last_used", "tu_count")


def dump(path, tenant):
    """All rows, and how many there are of the tenant, by table."""
    store = sqlite3.connect(path, timeout=10)
    rows, owned = collections.Counter(), {}
    for name, columns in tables(store):
        kept = ", ".join(f'"{it[1]}"' for it in columns if it[1] not in COUNTED)
        rows.update((name, repr(row)) for row in store.execute(f'SELECT {kept} FROM "{name}"'))
        owner = tenant_column(columns)
        if owner:
            owned[name] = store.execute(f'SELECT count(*) FROM "{name}" WHERE "{owner}" = ?',
                                        (tenant,)).fetchone()[0]
    store.close()
    return rows, owned


def owned_rows(path, tenant, *marks):
    """The rows of a tenant; and those of no tenant that hold one of the marks."""
    store = sqlite3.connect(path, timeout=10)
    rows, marked = collections.Counter(), collections.Counter()
    for name, columns in tables(store):
        owner = tenant_column(columns)
        kept = ", ".join(f'"{it[1]}"' for it in columns if it[1] not in COUNTED)
        where, values = (f'WHERE "{owner}" = ?', (tenant,)) if owner else ("", ())
        for row in store.execute(f'SELECT {kept} FROM "{name}" {where}', values):
            text = repr(row)
            if owner:
                rows[name, text] += 1
            elif name != "lk_links" and any(mark in text for mark in marks):  # a job writes states there
                marked[name, text] += 1
    store.close()
    return rows, marked
