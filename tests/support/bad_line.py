"""A line between Patchbay and a manager that fails at the moment a test says."""

import socket
import threading
import time

END = b"\r\n\r\n"


class BadLine:
    """Listens on `port` and hands packets on to the manager at `target`. For each packet towards the
    manager `judge(packet)` says what happens: None it is handed on; "before" the line breaks and the
    packet is lost; "after" the line breaks once the packet is handed on, so that no answer comes; a
    number, the answers wait that many seconds."""

    def __init__(self, target):
        self.judge = lambda packet: None
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
                manager = socket.create_connection(("127.0.0.1", self._target))
            except ConnectionError:  # the manager is away, and so is the line
                client.close()
                continue
            except OSError:
                return
            line = _Line(client, manager, lambda packet: self.judge(packet))
            threading.Thread(target=line.up, daemon=True).start()
            threading.Thread(target=line.down, daemon=True).start()

    def close(self):
        self._listener.close()


class _Line:
    def __init__(self, client, manager, judge):
        self._client, self._manager, self._judge = client, manager, judge
        self._quiet_until = 0
        self._broken, self._over = False, threading.Event()

    def up(self):
        """Patchbay to the manager, packet by packet."""
        held = b""
        try:
            while data := self._client.recv(65536):
                held += data
                while END in held:
                    packet, held = held.split(END, 1)
                    fate = self._judge(packet)
                    self._broken = fate in ("before", "after")
                    if fate and not self._broken:
                        self._quiet_until = time.monotonic() + fate
                    if fate != "before":
                        self._manager.sendall(packet + END)
                    if self._broken:
                        return
        except OSError:
            pass
        finally:
            self._over.set()
            self._hang_up()

    def down(self):
        """The manager to Patchbay, as bytes."""
        try:
            while data := self._manager.recv(65536):
                while (wait := self._quiet_until - time.monotonic()) > 0:
                    time.sleep(min(wait, 0.05))
                if self._broken:  # nothing of an answer may slip through
                    self._over.wait()
                    return
                self._client.sendall(data)
        except OSError:
            pass
        finally:
            self._hang_up()

    def _hang_up(self):
        for end in (self._client, self._manager):
            try:
                end.shutdown(socket.SHUT_WR)  # what was handed on is read
            except OSError:
                pass
        self._client.close()
