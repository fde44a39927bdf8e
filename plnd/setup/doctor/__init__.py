"""The doctor: checks every step on the way from a browser to a notice on the desktop.

Each check tests the real thing: the files, the lock, the launcher that browsers start, the
processes, and, when it may, a notice on the screen. Checks change nothing. A check whose fault
can safely be repaired carries a function for that, which `mend` calls.
"""

import time
from collections.abc import Callable
from typing import Any

from plnd.errors import PlndError
from plnd.setup import manifests
from plnd.setup.browsers import Browser
from plnd.setup.doctor.check import Ask, Check
from plnd.setup.doctor.daemon import check_clock, check_daemon, check_port, check_time_zone
from plnd.setup.doctor.desktop import check_last_notice, check_notice, check_notifier
from plnd.setup.doctor.extension import check_extensions
from plnd.setup.doctor.home import (
    check_disk,
    check_documents,
    check_home,
    check_leftovers,
    check_stores,
)
from plnd.setup.doctor.registration import check_host, check_launcher, check_manifests
from plnd.system.files import Home
from plnd.words.messages import ENGLISH, Words

__all__ = ["Check", "mend", "run_checks"]


def run_checks(
    home: Home,
    ask: Ask | None,
    *,
    open_stores: Callable[[], list[str]] | None = None,
    left_out: Callable[[], list[dict[str, Any]]] | None = None,
    found: list[Browser] | None = None,
    start: Callable[[], object] | None = None,
    show: bool = True,
    words: Words = ENGLISH,
) -> list[Check]:
    """Run every check, in the order in which an event passes what they check.

    Args:
        ask: asks the running daemon; None when none runs.
        open_stores: opens and closes the stores when no daemon runs; returns the damaged
            files, raises PlndError.
        left_out: returns the documents that are not valid, when no daemon runs.
        found: the browsers to check; those of this user when None.
        start: starts the daemon, for `mend`.
        show: show a test notice; when False, the last notice is checked instead.
        words: the language of the messages; names and commands are the same in all.
    """
    health, daemon = check_daemon(home, ask, words)
    if daemon.fix == "plnd start":
        daemon = daemon._replace(mend=start)
    browsers = manifests.installed_browsers(home) if found is None else found
    working = ask if daemon.status == "ok" else None
    return [
        *check_home(home, words),
        check_disk(home, words),
        check_leftovers(home, words),
        daemon,
        check_port(home, words),
        check_clock(health["now"] if health else time.time_ns() // 1_000_000, words),
        check_time_zone(working, words),
        check_stores(health, open_stores, words),
        *check_documents(home, health, left_out, words),
        *check_manifests(home, browsers, words),
        check_launcher(home, words),
        check_host(home, words, running=working is not None),
        *check_extensions(home, working, words),
        check_notifier(words),
        check_notice(working, words) if show else check_last_notice(working, words),
    ]


def mend(checks: list[Check], words: Words = ENGLISH) -> list[Check]:
    """Repair what can safely be repaired; returns a check for each repair, with its outcome."""
    done = []
    for check in checks:
        if check.mend is None or check.status == "ok":
            continue
        try:
            check.mend()
        except PlndError as error:
            message = words.say("doctor_not_mended", why=error.message)
            done.append(Check(check.name, "fail", message, error.hint))
        else:
            message = words.say("doctor_mended", what=check.message)
            done.append(Check(check.name, "ok", message))
    return done
