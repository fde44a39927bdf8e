"""The desktop: something can show a notice, and a trial one is really shown."""

import importlib.util
import shutil
import sys

from plnd.errors import PlndError
from plnd.setup.doctor.check import Ask, Check

_FIX = "start plnd from within your desktop; the badge and plnd status say it meanwhile"


def check_notifier() -> Check:
    """Something is there that can show a notice."""
    if not sys.platform.startswith("linux"):
        return Check("notifier", "ok", "the system's own")
    if importlib.util.find_spec("dbus") is not None:
        return Check("notifier", "ok", "D-Bus")
    if found := shutil.which("notify-send"):
        return Check("notifier", "ok", found)
    fix = "install notify-send (Debian and Ubuntu: apt install libnotify-bin)"
    return Check("notifier", "warn", "neither notify-send nor D-Bus for Python is there", fix)


def check_notice(ask: Ask | None) -> Check:
    """A trial notice is really shown, by the daemon and in its surroundings."""
    if ask is None:
        return Check("notice", "warn", "not tried: the daemon does not run", "plnd start")
    try:
        answer = ask("POST", "notices/test")
    except PlndError as error:
        return Check("notice", "fail", error.message, error.hint)
    if not answer["shown"]:
        return Check("notice", "fail", f"the desktop did not show it: {answer['error']}", _FIX)
    return Check("notice", "ok", "the desktop took it")


def check_told(ask: Ask | None) -> Check:
    """The desktop took the notice that was shown last, be it a trial; to look shows none."""
    if ask is None:
        return Check("notice", "warn", "not tried: the daemon does not run", "plnd start")
    try:
        answer = ask("GET", "notices")
    except PlndError as error:
        return Check("notice", "fail", error.message, error.hint)
    tried = [
        one for one in (*answer["notices"], answer["trial"]) if one and one["shown"] is not None
    ]
    if not tried:
        return Check("notice", "warn", "none was shown yet", "show a trial notice: plnd doctor")
    last = max(tried, key=lambda one: one["at"])
    if not last["shown"]:
        said = f"the desktop did not show the last one: {last['error']}"
        return Check("notice", "fail", said, _FIX)
    return Check("notice", "ok", "the desktop took the last one")
