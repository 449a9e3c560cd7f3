"""What ProxyAPI's requests do on a running Asterisk with phones: a fax from end to end, phones that are
restarted, forgotten and sent messages."""

import struct

import pytest

from lab import eventually
from pbx_site import Site


def one_page():
    """A white page as fax machines make it: TIFF of Group 3 rows of 1728 pixels."""
    row = "000000000001" + "010011011" + "00110101"  # end of line, white 1728, white 0
    rows = 1100
    bits = row * rows
    bits += "0" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big")
    entries = [(256, 3, 1728), (257, 3, rows), (258, 3, 1), (259, 3, 3), (262, 3, 0), (266, 3, 1),
               (273, 4, 0), (277, 3, 1), (278, 4, rows), (279, 4, len(data)), (282, 5, 0), (283, 5, 8),
               (292, 4, 0), (296, 3, 2)]
    start = 8 + 2 + 12 * len(entries) + 4
    out = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries))
    for tag, kind, value in entries:
        if kind == 5:
            value += start
        elif tag == 273:
            value = start + 16
        field = struct.pack("<HH", value, 0) if kind == 3 else struct.pack("<I", value)
        out += struct.pack("<HHI", tag, kind, 1) + field
    return out + struct.pack("<I", 0) + struct.pack("<IIII", 204, 1, 98, 1) + data


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("host"), "proxywork") as site:
        site.phone("100")
        yield site


def make(site, path, **fields):
    answer = site.openapi("POST", f"/{path}", json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def fax_of(site, ident):
    return site.info("fax", id=ident, format="json").json()


def test_a_fax_is_sent_and_received(site):
    vip = make(site, "featurecodes", code="*55")
    did = make(site, "dids", number="390299", di_fax="on", destinations={"DID-FAXSUCCESS": ["EXT-1"]})
    assert site.openapi("PATCH", f"/featurecodes/{vip['id']}",
                        json={"destinations": {"FEATURE": [f"DID-{did['id']}"]}}).status_code == 200
    answer = site.host.post("/mirtapbx/proxyapi.php", params={
        "key": site.key, "tenant": "DEMO", "reqtype": "FAX", "action": "send", "source_number": "100",
        "dest_number": "*55"}, files={"filename": ("fax.tif", one_page(), "image/tiff")})
    assert answer.text.startswith("Success|Fax queued|"), answer.text
    ident = answer.text.split("|")[2]
    done = eventually(lambda: fax_of(site, ident)["status"] not in ("QUEUED", "SENDING")
                      and fax_of(site, ident), 120)
    assert done["status"] == "SENT", done
    assert done["pagestransferred"] == "1"
    rows = site.proxy("FAX", action="list", direction="IN", format="json").json()
    assert [row["Status"] for row in rows] == ["RECEIVED"], rows
    received = site.proxy("FAX", action="download", id=rows[0]["ID"])
    assert received.content[:4] in (b"II*\0", b"MM\0*")
    assert received.headers["Content-Type"] == "image/tiff"
    eventually(site.quiet)


def test_campaigns_and_faxes_go_by_a_routing_profile_of_their_own(site):
    trunk = {"key": site.global_key, "tenant": None}

    def made(path, **fields):
        answer = site.openapi("POST", f"/{path}", **trunk, json=fields)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    profiles = {}
    for name in ("camp", "fax", "didfax"):
        provider = made("providers", name=name, peername=name, tech="PJSIP", host=f"127.0.0.2:{site.lab.provider_port}")
        profiles[name] = made("routingprofiles", name=name)
        site.lab.sql("INSERT INTO dl_dialingrules (dl_rp_id, dl_name, dl_regex, dl_pr_id) VALUES (?, 'All', '.', ?)",
                     profiles[name], provider)
    [tenant] = site.lab.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")
    assert site.openapi("PATCH", f"/tenants/{tenant['te_id']}", **trunk, json={
        "campaign_routing_profile_id": profiles["camp"], "fax_routing_profile_id": profiles["fax"]}).status_code == 200
    make(site, "dids", number="390277", di_fax="on", di_fax_rp_id=profiles["didfax"])

    def asked(number, peer):
        return lambda event: event.get("Application") == "Dial" and event["AppData"].startswith(f"PJSIP/{number}@{peer},")

    with site.lab.ami() as manager:
        for source, number, peer in (("100", "0299999901", "fax"), ("390277", "0299999902", "didfax")):
            answer = site.host.post("/mirtapbx/proxyapi.php", params={
                "key": site.key, "tenant": "DEMO", "reqtype": "FAX", "action": "send", "source_number": source,
                "dest_number": number}, files={"filename": ("fax.tif", one_page(), "image/tiff")})
            assert answer.text.startswith("Success|Fax queued|"), answer.text
            manager.wait(asked(number, peer))
        campaign = make(site, "campaigns", name="Profiled")["id"]
        assert site.proxy("CAMPAIGN", campaign=campaign, action="addnumber", number="0299999903").text == "OK"
        assert site.proxy("CAMPAIGN", campaign=campaign, action="start").text == "OK"
        manager.wait(asked("0299999903", "camp"))
    assert site.proxy("CAMPAIGN", campaign=campaign, action="stop").text == "OK"
    site.lab.cli("channel request hangup all")
    eventually(site.quiet)


def test_a_pdf_that_cannot_be_made_pages_of_fails_in_words(site):
    answer = site.host.post("/mirtapbx/proxyapi.php", params={
        "key": site.key, "tenant": "DEMO", "reqtype": "FAX", "action": "send", "source_number": "100",
        "dest_number": "*55"}, files={"filename": ("fax.pdf", b"%PDF-1.4 not really", "application/pdf")})
    ident = answer.text.split("|")[2]
    done = eventually(lambda: fax_of(site, ident)["status"] == "FAILED" and fax_of(site, ident), 60)
    assert "Ghostscript" in done["error"]


def test_a_phone_is_told_to_restart_and_gets_messages(site):
    assert site.proxy("REBOOT", peer="100").text == "Success|NOTIFY sent|"
    assert site.proxy("REBOOT", peer="999").text == "Error|Peer not found|"
    ident = site.proxy("SMS", source="101", dest="100", message="Lunch?").text.split("|")[2]
    state = eventually(lambda: (rows := site.info("sms", id=ident, format="json").json())[0]["status"] not in
                       ("QUEUED", "SENDING") and rows[0], 20)
    assert state["status"] == "SENT", state


def test_a_phone_is_forgotten(site):
    assert "|Registered|" in site.info("regstate", ext="100").text
    assert site.proxy("UNREGISTER", peer="100-DEMO").text == "Success|Peer unregistered|"
    eventually(lambda: "|Unregistered|" in site.info("regstate", ext="100").text)
    assert "100-DEMO" not in str(site.lab.cli("pjsip show contacts"))
    assert site.proxy("UNREGISTER", peer="100").text == "Error|Peer not registered|"


def test_a_campaign_calls_its_numbers_once(site):
    ids = site.phones({"110": "answer", "111": "busy", "112": "answer"})
    campaign = make(site, "campaigns", name="Spring", ca_maxchannels=2, callerid="0611",
                    ca_dialtimeout="20", destinations={"CAMPAIGN-ONCONNECT": [f"EXT-{ids['112']}"]})["id"]
    for number in ("110", "111"):
        assert site.proxy("CAMPAIGN", campaign=campaign, action="addnumber", number=number).text == "OK"
    assert site.proxy("CAMPAIGN", campaign=campaign, action="start").text == "OK"

    def numbers():
        return {row["cn_number"]: row for row in
                site.proxy("CAMPAIGN", campaign=campaign, action="listnumbers", format="json").json()}
    # who answered talks to 112; the host starts anew meanwhile
    eventually(lambda: len([name for name in site.lab.channels() if "112-DEMO" in str(name)]) == 1, 60)
    site.host.stop()
    site.host.start()
    eventually(lambda: site.node()["state"] == "up", 10)
    site.lab.cli("channel request hangup all")
    eventually(lambda: all(row["cn_disposition"] not in (None, "DIALING") for row in numbers().values()), 120)
    rows = numbers()
    assert rows["110"]["cn_disposition"] == "ANSWERED" and rows["110"]["cn_attempts"] == "1", rows
    assert rows["111"]["cn_disposition"] == "BUSY" and rows["111"]["cn_attempts"] == "1", rows
    assert site.proxy("CAMPAIGN", campaign=campaign, action="stop").text == "OK"


LABELS = ["Name", "Type", "UniqueID", "LinkedID", "Caller ID", "Caller ID Name", "Connected Line ID",
          "Connected Line ID Name", "Eff. Connected Line ID", "Eff. Connected Line ID Name", "DNID Digits", "Language",
          "State", "NativeFormats", "WriteFormat", "ReadFormat", "WriteTranscode", "ReadTranscode", "Time to Hangup",
          "Elapsed Time", "Bridge ID", "Context", "Extension", "Priority", "Call Group", "Pickup Group", "Application",
          "Data", "Call Identifier"]


def test_a_channel_is_told_whole(site):
    site.phone("120")
    call = site.call("120", "600", 3000)
    name = eventually(lambda: next((row["channel"] for row in site.proxy("CHANNELS", format="json").json()
                                    if row["channel"].startswith("PJSIP/120-DEMO")), None))
    pairs = eventually(lambda: site.proxy("CHANNEL", channel=name, format="json").json())
    told = [label for label, _ in pairs]
    assert [label for label in LABELS if label not in told] == [], told
    assert dict(pairs)["TENANT"] == "DEMO"
    call.result()
