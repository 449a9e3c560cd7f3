"""What calls make of the objects of MikoPBX's API: menus, applications, times and filters are made on the running
host and then called, without a reload of anything."""

import datetime

from call_flow import fixtures, landed, mediafile, reach, reach_from_outside, start
from lab import eventually

site, quiet = fixtures("miko")


def v3(site, method, path, **json):
    answer = site.v3(method, path, json=json or None)
    assert answer.json()["result"] is True, answer.text
    return answer.json()["data"]


def test_a_menu_follows_its_keys_and_is_dialled(site):
    menu = v3(site, "POST", "/ivr-menu", name="Main", extension="610", timeout=2, number_of_repeat=1,
              timeout_extension="102", audio_message_id=str(mediafile(site, "Menu", 0.5)),
              allow_enter_any_internal_extension=True,
              actions=[{"digits": "1", "extension": "101"}, {"digits": "*", "extension": "102"},
                       {"digits": "42", "extension": "101"}])
    v3(site, "POST", "/incoming-routes", number="39021000001", extension="610")
    for keys, where in (("1#", "101"), ("*#", "102"), ("42#", "101"), ("102#", "102"), ("", "102"), ("9#", "102")):
        reach_from_outside(site, "39021000001", digits=keys)
        landed(site, "39021000001", f"{where}-DEMO")
    reach(site, "610", source="102", digits="1#")
    landed(site, "610", "101-DEMO")
    # taken away, the key leads nowhere of its own
    v3(site, "PATCH", f"/ivr-menu/{menu['id']}", actions=[], timeout_extension="101",
       allow_enter_any_internal_extension=False)
    reach_from_outside(site, "39021000001", digits="*#")
    landed(site, "39021000001", "101-DEMO")


def test_an_application_runs_its_steps(site):
    v3(site, "POST", "/dialplan-applications", name="Echo", extension="*991",
       applicationlogic="1,Answer()\nn,Wait(0.1)\nn,Echo()")
    with site.lab.ami() as manager:
        call = start(site, "*991", 60000)
        manager.wait(lambda event: event.get("Application") == "Exec" and event.get("AppData") == "Echo()")
    site.proxy("HANGUP", number="100")
    assert call.result() == ["answered", "ended"]
    v3(site, "POST", "/dialplan-applications", name="On", extension="992",
       applicationlogic="1,Answer()\nn,Playback(beep)\nn,Goto(internal,101,1)")
    reach(site, "992")
    landed(site, "992", "101-DEMO")
    # a forward to it is followed as to any number
    v3(site, "POST", "/incoming-routes", number="39021000002", extension="992")
    reach_from_outside(site, "39021000002")
    landed(site, "39021000002", "101-DEMO")


def test_off_work_calls_go_elsewhere(site):
    now = datetime.datetime.now()
    route = v3(site, "POST", "/incoming-routes", number="39021000003", extension="101")
    v3(site, "POST", "/incoming-routes", number="39021000004", extension="101")

    def asked(number, where):
        reach_from_outside(site, number)
        landed(site, number, f"{where}-DEMO")

    asked("39021000003", "101")
    today = str(now.isoweekday())
    it = v3(site, "POST", "/off-work-times", description="Now", extension="102", weekday_from=today, weekday_to=today,
            date_from=now.strftime("%Y-%m-%d"), incomingRouteIds=[int(route["id"])])
    asked("39021000003", "102")
    asked("39021000004", "101")
    path = f"/off-work-times/{it['id']}"
    v3(site, "PATCH", path, incomingRouteIds=[])
    asked("39021000004", "102")
    for closed in ({"date_from": "2001-01-01", "date_to": "2001-01-02"},
                   {"date_from": "", "date_to": "", "weekday_from": str((now.isoweekday() + 2) % 7 + 1), "weekday_to": "-1"},
                   {"weekday_from": "-1", "weekday_to": "-1", "time_from": (now + datetime.timedelta(hours=3)).strftime("%H:%M"),
                    "time_to": (now + datetime.timedelta(hours=4)).strftime("%H:%M")}):
        v3(site, "PATCH", path, **closed)
        asked("39021000003", "101")
    sound = mediafile(site, "Closed", 0.5)
    v3(site, "PATCH", path, time_from="00:00", time_to="23:59", action="playmessage", audio_message_id=str(sound))
    with site.lab.ami() as manager:
        call = site.lab.call_from_outside("393331234567", "39021000003", 60000)
        manager.wait(lambda event: f"/media/DEMO/{sound})" in event.get("AppData", ""))
    eventually(lambda: not site.proxy("CHANNELS", format="json").json())
    call.result()
    v3(site, "DELETE", path)
    asked("39021000003", "101")
