"""One plnd at a time per home: a lock, which the kernel frees at the moment of death."""

import filelock

from plnd import client, place
from plnd.errors import Conflict
from plnd.store.files import Home, cannot_write

PATIENCE_SECONDS = 1.0
"""A look at whether the daemon runs holds the lock for an instant: long enough to wait that out."""


class RunsAlready(Conflict):
    """Another plnd has this home."""


def hold(where: Home) -> filelock.BaseFileLock:
    """Take the lock; `release` gives it back.

    A daemon.json that is there now was left by a daemon that was killed. It is removed, as
    others believe it while the lock is held.

    Raises:
        RunsAlready: another plnd has it; the message names its process and address.
        StorageError: the lock cannot be written.
    """
    lock = filelock.FileLock(where.state / "daemon.lock", PATIENCE_SECONDS, mode=0o600)
    try:
        lock.acquire(poll_interval=0.02)
    except filelock.Timeout as error:
        other = client.daemon(place.place())
        who = f"process {other['pid']} at {other['url']}" if other else "it is just starting"
        raise RunsAlready(
            f"plnd runs already for this home: {who}",
            "`plnd stop` ends it; another PLND_HOME gives another plnd",
        ) from error
    except OSError as error:
        raise cannot_write(where.state / "daemon.lock", error) from error
    (where.state / "daemon.json").unlink(missing_ok=True)
    return lock
