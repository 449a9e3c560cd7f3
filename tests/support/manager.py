"""An Asterisk manager as bad as a test wants it: it logs in everybody, and then behaves as told."""

import socket
import threading

LISTS = {
    "CoreShowChannels": "CoreShowChannelsComplete", "BridgeList": "BridgeListComplete",
    "PJSIPShowContacts": "ContactListComplete", "DeviceStateList": "DeviceStateListComplete",
    "ExtensionStateList": "ExtensionStateListComplete", "QueueStatus": "QueueStatusComplete",
    "ParkedCalls": "ParkedCallsComplete", "PJSIPShowRegistrationsOutbound": "OutboundRegistrationDetailComplete",
    "SIPpeers": "PeerlistComplete", "SIPshowregistry": "RegistrationsComplete",
}


class Manager:
    """`behave(action, say)` answers an action (its headers by lower-case name) by calling `say(text)`; what it
    returns true for is answered as a good manager does. It may be changed while the host runs."""

    def __init__(self, ping_seconds=1):
        self._ping_seconds = ping_seconds
        self.behave = lambda action, say: True
        self._asked = {}  # headers of what came in, by action
        self._peers, self._lock = [], threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def section(self):
        """[[pbx]] of a configuration."""
        return [{"node": "fake", "host": "127.0.0.1", "port": self.port, "username": "u", "secret": "s",
                 "ping_seconds": self._ping_seconds}]

    def asked(self, name):
        with self._lock:
            return list(self._asked.get(name, ()))

    def event(self, **headers):
        text = "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        self.raw(text.encode())

    def raw(self, data):
        for peer in list(self._peers):
            try:
                peer.sendall(data)
            except OSError:
                pass

    def hang_up(self):
        for peer in list(self._peers):
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self._listener.close()
        self.hang_up()

    def _accept(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self._peers.append(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            peer.sendall(b"Asterisk Call Manager/11.0.0\r\n")
            lines = {}
            for line in peer.makefile("r", encoding="latin-1", newline="\n"):
                line = line.rstrip("\r\n")
                if line:
                    name, _, value = line.partition(": ")
                    lines.setdefault(name.lower(), value)
                    continue
                action, lines = lines, {}
                with self._lock:
                    self._asked.setdefault(action.get("action"), []).append(action)
                self._act(action, lambda text: peer.sendall(text.encode("latin-1")))
        except OSError:
            pass
        finally:
            self._peers.remove(peer)
            peer.close()

    def _act(self, action, say):
        name, identity = action.get("action", ""), action.get("actionid", "")

        def success(more=""):
            say(f"Response: Success\r\nActionID: {identity}\r\n{more}\r\n")

        if name == "Challenge":
            return success("Challenge: 1\r\n")
        if name == "Login":
            return success() or say("Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n")
        if not self.behave(action, say):
            return None
        if name in LISTS:
            return success("EventList: start\r\n") or say(
                f"Event: {LISTS[name]}\r\nActionID: {identity}\r\nEventList: Complete\r\nListItems: 0\r\n\r\n")
        return success()
