"""What stands between a browser and a notice on the desktop, checked link by link.

Each check looks at the real thing: the files, the lock, the launcher that browsers
start, the processes, a notice that is really shown, if one may be. To look changes nothing;
what can safely be mended carries the way to do it, which `mend` goes.
"""

import time
from collections.abc import Callable
from typing import Any

from plnd.errors import PlndError
from plnd.setup import manifests
from plnd.setup.browsers import Browser
from plnd.setup.doctor.check import Ask, Check
from plnd.setup.doctor.daemon import check_clock, check_daemon, check_port, check_time_zone
from plnd.setup.doctor.desktop import check_notice, check_notifier, check_told
from plnd.setup.doctor.extension import check_heard
from plnd.setup.doctor.home import (
    check_disk,
    check_documents,
    check_home,
    check_left_over,
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
    """Check every link, in the order in which an event goes through them.

    Args:
        ask: asks the running daemon; None when none runs.
        open_stores: opens and closes the stores while no daemon has them; gives the damaged
            files, raises PlndError.
        left_out: looks into them then, for the documents that cannot be used.
        found: the browsers to look at; those of this user when None.
        start: starts the daemon, to mend that it does not run.
        show: show a trial notice; else what became of the last one is gone by.
        words: those that the lines are composed in; names and commands are the same in all.
    """
    health, daemon = check_daemon(home, ask, words)
    if daemon.fix == "plnd start":
        daemon = daemon._replace(mend=start)
    working = ask if daemon.status == "ok" else None
    return [
        *check_home(home, words),
        check_disk(home, words),
        check_left_over(home, words),
        daemon,
        check_port(home, words),
        check_clock(health["now"] if health else time.time_ns() // 1_000_000, words),
        check_time_zone(working, words),
        check_stores(health, open_stores, words),
        *check_documents(home, health, left_out, words),
        *check_manifests(home, manifests.found_browsers(home) if found is None else found, words),
        check_launcher(home, words),
        check_host(home, words, running=working is not None),
        *check_heard(home, working, words),
        check_notifier(words),
        check_notice(working, words) if show else check_told(working, words),
    ]


def mend(checks: list[Check], words: Words = ENGLISH) -> list[Check]:
    """Mend what can safely be mended; gives for each whether it went well, and what was done."""
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
