"""SIP phones made of sipp: the scenarios they follow.

A scenario is put together here from a few messages, not kept as one XML file per behaviour,
because sipp cannot share messages between files. sipp's habits that shaped it: a message finds
its call by the plain [call_id] only; optional receives share the timeout of the first of them;
[branch-N] is the branch of N steps before, where labels are no steps.
"""

_SDP = """v=0
o=phone 1 {version} IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a={direction}
"""

_ALLOW = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, INFO, UPDATE, REFER, MESSAGE"

# may come to a phone at any time and only want a 200
_SIDE_REQUESTS = ("OPTIONS", "NOTIFY", "MESSAGE", "INFO", "UPDATE")

_REFUSALS = ("403", "404", "408", "410", "480", "484", "486", "487", "488", "500", "503", "603")

BEHAVIOURS = ("answer", "slow", "busy", "decline", "noanswer")


def _sdp(version=1, direction="sendrecv"):
    return _SDP.format(version=version, direction=direction)


def _attributes(values):
    return "".join(f' {key}="{value}"' for key, value in values.items())


class Scenario:
    """One sipp scenario, built step after step."""

    def __init__(self, name):
        self._name = name
        self._lines = []
        self._steps = 0

    def xml(self):
        lines = "\n".join(self._lines)
        return ('<?xml version="1.0" encoding="ISO-8859-1" ?>\n'
                f'<scenario name="{self._name}">\n{lines}\n</scenario>\n')

    def _step(self, text):
        self._lines.append(text)
        self._steps += 1
        return self._steps - 1

    def label(self, number):
        self._lines.append(f'<label id="{number}"/>')

    def send(self, start, headers, body="", body_type="application/sdp", **attributes):
        """Add a message and return its step, which another may name as its branch."""
        lines = [start, *headers]
        lines += [f"Content-Type: {body_type}", "Content-Length: [len]"] if body else [
            "Content-Length: 0"]
        text = "\n".join(lines) + "\n\n" + body
        return self._step(f"<send{_attributes(attributes)}><![CDATA[\n{text}\n]]></send>")

    def receive(self, action="", **attributes):
        inner = f"<action>{action}</action>" if action else ""
        self._step(f"<recv{_attributes(attributes)}>{inner}</recv>")

    def pause(self, ms):
        self._step(f'<pause milliseconds="{ms}"/>')

    def action(self, text="", **attributes):
        inner = f"<action>{text}</action>" if text else ""
        self._step(f"<nop{_attributes(attributes)}>{inner}</nop>")

    def log(self, text, **attributes):
        self.action(f'<log message="{text}"/>', **attributes)

    def rtp(self, what):
        self.action(f'<exec rtp_stream="{what}"/>')

    def side_requests(self, label, **first):
        """Let requests that only want a 200 jump to the label where they get it."""
        for request in _SIDE_REQUESTS:
            self.receive(request=request, optional="true", next=label, **first)
            first = {}


# --- phones that are called ---------------------------------------------------------------------


class _Called(Scenario):
    def reply(self, status, *headers, body="", tagged=False, **attributes):
        tag = f";tag={self._name}[pid]x[call_number]" if tagged else ""
        self.send(f"SIP/2.0 {status}",
                  ["[last_Via:]", "[last_Record-Route:]", "[last_From:]", f"[last_To:]{tag}",
                   "[last_Call-ID:]", *headers, "Contact: <sip:phone@[local_ip]:[local_port]>"],
                  body, **attributes)

    def ok(self, body="", **more):
        self.reply("200 OK", "[last_CSeq:]", _ALLOW, body=body, **more)


def called(behaviour, sound):
    """A phone that does one thing whenever it is called, for any number of users."""
    s = _Called(behaviour)
    s.side_requests(1)
    s.receive(request="BYE", optional="true", next=1)
    s.receive(request="ACK", optional="true", next=99)
    s.receive(request="INVITE", rrs="true")
    if behaviour in ("busy", "decline"):
        status = "486 Busy Here" if behaviour == "busy" else "603 Decline"
        s.reply(status, "[last_CSeq:]", tagged=True, retrans="500")
        s.receive(request="ACK", next=99)
    else:
        _rings(s, behaviour, sound)
    # outside of any call
    s.label(1)
    s.ok(tagged=True, next=99)
    s.label(99)
    s.action()
    return s.xml()


def _rings(s, behaviour, sound):
    s.reply("180 Ringing", "[last_CSeq:]", tagged=True)
    if behaviour == "noanswer":
        s.receive(request="CANCEL", next=8)
    else:
        ring_ms = 3000 if behaviour == "slow" else 300
        s.receive(request="CANCEL", timeout=ring_ms, ontimeout=2, next=8)
    s.label(2)
    s.ok(_sdp(), tagged=True, retrans="500")
    s.receive(request="ACK")
    s.rtp(f"{sound},-1,8")

    # in the call
    s.label(3)
    s.receive(request="INVITE", optional="true", next=5)
    s.side_requests(4)
    s.receive(request="ACK", optional="true", next=3)
    s.receive(request="BYE")
    s.rtp("pause")
    s.ok(next=99)
    s.label(4)
    s.ok(next=3)
    s.label(5)
    s.ok(_sdp(version=2), retrans="500", next=3)

    # given up by the caller while it rang
    s.label(8)
    s.reply("200 OK", "[last_CSeq:]", tagged=True)
    s.reply("487 Request Terminated", "CSeq: [last_cseq_number] INVITE", tagged=True,
            retrans="500")
    s.receive(request="ACK", next=99)


# --- phones that do something -------------------------------------------------------------------
# A line of their CSV: user; seconds to expiry; [authentication ...]


def register(bind=True, wait_ms=0):
    """Logs "registered USER" or "refused USER", and ends after wait_ms. Without a binding it only
    tries the password."""
    s = Scenario("register")
    binding = ["Contact: <sip:[field0]@[local_ip]:[local_port]>", "Expires: [field1]"]

    def register_request(cseq, *headers):
        s.send("REGISTER sip:[remote_ip]:[remote_port] SIP/2.0",
               ["Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
                "From: <sip:[field0]@[remote_ip]>;tag=register[pid]x[call_number]",
                "To: <sip:[field0]@[remote_ip]>",
                "Call-ID: [call_id]",
                f"CSeq: {cseq} REGISTER",
                "Max-Forwards: 70",
                "User-Agent: Lab phone",
                *(binding if bind else []),
                *headers], retrans="500")

    register_request(1)
    s.receive(response="401", auth="true", timeout="5000")
    register_request(2, "[field2]")
    s.receive(response="401", optional="true", next=9, timeout="5000")
    s.receive(response="403", optional="true", next=9)
    s.receive(response="404", optional="true", next=9)
    s.receive(response="200", timeout="5000")
    s.log("registered [field0]", next=99)
    s.label(9)
    s.log("refused [field0]")
    s.label(99)
    s.pause(wait_ms)
    return s.xml()


class _Caller(Scenario):
    def __init__(self):
        super().__init__("call")
        self._cseq = 0
        self._invite = 0  # the step of the last INVITE

    def request(self, method, *headers, in_dialog=True, branch="[branch]", cseq=None, tagged=None,
                **more):
        if cseq is None:
            self._cseq += 1
            cseq = self._cseq
        uri = "[next_url]" if in_dialog else "sip:[service]@[remote_ip]:[remote_port]"
        tagged = in_dialog if tagged is None else tagged
        return self.send(
            f"{method} {uri} SIP/2.0",
            [f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}",
             'From: "[field0]" <sip:[field0]@[remote_ip]>;tag=call[pid]x[call_number]',
             "To: <sip:[service]@[remote_ip]>" + ("[peer_tag_param]" if tagged else ""),
             "Call-ID: [call_id]",
             f"CSeq: {cseq} {method}",
             "Contact: <sip:[field0]@[local_ip]:[local_port]>",
             "Max-Forwards: 70",
             "User-Agent: Lab phone",
             *headers], **more)

    def invite(self, *headers):
        self._invite = self.request("INVITE", _ALLOW, *headers, in_dialog=False, body=_sdp(),
                                    retrans="500")

    def of_invite(self, method, **more):
        """ACK of a refusal, or CANCEL: part of the INVITE's transaction, so of its branch."""
        self.request(method, in_dialog=False, branch=f"[branch-{self._steps - self._invite}]",
                     cseq=self._cseq, **more)

    def acknowledge(self):
        self.request("ACK", cseq=self._cseq)

    def digits(self, digits):
        for digit in digits:
            self.pause(250)
            self.request("INFO", body=f"Signal={digit}\nDuration=160\n",
                         body_type="application/dtmf-relay", retrans="500")
            self.receive(response="200", timeout="5000")

    def hold(self, ms):
        for version, direction in ((2, "sendonly"), (3, "sendrecv")):
            self.request("INVITE", body=_sdp(version, direction), retrans="500")
            self.receive(response="100", optional="true", timeout="5000")
            self.receive(response="200", timeout="5000")
            self.acknowledge()
            if direction == "sendonly":
                self.pause(ms)


def call(sound, talk_ms, *, authenticate=True, digits="", hold_ms=0, cancel_ms=0):
    """Call [service]. Logs "cancelled"; or "refused STATUS"; or "answered", then "ended" when
    the other side hung up before talk_ms were over, "hung up" when this phone did."""
    s = _Caller()
    s.invite()
    if authenticate:
        s.receive(response="100", optional="true", timeout="5000")
        s.receive(response="401", auth="true", timeout="5000")
        s.of_invite("ACK", tagged=True)
        s.invite("[field2]")
    s.receive(response="100", optional="true", timeout="120000")
    if cancel_ms:
        s.receive(response="180", timeout="120000")
        s.pause(cancel_ms)
        s.of_invite("CANCEL")
        s.receive(response="200", timeout="5000")
        s.receive(response="487", timeout="5000")
        s.of_invite("ACK", tagged=True)
        s.log("cancelled")
        return s.xml()
    s.receive(response="180", optional="true")
    s.receive(response="183", optional="true")
    status = '<ereg regexp="[0-9][0-9][0-9]" search_in="msg" assign_to="1"/>'
    for refusal in ("401", *_REFUSALS):
        s.receive(status, response=refusal, optional="true", next=7)
    s.receive(response="200", rrs="true", timeout="120000")
    s.acknowledge()
    s.log("answered")
    s.rtp(f"{sound},-1,8")
    s.digits(digits)
    if hold_ms:
        s.hold(hold_ms)

    # talk until the time is over or the other side hangs up
    s.label(3)
    s.receive(request="INVITE", optional="true", next=5, timeout=talk_ms, ontimeout=6)
    s.side_requests(4)
    s.receive(request="ACK", optional="true", next=3)
    s.receive(response="200", optional="true", next=8)  # sent again, as the ACK was late
    s.receive(request="BYE", timeout=talk_ms, ontimeout=6)
    s.send("SIP/2.0 200 OK", _IN_DIALOG)
    s.log("ended", next=99)
    s.label(8)
    s.acknowledge()
    s.action(next=3)
    s.label(4)
    s.send("SIP/2.0 200 OK", _IN_DIALOG, next=3)
    s.label(5)
    s.send("SIP/2.0 200 OK", [*_IN_DIALOG, _ALLOW], _sdp(version=4), retrans="500", next=3)
    s.label(6)
    s.request("BYE", retrans="500")
    s.receive(response="200", timeout="5000")
    s.log("hung up", next=99)

    s.label(7)
    s.of_invite("ACK", tagged=True)
    s.log("refused [$1]")
    s.label(99)
    s.action()
    return s.xml()


_IN_DIALOG = ("[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]",
              "Contact: <sip:[field0]@[local_ip]:[local_port]>")
