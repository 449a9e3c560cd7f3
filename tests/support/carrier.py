"""A second Asterisk of the lab that is a provider of SIP trunks: accounts that may register, a number
that answers whoever calls it, and calls from it to whoever is registered."""

from lab import Lab

ACCOUNT = """
[{name}]
type = endpoint
aors = {name}
auth = {name}
context = carrier
disallow = all
allow = alaw,ulaw
direct_media = no
rtp_symmetric = yes
trust_id_inbound = yes
send_pai = yes

[{name}]
type = auth
auth_type = userpass
username = {name}
password = {password}

[{name}]
type = aor
max_contacts = 3
remove_existing = yes

; whoever the call is from: it is this account's by its credentials
[{name}-credentials]
type = identify
endpoint = {name}
match_header = Authorization: /username="{name}"/
"""
ANSWER = """
[carrier]
exten => _[+0-9A-Za-z].,1,UserEvent(Carrier,Number: ${EXTEN},Caller: ${CALLERID(num)},From: ${PJSIP_HEADER(read,From)},Via: ${PJSIP_HEADER(read,Via)},Codecs: ${CHANNEL(audionativeformat)})
 same => n,Answer()
 same => n,Echo()

; calls an account of its own, with headers
[carrier-out]
exten => _[+0-9A-Za-z].,1,Dial(PJSIP/${EXTEN}@${ACCOUNT},30,b(carrier-headers^s^1))
[carrier-headers]
exten => s,1,ExecIf($[${LEN(${DIVERSION})} > 0]?Set(PJSIP_HEADER(add,Diversion)=${DIVERSION}))
 same => n,ExecIf($[${LEN(${XCALLED})} > 0]?Set(PJSIP_HEADER(add,X-Called)=${XCALLED}))
 same => n,ExecIf($[${LEN(${XCALLER})} > 0]?Set(PJSIP_HEADER(add,X-Caller)=${XCALLER}))
 same => n,ExecIf($[${LEN(${RPID})} > 0]?Set(PJSIP_HEADER(add,Remote-Party-ID)=${RPID}))
 same => n,Return()
"""


class Carrier(Lab):
    """`accounts` are {name: password}. Its ports lie between those of the instance whose base is given; it has an
    address of its own, by which the other knows it."""

    address = "127.0.0.3"

    def __init__(self, instance, base, accounts):
        super().__init__(instance, ports=base + 5)
        self.accounts = accounts

    def __enter__(self):
        self.clean().make_store()
        self.up(with_phones=False)
        return self

    def __exit__(self, *_):
        self.down()

    def call(self, account, number, caller="39333777888", **headers):
        """Call a number at an account, with headers of the names that the dialplan above knows."""
        self.originate(Channel=f"Local/{number}@carrier-out/n", Context="carrier", Exten="12345678", Priority="1",
                       CallerID=f'"Out There" <{caller}>',
                       variables={"__ACCOUNT": account} | {f"__{name}": text for name, text in headers.items()})

    def _configure(self):
        super()._configure()
        etc = self.home / "etc"
        with open(etc / "pjsip_local.conf", "a") as file:
            for name, password in self.accounts.items():
                file.write(ACCOUNT.format(name=name, password=password))
        with open(etc / "extensions_local.conf", "a") as file:
            file.write(ANSWER)
