"""The lock of a home: one process at a time opens its stores."""

import time

import filelock

from plnd import client
from plnd.errors import Conflict, StorageError
from plnd.system import paths, regular_files
from plnd.system.files import Home, cannot_write, set_aside_folder

PROBE_SECONDS = 1.0
"""`client.lock_is_held` holds the lock for an instant; this is time enough for it to end."""
PATIENCE_SECONDS = 10.0
"""How long to wait for a command that uses the stores without a daemon."""


class AlreadyRunning(Conflict):
    """Another process of plnd uses this home."""


def take(where: Home) -> filelock.BaseFileLock:
    """Take the lock; `release` on the result gives it back.

    A daemon.json that exists now was left by a daemon that was killed. It is removed, because
    other processes trust it while the lock is held.

    Raises:
        AlreadyRunning: another process has it; the message names the daemon and its address.
        StorageError: the lock file cannot be written.
    """
    path = where.state / "daemon.lock"
    if odd := regular_files.obstacle(path):
        raise StorageError(f"cannot use {path}: it is {odd}, not a file", "move it away")
    lock = filelock.FileLock(path, PROBE_SECONDS, mode=0o600)
    end = time.monotonic() + PATIENCE_SECONDS
    while not lock.is_locked:
        try:
            lock.acquire(poll_interval=0.02)
        except filelock.Timeout as error:
            if other := client.daemon(paths.place()):
                raise AlreadyRunning(
                    f"plnd runs already for this home: process {other['pid']} at {other['url']}",
                    "`plnd stop` ends it; another PLND_HOME gives another plnd",
                ) from error
            if time.monotonic() >= end:
                raise AlreadyRunning(
                    "another plnd command is at work on this home",
                    "wait for it to end, and try again",
                ) from error
        except OSError as error:
            raise cannot_write(path, error) from error
    try:
        set_aside_folder(where.state / "daemon.json")
        (where.state / "daemon.json").unlink(missing_ok=True)
    except BaseException:
        lock.release()
        raise
    return lock
