"""The lab by itself, without Patchbay: rows put into a fresh store by hand are phones, queues,
rooms and boxes of the running Asterisk at once."""

import array
import re
import subprocess
import sys
import wave
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, eventually  # noqa: E402

PEOPLE = {"100": "answer", "101": "answer", "102": "answer", "103": "busy", "104": "noanswer"}


def add_extension(lab, ex_id, number, tenant="DEMO", te_id=1):
    peer = f"{number}-{tenant}"
    lab.sql("INSERT INTO ex_extensions (ex_id, ex_te_id, ex_name, ex_tech, ex_number, ex_tech_id,"
            " ex_dialtimeout) VALUES (?, ?, ?, 'PJSIP', ?, ?, '2')",
            ex_id, te_id, f"User {number}", number, peer)
    lab.sql("INSERT INTO ps_auths (id, auth_type, username, password) VALUES (?, 'userpass', ?, ?)",
            peer, peer, f"pw-{peer}")
    lab.sql("INSERT INTO ps_aors (id, max_contacts, remove_existing, qualify_frequency)"
            " VALUES (?, 10, 'yes', 60)", peer)
    lab.sql("INSERT INTO ps_endpoints (id, aors, auth, context, disallow, allow, direct_media,"
            " force_rport, rewrite_contact, rtp_symmetric, callerid, accountcode, set_var,"
            " mailboxes) VALUES (?, ?, ?, 'authenticated', 'all', 'alaw,ulaw', 'no', 'yes', 'yes',"
            " 'yes', ?, ?, ?, ?)", peer, peer, peer, f'"User {number}" <{number}>', tenant,
            f"TENANT={tenant}", f"{number}@{tenant}")


@pytest.fixture(scope="module")
def lab():
    lab = Lab("labtest").clean().make_store()
    try:
        lab.up()
        # all rows after the start: Asterisk has to read them when it needs them
        lab.sql("INSERT INTO te_tenants (te_id, te_code) VALUES (1, 'DEMO'), (2, 'NORTH')")
        for index, number in enumerate(PEOPLE):
            add_extension(lab, 10 + index, number)
        for behaviour in set(PEOPLE.values()):
            accounts = [(f"{number}-DEMO", f"pw-{number}-DEMO")
                        for number, its in PEOPLE.items() if its == behaviour]
            assert lab.register(accounts, behaviour) == []
        yield lab
    finally:
        lab.down()


@pytest.fixture(autouse=True)
def quiet(lab):
    """No test leaves a call behind, nor a complaint of Asterisk's."""
    seen = len(lab.complaints())
    yield
    eventually(lambda: not lab.channels())
    assert lab.complaints()[seen:] == []


def call(lab, number, talk_ms=1000, caller="100-DEMO", **more):
    return lab.call(caller, f"pw-{caller}", number, talk_ms, **more).result()


def last_record(lab, number, **wanted):
    """The newest call record of a dialled number once it is there."""
    rows = eventually(lambda: lab.records("firstdst = ?", number))
    row = rows[-1]
    assert {key: row[key] for key in wanted} == wanted
    return row


def loudest(path):
    with wave.open(str(path)) as sound:
        assert sound.getsampwidth() == 2
        return max(array.array("h", sound.readframes(sound.getnframes())), default=0)


def test_a_new_row_is_a_phone_at_once_and_only_with_its_password(lab):
    add_extension(lab, 40, "140")
    assert lab.register([("140-DEMO", "wrong")]) == ["140-DEMO"]
    assert lab.register([("999-DEMO", "pw")]) == ["999-DEMO"]
    assert lab.sql("SELECT * FROM ps_contacts WHERE endpoint = '140-DEMO'") == []
    assert lab.register([("140-DEMO", "pw-140-DEMO")]) == []
    assert lab.register([("140-DEMO", "pw-140-DEMO")], "busy") == []  # the same phone, not one more
    [contact] = lab.sql("SELECT * FROM ps_contacts WHERE endpoint = '140-DEMO'")
    assert contact["user_agent"] == "Lab phone"

    assert lab.unregister([("140-DEMO", "pw-140-DEMO")]) == []
    # res_config_sqlite3 would leave the row, and Asterisk would go on calling that address
    assert lab.sql("SELECT * FROM ps_contacts WHERE endpoint = '140-DEMO'") == []

    lab.sql("UPDATE ps_auths SET password = 'other' WHERE id = '140-DEMO'")
    assert lab.register([("140-DEMO", "pw-140-DEMO")]) == ["140-DEMO"]
    for table in ("ps_endpoints", "ps_auths", "ps_aors"):
        lab.sql(f"DELETE FROM {table} WHERE id = '140-DEMO'")
    assert lab.register([("140-DEMO", "other")]) == ["140-DEMO"]


def test_every_endpoint_is_listed(lab):
    # rows full of NULLs: through the bare tables Asterisk lists none of them
    with lab.ami() as manager:
        listed = {item["ObjectName"]: item for item in manager.list("PJSIPShowEndpoints")}
        aors = {item["ObjectName"] for item in manager.list("PJSIPShowAors")}
    assert {"100-DEMO", "104-DEMO"} <= listed.keys() and {"100-DEMO", "104-DEMO"} <= aors
    assert listed["100-DEMO"]["DeviceState"] == "Not in use"


def test_asterisk_is_shown_every_column(lab):
    for table, view, hidden in (
            ("ps_endpoints", "asterisk_endpoints", {"external_media_address", "stir_shaken"}),
            ("ps_aors", "asterisk_aors", set()), ("ps_auths", "asterisk_auths", set()),
            ("ps_registrations", "asterisk_registrations", set()),
            ("ps_endpoint_id_ips", "asterisk_identifies", set())):
        columns, shown = ({row["name"] for row in lab.sql(f"PRAGMA table_info({name})")}
                          for name in (table, view))
        assert columns - shown == hidden, view


def test_a_call_between_two_phones_is_recorded_as_one_row(lab):
    assert call(lab, "101") == ["answered", "hung up"]
    row = last_record(
        lab, "101", disposition="ANSWERED", src="100", dst="101", dcontext="authenticated",
        lastapp="Dial", accountcode="DEMO", tenant="DEMO", userfield="[local]", direction="LOCAL",
        realsrc="100-DEMO", lastdst="101-DEMO", wherelanded="101-DEMO", originateid="")
    assert row["uniqueid"].startswith("srv02-") and row["linkedid"] == row["uniqueid"]
    assert row["channel"].startswith("PJSIP/100-DEMO-")
    assert row["dstchannel"].startswith("PJSIP/101-DEMO-")
    assert row["start"] <= row["answer"] <= row["end"]
    assert len(lab.records("linkedid = ?", row["linkedid"])) == 1


def test_hold_and_cancel(lab):
    assert call(lab, "102", 300, hold_ms=300) == ["answered", "hung up"]
    assert call(lab, "104", cancel_ms=300) == ["cancelled"]
    last_record(lab, "104", disposition="NO ANSWER")


def test_unknown_numbers_and_other_tenants_are_not_found(lab):
    assert call(lab, "555") == ["refused 404"]
    add_extension(lab, 50, "150", "NORTH", 2)
    assert lab.register([("150-NORTH", "pw-150-NORTH")]) == []
    assert call(lab, "150") == ["refused 404"]
    assert call(lab, "100", caller="150-NORTH") == ["refused 404"]


def test_do_not_disturb(lab):
    # the row is what counts, whoever writes it
    lab.sql("UPDATE ex_extensions SET ex_dnd = 'on' WHERE ex_number = '101'")
    try:
        assert call(lab, "101") == ["refused 486"]
    finally:
        lab.sql("UPDATE ex_extensions SET ex_dnd = '' WHERE ex_number = '101'")
    assert call(lab, "101") == ["answered", "hung up"]


def test_a_queue_calls_its_member(lab):
    lab.sql("INSERT INTO qu_queues (qu_id, qu_te_id, qu_name, qu_number, qu_timeout)"
            " VALUES (5, 1, 'Support', '800', '20')")
    lab.sql("INSERT INTO queue (name, strategy, timeout, retry) VALUES ('5', 'ringall', 10, 1)")
    lab.sql("INSERT INTO queue_member (membername, queue_name, interface, state_interface)"
            " VALUES ('101-DEMO', '5', 'Local/AG-000-NF-11@fromotherpbx/n', 'Custom:101-DEMO')")
    talking = lab.call("100-DEMO", "pw-100-DEMO", "800", 1500)
    with lab.ami() as manager:
        def member():
            items = manager.list("QueueStatus", Queue="5")
            return next((item for item in items if item["Event"] == "QueueMember"
                         and item["Status"] == "2"), None)
        assert eventually(member)["Location"] == "Local/AG-000-NF-11@fromotherpbx/n"
    assert talking.result() == ["answered", "hung up"]
    rows = eventually(lambda: lab.records("dst = '800'"))
    assert rows[0]["lastdst"] == "Queue Support"
    events = [row["event"] for row in lab.sql("SELECT event FROM queue_log WHERE queuename = '5'")]
    assert events[:3] == ["ADDMEMBER", "ENTERQUEUE", "CONNECT"]
    # the lamp of the member goes out again, so the next call reaches it
    assert call(lab, "800", 300) == ["answered", "hung up"]


def test_an_unanswered_call_leaves_a_message_with_sound(lab):
    lab.sql("INSERT INTO voicemail (te_id, context, mailbox, password) "
            "VALUES (1, 'DEMO', '104', '1040')")
    made = lab.call("100-DEMO", "pw-100-DEMO", "104", 60000, digits="#")  # no greeting
    inbox = lab.voicemail / "DEMO/104/INBOX"
    eventually(lambda: [file for file in (lab.voicemail / "DEMO/104").rglob("*.wav")
                        if file.stat().st_size > 24000], 30)
    lab.cli("channel request hangup all")
    assert made.result() == ["answered", "ended"]
    message = eventually(lambda: list(inbox.glob("msg*.wav")) if inbox.exists() else None)[0]
    assert loudest(message) > 3000
    assert "callerid=\"User 100\" <100>" in message.with_suffix(".txt").read_text()
    last_record(lab, "104", disposition="ANSWERED", lastdst="Voicemail 104")
    with lab.ami() as manager:
        count = manager.action("MailboxCount", Mailbox="104@DEMO")
    assert count["NewMessages"] == "1"


def test_an_originated_call_is_recorded_under_its_ids(lab):
    reply = lab.originate(
        Channel="PJSIP/100-DEMO", Context="authenticated", Exten="102", Priority="1",
        CallerID="102", Account="DEMO",
        variables={"TENANT": "DEMO", "ORIGINATEID": "15a4cfe6429054", "SETRECORDING": "yes",
                   "SETTIMEOUT": "2"})
    assert reply["Message"] == "Originate successfully queued"
    # SETTIMEOUT ends it
    [row] = eventually(lambda: lab.records("originateid = '15a4cfe6429054'"), 8)
    assert (row["src"], row["dst"], row["realsrc"], row["lastdst"]) == (
        "100", "102", "100-DEMO", "102-DEMO")
    assert row["recordingfile"] == f"DEMO/{row['uniqueid']}.wav"
    recording = lab.recordings / row["recordingfile"]
    assert eventually(recording.exists) and loudest(recording) > 3000


def test_a_recorded_extension(lab):
    lab.sql("UPDATE ex_extensions SET ex_recording = 'yes' WHERE ex_number = '102'")
    try:
        assert call(lab, "102", 800) == ["answered", "hung up"]
    finally:
        lab.sql("UPDATE ex_extensions SET ex_recording = '' WHERE ex_number = '102'")
    row = last_record(lab, "102", disposition="ANSWERED")
    assert loudest(lab.recordings / row["recordingfile"]) > 3000


def test_calls_from_and_to_the_world(lab):
    lab.sql("INSERT INTO di_dids (di_id, di_te_id, di_country, di_area, di_number)"
            " VALUES (1, 1, '39', '02', '5551234')")
    lab.sql("INSERT INTO de_destinations (de_type_src, de_type_id_src, de_type_dst,"
            " de_type_id_dst) VALUES ('DID', 1, 'EXT', 12)")
    assert lab.call_from_outside("393331234567", "39025551234", 300).result()[0] == "answered"
    last_record(lab, "39025551234", userfield="[inbound]", direction="IN",
                dcontext="fromoutside", src="393331234567", realsrc="393331234567",
                lastdst="102-DEMO", tenant="DEMO", accountcode="DEMO")
    assert call(lab, "0390212345", 300)[0] == "answered"
    last_record(lab, "0390212345", userfield="[outbound]", direction="OUT")


def test_the_configuration_is_written_for_one_asterisk(tmp_path):
    configure = Path(__file__).resolve().parents[2] / "asterisk/configure"

    def run(*settings):
        return subprocess.run([configure, tmp_path / "etc", *settings], capture_output=True, text=True)

    for engine, driver, kept in (("sqlite", "sqlite3", True), ("mariadb", "odbc", False)):
        assert run(f"ENGINE={engine}", "SECRET=a&b|c\\d", "DB_PASSWORD=x").returncode == 0
        texts = {file.name: file.read_text() for file in (tmp_path / "etc").iterdir()}
        assert not [name for name, text in texts.items() if re.search("@[A-Z_]+@", text)]
        assert "secret = a&b|c\\d" in texts["manager.conf"]
        assert f"queues => {driver},patchbay,asterisk_queues" in texts["extconfig.conf"]
        assert ("res_config_sqlite3.so" in texts["modules.conf"]) is kept
        assert ("grants.sql" in texts) is not kept
    (tmp_path / "etc/pjsip_local.conf").write_text("; the operator's\n")
    assert run("SECRET=x").returncode == 0
    assert (tmp_path / "etc/pjsip_local.conf").read_text() == "; the operator's\n"
    assert oct((tmp_path / "etc/manager.conf").stat().st_mode)[-3:] == "600"
    for wrong in ((), ("SECRET=x", "NOTHING=1"), ("SECRET=x", "ENGINE=oracle"), ("SECRET=x\ny",)):
        done = run(*wrong)
        assert done.returncode == 2 and done.stderr.startswith("configure: "), wrong
