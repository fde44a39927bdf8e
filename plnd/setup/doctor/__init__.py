"""What stands between a browser and a notice on the desktop, checked link by link.

Each check looks at the real thing: the files, the lock, the launcher that browsers
start, the processes, a notice that is really shown, if one may be. To look changes nothing;
what can safely be mended carries the way to do it, which `mend` goes.
"""

import time
from collections.abc import Callable

from plnd.errors import PlndError
from plnd.setup import browsers
from plnd.setup.doctor.check import Ask, Check
from plnd.setup.doctor.daemon import check_clock, check_daemon, check_port, check_time_zone
from plnd.setup.doctor.desktop import check_notice, check_notifier, check_told
from plnd.setup.doctor.heard import check_heard
from plnd.setup.doctor.home import check_disk, check_home, check_left_over, check_stores
from plnd.setup.doctor.registered import check_host, check_launcher, check_manifests
from plnd.setup.known import Browser
from plnd.store.files import Home

__all__ = ["Check", "mend", "run_checks"]


def run_checks(
    home: Home,
    ask: Ask | None,
    *,
    open_stores: Callable[[], list[str]] | None = None,
    found: list[Browser] | None = None,
    start: Callable[[], object] | None = None,
    show: bool = True,
) -> list[Check]:
    """Check every link, in the order in which an event goes through them.

    Args:
        ask: asks the running daemon; None when none runs.
        open_stores: opens and closes the stores while no daemon has them; gives the damaged
            files, raises PlndError.
        found: the browsers to look at; those of this user when None.
        start: starts the daemon, to mend that it does not run.
        show: show a trial notice; else what became of the last one is gone by.
    """
    health, daemon = check_daemon(home, ask)
    if daemon.fix == "plnd start":
        daemon = daemon._replace(mend=start)
    working = ask if daemon.status == "ok" else None
    return [
        *check_home(home),
        check_disk(home),
        check_left_over(home),
        daemon,
        check_port(home),
        check_clock(health["now"] if health else time.time_ns() // 1_000_000),
        check_time_zone(working),
        check_stores(health, open_stores),
        *check_manifests(home, browsers.found_browsers(home) if found is None else found),
        check_launcher(home),
        check_host(home, running=working is not None),
        *check_heard(home, working),
        check_notifier(),
        check_notice(working) if show else check_told(working),
    ]


def mend(checks: list[Check]) -> list[Check]:
    """Mend what can safely be mended; gives for each whether it went well, and what was done."""
    done = []
    for check in checks:
        if check.mend is None or check.status == "ok":
            continue
        try:
            check.mend()
        except PlndError as error:
            done.append(Check(check.name, "fail", f"not mended: {error.message}", error.hint))
        else:
            done.append(Check(check.name, "ok", f"mended: {check.message}"))
    return done
