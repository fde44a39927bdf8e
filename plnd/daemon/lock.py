"""One plnd at a time per home: a lock, which the kernel frees at the moment of death."""

import time

import filelock

from plnd import client
from plnd.errors import Conflict, StorageError
from plnd.system import paths, regular_files
from plnd.system.files import Home, cannot_write, make_way

LOOK_SECONDS = 1.0
"""A look at whether the daemon runs holds the lock for an instant: long enough to wait that out."""
PATIENCE_SECONDS = 10.0
"""A command that reads or changes the stores without a daemon has it for as long as that takes."""


class AlreadyRunning(Conflict):
    """Another plnd has this home."""


def take(where: Home) -> filelock.BaseFileLock:
    """Take the lock; `release` gives it back.

    A daemon.json that is there now was left by a daemon that was killed. It is removed, as
    others believe it while the lock is held.

    Raises:
        AlreadyRunning: another plnd has it; the message names its process and address.
        StorageError: the lock cannot be written.
    """
    path = where.state / "daemon.lock"
    if odd := regular_files.stands_in(path):
        raise StorageError(f"cannot use {path}: it is {odd}, not a file", "move it away")
    lock = filelock.FileLock(path, LOOK_SECONDS, mode=0o600)
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
        make_way(where.state / "daemon.json")
        (where.state / "daemon.json").unlink(missing_ok=True)
    except BaseException:
        lock.release()
        raise
    return lock
