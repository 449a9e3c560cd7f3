"""Runs sipp for a phone that registers or calls."""

import fcntl
import subprocess

from root import LabError

# offsets from the instance's base; as many phones can act at once
CALLER_PORTS = range(110, 150)


class Sipp:
    """A sipp that plays one scenario; what it logged is its result."""

    def __init__(self, instance, name, scenario, rows, number="-", address="127.0.0.1"):
        if any(mark in str(field) for row in rows for field in row for mark in ";[]\r\n"):
            raise LabError("sipp cannot carry ; [ ] or a line break in a name or password")
        self._lock, port, media_port = _claim_slot(instance)
        stem = instance.run / f"{name}.{port}"
        scenario_file, csv, self._log = (stem.with_suffix(f"{stem.suffix}.{end}")
                                         for end in ("xml", "csv", "log"))
        scenario_file.write_text(scenario)
        csv.write_text("SEQUENTIAL\n" + "".join(
            f"{user};{contact};{expiry};[authentication username={user} password={password}]\n"
            for user, contact, expiry, password in rows))
        csv.chmod(0o600)
        self._log.unlink(missing_ok=True)
        self._errors = open(stem.with_suffix(f"{stem.suffix}.err"), "w+")
        self._process = subprocess.Popen(
            ["sipp", "-sf", scenario_file, "-inf", csv, "-s", number, "-i", address, "-p",
             str(port), "-mi", address, "-mp", str(media_port), "-m", str(len(rows)), "-r", "100",
             "-nostdin", "-trace_logs", "-log_file", self._log,
             f"127.0.0.1:{instance.sip_port}"],
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
        if code != 0 and not lines:
            raise LabError(f"sipp ended with {code}: {errors[-600:].strip()}")
        return lines

    def end(self):
        self._process.kill()
        self._process.wait()
        self._lock.close()
        self._errors.close()


def _claim_slot(instance):
    """Claim one of the ports for phones that act; held while the returned file is open."""
    for slot, offset in enumerate(CALLER_PORTS):
        lock = open(instance.run / f"caller.{offset}", "w")  # closed by Sipp.result
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        # sipp takes the media port, the second after it and one per stream behind those
        return lock, instance.base + offset, instance.base + 680 + slot * 8
    raise LabError("all phones of the lab are busy")
