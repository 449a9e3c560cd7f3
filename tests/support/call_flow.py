"""What the tests of call flows share: phones, objects made through openapi.php, and calls that are
looked at while they go on and in their records."""

import array
import base64
import io
import math
import wave

import pytest

from lab import eventually
from pbx_site import Site

PEOPLE = {"100": "answer", "101": "answer", "102": "answer", "103": "busy", "104": "noanswer"}


def fixtures(instance, **sections):
    """The fixtures of a file of tests: `site`, an Asterisk with phones and Patchbay before it, and
    `quiet`, which lets no test leave a call or a complaint of Asterisk's behind."""

    @pytest.fixture(scope="module")
    def site(tmp_path_factory):
        with Site(tmp_path_factory.mktemp("host"), instance, **sections) as made:
            made.ids, made.seen = made.phones(PEOPLE, ex_dialtimeout="30"), 0
            change(made, f"extensions/{made.ids['104']}", ex_dialtimeout="2")
            yield made

    @pytest.fixture(autouse=True)
    def quiet(site):
        # a full queue is what some tests want, and a place of a lot where nobody has parked yet
        def complaints():
            return [line for line in site.lab.complaints() if "Unable to join queue" not in line
                    and "Could not find the requested parking lot" not in line]

        seen = len(complaints())
        yield
        try:
            eventually(site.quiet)
        except AssertionError:
            site.lab.cli("channel request hangup all")
            raise
        said = complaints()[seen:]
        assert said == [], said

    return site, quiet


def make(site, path, key=None, tenant="DEMO", **fields):
    answer = site.openapi("POST", f"/{path}", key=key, tenant=tenant, json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def change(site, path, key=None, tenant="DEMO", **fields):
    answer = site.openapi("PATCH", f"/{path}", key=key, tenant=tenant, json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ext(site, number):
    return f"EXT-{site.ids[number]}"


def talk(site, number, ms=300, source="100", **more):
    return site.lab.call(f"{source}-DEMO", f"secret-{source}", number, ms, **more).result()


def outside(site, number, caller="393331234567", ms=300, **more):
    return site.lab.call_from_outside(caller, number, ms, **more).result()


def records(site, number, **wanted):
    """The leg of the newest call to a number that is as wanted, as the API shows it. A call has a
    leg per party that was tried, and they arrive one by one."""
    legs = []

    def found():
        legs[:] = [leg for leg in site.info("CDRS", format="json", firstdst=number).json()
                   if int(leg["ID"]) > site.seen]
        return [leg for leg in legs if {key: leg[key] for key in wanted} == wanted]

    try:
        leg = eventually(found)[-1]
    except AssertionError:
        raise AssertionError(f"no leg with {wanted} among {legs}") from None
    site.seen = max(int(it["ID"]) for it in legs)
    return leg


def landed(site, number, where, **wanted):
    """A call to the number was answered, and by whom."""
    return records(site, number, lastdst=where, disposition="ANSWERED", **wanted)


def tone(seconds=1):
    """A WAV as Asterisk plays it."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(array.array("h", (int(9000 * math.sin(n / 3)) for n in range(
            int(8000 * seconds)))).tobytes())
    return base64.b64encode(out.getvalue()).decode()


def mediafile(site, name, seconds=1):
    return make(site, "mediafiles", name=name, format="wav", data_base64=tone(seconds))["id"]


def during(site, call, probe):
    """What the probe says while the call of 100 goes on, which ends then."""
    seen = eventually(probe)
    site.proxy("HANGUP", number="100")
    assert call.result() == ["answered", "ended"]
    return seen


def start(site, number, ms, source="100", **more):
    return site.lab.call(f"{source}-DEMO", f"secret-{source}", number, ms, **more)


def connect(site, call):
    """Wait until two phones talk, and end it, so that no time decides who reached whom."""
    channels = eventually(site.talking)
    site.proxy("HANGUP", channel=channels[0]["channel"])
    assert call.result() == ["answered", "ended"]


def reach(site, number, source="100", **more):
    """A call of a phone that somebody answers."""
    connect(site, start(site, number, 30000, source, **more))


def reach_from_outside(site, number, caller="393331234567", **more):
    connect(site, site.lab.call_from_outside(caller, number, 30000, **more))


def speak(site, number, box):
    """A call to a number that leads to a box, once the box has heard a second and a half."""
    call = start(site, number, 60000, digits="#")  # no greeting
    folder = site.lab.voicemail / "DEMO" / box
    eventually(lambda: [file for file in folder.rglob("*.wav") if file.stat().st_size > 24000])
    return call


def leave_message(site, number, box):
    call = speak(site, number, box)
    site.proxy("HANGUP", number="100")
    assert call.result() == ["answered", "ended"]


def listed(site, action, **headers):
    with site.lab.ami() as manager:
        return manager.list(action, **headers)


def channel(site, number):
    [row] = [row for row in site.proxy("CHANNELS", format="json").json()
             if row["channel"].startswith(f"PJSIP/{number}-DEMO-")]
    return row["channel"]


def bridged(site, *numbers):
    """Whether exactly these phones are in calls, and all in one bridge."""
    rows = [row for row in site.proxy("CHANNELS", format="json").json()
            if row["channel"].startswith("PJSIP/")]
    return sorted(row["channel"][6:14] for row in rows) == sorted(
        f"{number}-DEMO" for number in numbers) and len({row["bridgeid"] for row in rows}) == 1 \
        and rows[0]["bridgeid"] != ""


def answered_by(site, number, who):
    """The newest call to a number was answered by that phone, as the rows of calls tell it once all
    legs have been read."""
    eventually(lambda: [it["sc_whoanswered"] for it in site.info(
        "SIMPLECDRS", format="json").json() if it["sc_dialednum"] == number][-1:] == [who])
