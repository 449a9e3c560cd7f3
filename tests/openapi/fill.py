"""Fills a host with two tenants, one object of every kind and the calls of a day, so that a client
that reads every list finds something and every id 1 exists."""

import base64
import sqlite3

BASE = "/openapi.php"

# path, level, body. Objects that others point to come first; in a fresh store the first of a kind
# has id 1, which is also what the document's examples use.
OBJECTS = [
    ("mediafiles", "DEMO", {"name": "Welcome", "format": "wav", "type": "upload",
                            "data_base64": base64.b64encode(b"RIFF").decode()}),
    ("mediafiles", "global", {"name": "Everybody's", "format": "wav"}),
    ("musiconholds", "DEMO", {"name": "Support Hold", "mediafiles": [1], "default": "on"}),
    ("extensions", "DEMO", {"number": "100", "name": "Reception", "callgroups": "1,2"}),
    ("extensions", "DEMO", {"number": "101", "name": "Office", "tech": "SIP", "onbusy": ["SAMENUMBERVM"]}),
    ("extensions", "DEMO", {"number": "102", "tech": "CUSTOM", "dialstring": "PJSIP/100-DEMO"}),
    ("extensions", "DEMO", {"number": "103", "tech": "VIRTUAL", "realextensions": [1, 2]}),
    ("extensions", "OTHER", {"number": "100", "name": "Elsewhere"}),
    ("voicemails", "DEMO", {"mailbox": "200", "fullname": "Sales", "password": "1234"}),
    ("userprofiles", None, {"name": "Helpdesk", "privileges": [12, 18, 25]}),
    ("routingprofiles", None, {"name": "Voice", "type": "VOICE"}),
    ("users", None, {"username": "operator", "password": "change-me", "profile_id": 1, "tenants": [1],
                     "routingprofiles": [1], "extension_restrictions": [1]}),
    ("conditions", "DEMO", {"name": "Open", "type": "WEEKTIME", "yes": ["EXT-1"], "no": ["VOICEMAIL-1"],
                            "extended_infos": [{"param1": "mon"}]}),
    ("ivrs", "DEMO", {"name": "Main", "IVR_1": ["EXT-1"], "mediafile": ["MEDIAFILE-1"]}),
    ("customdestinations", "DEMO", {"name": "Say", "type_id": 1}),
    ("huntlists", "DEMO", {"name": "Sales", "number": "600", "members": ["EXT-1", "EXT-2"]}),
    ("dids", "DEMO", {"number": "390212345678", "destination": ["IVR-1"]}),
    ("queues", "DEMO", {"name": "Support", "number": "700", "members": [{"extension_id": 1}],
                        "allowed_members": [2]}),
    ("settings", "DEMO", {"code": "LANGUAGE", "value": "en"}),
    ("paginggroups", "DEMO", {"name": "All", "number": "800", "members": [1, 2]}),
    ("conferencerooms", "DEMO", {"name": "Weekly Meeting", "number": "900", "pin": "1234"}),
    ("flows", "DEMO", {"name": "Night", "number": "60", "state": "INUSE"}),
    ("tenantvariables", "DEMO", {"variable_id": 1, "value": "x"}),
    ("disas", "DEMO", {"name": "Inside line", "pin": "9876"}),
    ("calleridblacklists", "DEMO", {"callerid": "390200000000", "reason": "spam"}),
    ("campaigns", "DEMO", {"name": "Spring", "binary_files": [
        {"name": "fax.pdf", "data_base64": base64.b64encode(b"%PDF").decode()}]}),
    ("campaignnumbers", "DEMO", {"campaign_id": 1, "number": "390212345678", "description": "Lead A"}),
    ("cronjobs", "DEMO", {"name": "Nightly", "minute": "0", "hour": "3"}),
    ("featurecodes", "DEMO", {"code": "*56", "comment": "Pickup"}),
    ("shortnumbers", "DEMO", {"number": "50", "destination": "390212345678"}),
    ("providers", None, {"name": "Carrier", "tech": "PJSIP", "host": "192.0.2.1"}),
    ("phonebooks", "DEMO", {"name": "Customers"}),
    ("phonebookentries", "DEMO", {"phonebook_id": 1, "values": {"NAME": "Ada", "PHONE1": "390255"}}),
    ("phones", "DEMO", {"name": "Desk", "mac": "00:11:22:33:44:55", "phonebooks": [1]}),
]

CALLS = """
INSERT INTO cdr (te_id, start, answer, "end", clid, src, dst, realsrc, firstdst, lastdst, wherelanded,
  channel, dstchannel, lastapp, duration, billsec, disposition, accountcode, uniqueid, linkedid)
VALUES (1, datetime('now'), datetime('now'), datetime('now'), '"Ada" <390255>', '390255', '100', '390255',
  '390212345678', '100', '100', 'PJSIP/carrier-1', 'PJSIP/100-DEMO-2', 'Dial', 12, 9, 'ANSWERED', 'DEMO',
  '1700000000.12', '1700000000.12');
INSERT INTO sc_simplecdr (sc_te_id, sc_start, sc_direction, sc_calleridnum, sc_calleridname, sc_dialednum,
  sc_disposition, sc_duration, sc_billsec, sc_uniqueid, sc_whoanswered)
VALUES (1, datetime('now'), 'IN', '390255', 'Ada', '390212345678', 'ANSWERED', 12, 9, '1700000000.12', '100');
INSERT INTO ai_ailogs (ai_te_id, ai_cu_id, ai_uniqueid, ai_callerid, ai_start, ai_end, ai_duration)
VALUES (1, 1, '1700000000.12', '390255', datetime('now'), datetime('now'), 12);
INSERT INTO td_cdrtemplates (td_te_id, td_name, td_body) VALUES (0, 'short', '{row_loop}{$uniqueid}{/row_loop}');
"""


class Refused(Exception):
    """The host did not take an object that fill() needs."""


def _create(host, key, path, level, body):
    query = {"DEMO": "?tenant=DEMO", "OTHER": "?tenant=OTHER", "global": "?global=yes", None: ""}[level]
    answer = host.post(f"{BASE}/{path}{query}", json=body, headers={"X-API-Key": key})
    if answer.status_code != 201:
        raise Refused(f"{path} {body}: {answer.status_code} {answer.text}")
    return answer.json()["id"]


def fill(host, key):
    """Make every object, twice where the tenant matters."""
    for path, level, body in OBJECTS:
        _create(host, key, path, level, body)


def add_calls(store):
    """Call records come from Asterisk, so they go straight into the store."""
    with sqlite3.connect(store, timeout=20) as db:
        db.executescript(CALLS)
