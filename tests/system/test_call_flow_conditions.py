"""All types of condition, asked by calls of phones and from outside."""

import datetime
import itertools

import pytest

from call_flow import change, ext, fixtures, landed, make, reach, reach_from_outside, start, talk
from lab import eventually

site, quiet = fixtures("conditions")
_numbers = itertools.count(100)


class Question:
    """A condition, and a number that leads to it: 101 for yes, 102 for no."""

    def __init__(self, site, kind, *parameters, tenant="DEMO", **more):
        fields = {f"co_param{n}": str(value) for n, value in enumerate(parameters, 1)}
        self.site, self.feature = site, f"*6{next(_numbers)}"
        self.id = make(site, "conditions", name=kind, type=kind, condition=[ext(site, "101")],
                       notcondition=[ext(site, "102")], **fields, **more)["id"]
        make(site, "featurecodes", code=self.feature, destinations={"FEATURE": [f"CONDITION-{self.id}"]})

    def is_(self, answer, **more):
        reach(self.site, self.feature, **more)
        landed(self.site, self.feature, {True: "101-DEMO", False: "102-DEMO"}.get(answer, answer))

    def set(self, *parameters):
        change(self.site, f"conditions/{self.id}",
               **{f"co_param{n}": str(value) for n, value in enumerate(parameters, 1)})


def day(offset=0):
    return (datetime.date.today() + datetime.timedelta(offset)).isoformat()


def today():
    return datetime.date.today().isoweekday()


@pytest.mark.parametrize("kind, yes, no", [
    ("HOURS", ["00:00", "23:59"], None),
    ("WEEKDAY", [today()], [today() % 7 + 1]),
    ("DAYOFMONTH", ["1-31"], None),
    ("DATEEXACT", [day()], [day(1)]),
    ("DATELESSER", [day(1)], [day()]),
    ("DATEGREATER", [day(-1)], [day()]),
    ("DATEBETWEEN", [day(-1), day(1)], [day(1), day(2)]),
    ("SIMPLECALLERID", ["^10"], ["^9"]),
    ("SIMPLECALLERIDNAME", ["100"], ["nobody"]),
    ("SYSTEMVARIABLEVALUE", ["TENANT", "DEMO"], ["TENANT", "NORTH"]),
    ("SPECIFICCHANNELRUNNING", ["100"], ["104"]),
    ("TENANTCHANNELSANY", [0], [1]),
    ("CUSTOMGROUPCHANNELS", None, ["sales", 0]),
    ("SMSMESSAGE", None, ["."]),
    ("SIPHEADER", ["From", "100-DEMO"], ["X-Nothing", "."]),
    ("CALLERALREADYCALLEDIN", None, [60]),
    ("CALLEDOUT", None, [60]),
])
def test_what_a_call_is_asked(site, kind, yes, no):
    question = Question(site, kind, *(yes or no))
    question.is_(yes is not None)
    if yes and no:
        question.set(*no)
        question.is_(False)


def test_a_week_and_a_calendar(site):
    week = Question(site, "WEEKTIME")
    for rows, answer in (([], False), ([{"param1": "1-7", "param2": "00:00", "param3": "23:59"}], True)):
        change(site, f"conditions/{week.id}", extended_infos=rows)
        week.is_(answer)
    calendar = Question(site, "CALENDAR")
    for rows, answer in (
            ([{"param1": day(1), "param2": day(2)}], False), ([{"param1": day(-1), "param2": day(1)}], True),
            ([{"param1": day()}], True),
            ([{"param1": day(), "param2": day(), "param3": "00:00", "param4": "00:00"}], False)):
        if answer or datetime.datetime.now().strftime("%H:%M") != "00:00":
            change(site, f"conditions/{calendar.id}", extended_infos=rows)
            calendar.is_(answer)
    many = Question(site, "MULTIPLEDESTINATIONOVERWEEKTIME", condition2=[ext(site, "104")],
                    condition3=["SPECIAL-2"])
    change(site, f"conditions/{many.id}", extended_infos=[
        {"param1": str(today() % 7 + 1), "param2": "00:00", "param3": "23:59", "param4": "2"},
        {"param1": f"{today()}", "param2": "00:00", "param3": "23:59", "param4": "3"}])
    assert talk(site, many.feature) == ["refused 486"]
    change(site, f"conditions/{many.id}", extended_infos=[])
    many.is_(False)


def test_states_of_extensions_and_agents(site):
    # 104 rings for somebody
    ids = site.ids
    one = Question(site, "EXTENSIONSTATUS", ids["104"], "RINGING,INUSE")
    some = Question(site, "MULTIPLEEXTENSIONSSTATUS", f"{ids['103']},{ids['104']}", "RINGING")
    every = Question(site, "MULTIPLEEXTENSIONSSTATUS", f"{ids['103']},{ids['104']}", "RINGING", "all")
    idle = Question(site, "MULTIPLEEXTENSIONSSTATUS", f"{ids['102']},{ids['104']}", "NOT_INUSE", "all")
    for question, answer in ((one, False), (some, False), (every, False), (idle, True)):
        question.is_(answer)
    change(site, f"extensions/{ids['104']}", ex_dialtimeout="60")
    call = start(site, "104", 60000, source="103")
    with site.lab.ami() as manager:
        eventually(lambda: manager.action("Getvar", Variable="DEVICE_STATE(PJSIP/104-DEMO)")["Value"] == "RINGING")
    for question, answer in ((one, True), (some, True), (every, False), (idle, False)):
        call_100 = start(site, question.feature, 60000)
        who = "101" if answer else "102"
        eventually(lambda: [row for row in site.proxy("CHANNELS", format="json").json()
                            if row["channel"].startswith(f"PJSIP/{who}-DEMO") and row["bridgeid"]])
        site.proxy("HANGUP", number=who)
        assert call_100.result()[0] == "answered"
    site.proxy("HANGUP", number="103")
    call.result()
    change(site, f"extensions/{ids['104']}", ex_dialtimeout="2")

    queue = make(site, "queues", name="Agents", number="820")
    other = make(site, "queues", name="Others", number="821")
    logged = Question(site, "AGENTLOGGEDIN", ids["104"], queue["id"])
    anywhere = Question(site, "AGENTLOGGEDIN", ids["104"])
    paused = Question(site, "AGENTPAUSED", ids["104"], queue["id"])
    for question in (logged, anywhere, paused):
        question.is_(False)
    change(site, f"queues/{other['id']}", members=[{"extension_id": ids["104"], "paused": 1}])
    for question, answer in ((logged, False), (anywhere, True), (paused, False)):
        question.is_(answer)
    change(site, f"queues/{queue['id']}", members=[{"extension_id": ids["104"], "paused": 1}])
    for question in (logged, paused):
        question.is_(True)
    waiting = Question(site, "QUEUECALLERSMORETHAN", queue["id"], 0)
    waiting.is_(False)
    call = start(site, "820", 60000, source="103")
    eventually(lambda: "has 1 calls" in site.lab.cli(f"queue show {queue['id']}")[1])
    call_100 = start(site, waiting.feature, 60000)
    eventually(lambda: [row for row in site.proxy("CHANNELS", format="json").json()
                        if row["channel"].startswith("PJSIP/101-DEMO") and row["bridgeid"]])
    for number in ("101", "103"):
        site.proxy("HANGUP", number=number)
    assert call_100.result()[0] == call.result()[0] == "answered"


def test_variables(site):
    own = Question(site, "VARIABLEVALUE", "COLOUR", "red")
    many = Question(site, "MULTIPLEVARIABLEVALUES", "COLOUR", "blue", "red", condition2=["SPECIAL-2"])
    own.is_(False)
    many.is_(False)
    [kind] = site.lab.sql("SELECT ct_id FROM ct_customtypes WHERE ct_code = 'SETVARIABLE'")
    red = make(site, "customdestinations", name="Red", type_id=kind["ct_id"], cu_param1="COLOUR", cu_param2="red")
    make(site, "featurecodes", code="*700", destinations={
        "FEATURE": [f"CUSTOM-{red['id']}", f"CONDITION-{own.id}"]})
    make(site, "featurecodes", code="*701", destinations={
        "FEATURE": [f"CUSTOM-{red['id']}", f"CONDITION-{many.id}"]})
    reach(site, "*700")
    landed(site, "*700", "101-DEMO")
    assert talk(site, "*701") == ["refused 486"]
    # a group of the tenant's own
    group = make(site, "customdestinations", name="Group", type_id=kind["ct_id"], cu_param1="CHANNELGROUP",
                 cu_param2="sales")
    counted = Question(site, "CUSTOMGROUPCHANNELS", "sales", 0)
    make(site, "featurecodes", code="*702", destinations={
        "FEATURE": [f"CUSTOM-{group['id']}", f"CONDITION-{counted.id}"]})
    reach(site, "*702")
    landed(site, "*702", "101-DEMO")
    counted.is_(False)


def test_calls_from_outside(site):
    number = "39020000201"
    row = make(site, "dids", number=number, destination=[ext(site, "101")])
    inbound = Question(site, "DIDINBOUNDCHANNELS", row["id"], 0)
    external = Question(site, "TENANTCHANNELSEXTERNAL", 0)
    again = Question(site, "CALLERALREADYCALLEDIN", 60)
    out = Question(site, "CALLEDOUT", 60)
    book = make(site, "phonebooks", name="Known")
    known = Question(site, "CALLERIDINPHONEBOOK", book["id"])
    for question in (inbound, external):
        question.is_(False)

    def comes(question, caller, answer):
        change(site, f"dids/{row['id']}", destination=[f"CONDITION-{question.id}"])
        reach_from_outside(site, number, caller=caller)
        landed(site, number, "101-DEMO" if answer else "102-DEMO")

    comes(inbound, "0611111111", True)
    comes(external, "0611111111", True)
    comes(again, "0622222222", False)
    eventually(lambda: site.lab.sql("SELECT 1 FROM sc_simplecdr WHERE sc_calleridnum = '0622222222'"))
    comes(again, "0622222222", True)
    comes(out, "0299999999", False)
    reach(site, "0299999999")
    eventually(lambda: site.lab.sql("SELECT 1 FROM sc_simplecdr WHERE sc_dialednum = '0299999999'"))
    comes(out, "0299999999", True)
    comes(known, "0633333333", False)
    make(site, "phonebookentries", phonebook_id=book["id"], values={"NAME": "Ann", "PHONE2": "0633333333"})
    comes(known, "0633333333", True)


def test_conditions_of_conditions(site):
    yes = make(site, "conditions", name="Yes", type="SIMPLECALLERID", co_param1=".")["id"]
    no = make(site, "conditions", name="No", type="SIMPLECALLERID", co_param1="^9")["id"]
    for kind, ids, answer in (
            ("ALLCONDITIONS", f"{yes},{yes}", True), ("ALLCONDITIONS", f"{yes},{no}", False),
            ("ANYCONDITIONS", f"{no},{yes}", True), ("ANYCONDITIONS", f"{no},{no}", False),
            ("NEGATE", no, True), ("NEGATE", yes, False), ("GLOBALCONDITION", yes, False)):
        Question(site, kind, ids).is_(answer)
    site.lab.sql("UPDATE co_conditions SET co_te_id = 0 WHERE co_id = ?", yes)
    Question(site, "GLOBALCONDITION", yes).is_(True)
    # another tenant's is never yes, and a circle ends
    site.lab.sql("UPDATE co_conditions SET co_te_id = 2 WHERE co_id = ?", yes)
    Question(site, "ANYCONDITIONS", yes).is_(False)
    circle = Question(site, "ANYCONDITIONS", "0")
    circle.set(circle.id)
    circle.is_(False)


def test_questions_to_the_caller(site):
    pin = Question(site, "AUTHENTICATE", "4711")
    pin.is_(True, digits="4711#")
    random = Question(site, "RANDOMPINSCREENING", 3)
    call = start(site, random.feature, 60000)
    with site.lab.ami() as manager:
        said = manager.wait(lambda event: event.get("Application") == "SayDigits")["AppData"]
        assert len(said) == 3 and said.isdigit()
        manager.wait(lambda event: event.get("Application") == "Read")
        [name] = [it for it in site.lab.channels() if it.startswith("PJSIP/100-DEMO")]
        for digit in said:
            manager.action("PlayDTMF", Channel=name, Digit=digit, Receive="true")
    eventually(site.talking)
    site.proxy("HANGUP", number="100")
    assert call.result()[0] == "answered"
    landed(site, random.feature, "101-DEMO")
    # a tone is no machine that speaks
    machine = Question(site, "AMD")
    reach(site, machine.feature)
    script = site.lab.root / "usr/share/asterisk/agi-bin/patchbay-condition"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text('#!/bin/sh\nwhile read -r line && [ -n "$line" ]; do :; done\n'
                      'printf \'SET VARIABLE CONDITIONRESULT "%s"\\n\' "$1"\nread -r answer\n')
    script.chmod(0o755)
    for word, answer in (("yes", True), ("no", False)):
        Question(site, "AGISCRIPT", "patchbay-condition", word).is_(answer)
    script.unlink()


def test_a_word_that_is_no_type_is_refused(site):
    answer = site.openapi("POST", "/conditions", json={"name": "Odd", "type": "NONSENSE"})
    assert answer.status_code == 400 and answer.json()["error"]["field"] == "type", answer.text
