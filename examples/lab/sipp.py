"""Runs sipp for a phone that registers or calls."""

import fcntl
import subprocess

from root import LabError

# Offsets from the instance's base: as many phones can act, and be there to be called, at once.
# sipp takes its media port, the second after it and one per stream behind those.
CALLERS = range(110, 140)
CALLERS_MEDIA = 760
PHONES = range(140, 170)
PHONES_MEDIA = 520


def credentials(user, password, expiry=0):
    """The line of sipp's CSV for one user."""
    if any(mark in user + password for mark in ";[]\r\n"):
        raise LabError("sipp cannot carry ; [ ] or a line break in a name or password")
    return f"{user};{expiry};[authentication username={user} password={password}]\n"


def command(instance, scenario, csv, address, port, media_port, *more):
    return ["sipp", "-sf", scenario, "-inf", csv, "-i", address, "-p", str(port), "-mi", address,
            "-mp", str(media_port), "-nostdin", *more, f"127.0.0.1:{instance.sip_port}"]


class Sipp:
    """A sipp that plays one scenario to its end; what it logged is its result."""

    def __init__(self, instance, name, scenario, lines, number="-", address="127.0.0.1",
                 port=None):
        self._lock, own_port, media_port = _claim_slot(instance)
        stem = f"{name}.{own_port}"
        scenario_file, csv, self._log = (instance.run / f"{stem}.{end}"
                                         for end in ("xml", "csv", "log"))
        scenario_file.write_text(scenario)
        csv.touch(0o600)
        csv.write_text("SEQUENTIAL\n" + "".join(lines))
        self._log.unlink(missing_ok=True)
        self._errors = open(instance.run / f"{stem}.err", "w+")
        self._process = subprocess.Popen(
            command(instance, scenario_file, csv, address, port or own_port, media_port,
                    "-s", number, "-m", str(len(lines)), "-r", "100",
                    "-trace_logs", "-log_file", self._log),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._errors,
            cwd=instance.run)

    def result(self, timeout=150):
        """Wait for its end and return the lines of its log."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.end()
            raise LabError("the phone did not finish in time") from None
        self._lock.close()
        lines = self._log.read_text().split("\n") if self._log.exists() else []
        lines = [line for line in lines if line]
        self._errors.seek(0)
        errors = self._errors.read()
        self._errors.close()
        if code != 0 and "on an unexpected BYE" in errors:
            return ["answered", "ended"]  # before this phone had said that it talks
        if code != 0 and not lines:
            raise LabError(f"sipp ended with {code}: {errors[-600:].strip()}")
        if code != 0:
            lines.append(f"failed: {errors[-600:].strip()}")
        return lines

    def end(self):
        self._process.kill()
        self._process.wait()
        self._lock.close()
        self._errors.close()


def _claim_slot(instance):
    """Claim one of the ports for phones that act; held while the returned file is open."""
    for slot, offset in enumerate(CALLERS):
        lock = open(instance.run / f"caller.{offset}", "w")  # closed by Sipp.result
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        return lock, instance.base + offset, instance.base + CALLERS_MEDIA + slot * 8
    raise LabError("all phones of the lab are busy")
