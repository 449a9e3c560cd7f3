"""The Debian root that holds Asterisk: made once, by debootstrap, and shared by all instances."""

import contextlib
import fcntl
import os
import shutil
import subprocess
from pathlib import Path


class LabError(Exception):
    """Something the user of the lab can act on; the message says what."""


def default_root():
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "patchbay" / "asterisk22"


# by the engine of the store: the Debian package and the driver in it
ODBC = {"sqlite": ("libsqliteodbc", "libsqlite3odbc.so"), "mariadb": ("odbc-mariadb", "libmaodbc.so")}


def odbc_driver(root, engine="sqlite"):
    return next(root.glob(f"usr/lib/*/odbc/{ODBC[engine][1]}"), None)


def make_root(root, engine="sqlite"):
    """Make the Debian root with Asterisk if there is none, and add what this engine needs in it. Needs to be
    root."""
    if not _is_root(root):
        _bootstrap(root)
    if odbc_driver(root, engine) is None:
        with _locked(root):
            if odbc_driver(root, engine) is None:
                _add(root, ODBC[engine][0])


def _is_root(root):
    return (root / "usr/sbin/asterisk").exists() and not (root / "debootstrap").exists()


@contextlib.contextmanager
def _locked(root):
    """Two labs started at once change a root one after the other."""
    with open(root.with_name(root.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bootstrap(root):
    if root.exists() and any(root.iterdir()) and not (root / "debootstrap").exists():
        raise LabError(f"{root} is not empty and holds no asterisk")
    if not shutil.which("debootstrap"):
        raise LabError("debootstrap is missing: apt-get install debootstrap")
    mirror = os.environ.get("MIRROR", "http://deb.debian.org/debian")
    # made under another name, so that a broken run is never taken for a root
    part = root.with_name(root.name + ".part")
    log = root.with_name(root.name + ".log")
    root.parent.mkdir(parents=True, exist_ok=True)
    with _locked(root):
        if (root / "usr/sbin/asterisk").exists():
            return
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)
        print(f"making {root} by debootstrap, about a minute and 350 MB", flush=True)
        with open(log, "wb") as out:
            done = subprocess.run(["debootstrap", "--variant=minbase",
                                   "--include=asterisk,libsqliteodbc", "sid", part, mirror],
                                  stdout=out, stderr=out)
        if done.returncode != 0:
            raise LabError(f"debootstrap failed, see {log}")
        for package in (part / "var/cache/apt/archives").glob("*.deb"):
            package.unlink()
        part.rename(root)


def _add(root, package):
    """Install a package into a root that was made without it."""
    apt = ["chroot", root, "apt-get", "-q", "-y", "-o", "Acquire::Check-Valid-Until=false"]
    log = root.with_name(root.name + ".log")
    with open(log, "wb") as out:
        for arguments in (["update"], ["install", "--no-install-recommends", package]):
            done = subprocess.run([*apt, *arguments], stdout=out, stderr=out,
                                  env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
            if done.returncode != 0:
                raise LabError(f"{package} could not be added to {root}, see {log}; "
                               f"remove {root} to have it made anew")
