"""The few words of Asterisk's Manager Interface that the lab itself needs.

A blocking client for scripts and tests: one action at a time, events kept until asked for.
"""

import itertools
import os
import socket
import time

# An OriginateResponse bears its action's id and is told to every connection: no two actions of a process share one.
_serials = itertools.count(1)


class AmiError(Exception):
    pass


class Ami:
    def __init__(self, port, username, secret, host="127.0.0.1", timeout=10):
        self.events = []
        self._buffer = b""
        self._socket = socket.create_connection((host, port), timeout)
        self._line()  # the banner
        try:
            reply = self.action("Login", Username=username, Secret=secret)
            if reply.get("Response") != "Success":
                raise AmiError(reply.get("Message", "login failed"))
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._socket.close()

    def action(self, name, *, variables=None, **headers):
        """Send one action and return its response; the events seen meanwhile stay in events."""
        action_id = f"lab-{os.getpid()}-{next(_serials)}"
        lines = [f"Action: {name}", f"ActionID: {action_id}"]
        lines += [f"{key}: {value}" for key, value in headers.items()]
        lines += [f"Variable: {key}={value}" for key, value in (variables or {}).items()]
        if any("\r" in line or "\n" in line for line in lines):
            raise AmiError("a line break in a header")
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while True:
            packet = self._packet()
            if "Response" in packet and "Event" not in packet and packet.get("ActionID") == action_id:
                return packet
            self.events.append(packet)

    def list(self, name, **headers):
        """Run a list action and return its items."""
        reply = self.action(name, **headers)
        if reply.get("Response") != "Success":
            raise AmiError(reply.get("Message", "refused"))
        if reply.get("EventList") != "start":
            return []  # some actions do not begin a list that would be empty
        action_id = reply["ActionID"]
        items = []
        while True:
            packet = self.wait(lambda event: event.get("ActionID") == action_id)
            if packet.get("EventList") == "Complete":
                return items
            items.append(packet)

    def command(self, line):
        """Run a CLI command and return (worked, text)."""
        reply = self.action("Command", Command=line)
        return reply.get("Response") == "Success", reply.get("Output", "")

    def wait(self, wanted, timeout=60):
        """Return the first event, kept or coming, for which wanted(event) is true."""
        deadline = time.monotonic() + timeout
        for index, event in enumerate(self.events):
            if wanted(event):
                return self.events.pop(index)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no such event")
            self._socket.settimeout(left)
            event = self._packet()
            if wanted(event):
                return event
            self.events.append(event)

    def _packet(self):
        packet = {}
        while True:
            line = self._line()
            if line:
                key, _, value = line.partition(":")
                value = value.removeprefix(" ")
                # Output comes once per line of a command's text
                packet[key] = f"{packet[key]}\n{value}" if key in packet else value
            elif packet:
                return packet

    def _line(self):
        while b"\n" not in self._buffer:
            data = self._socket.recv(65536)
            if not data:
                raise AmiError("Asterisk closed the connection")
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r").decode(errors="replace")
