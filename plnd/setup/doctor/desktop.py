"""The desktop: something can show a notice, and a trial one is really shown."""

import importlib.util
import shutil
import sys

from plnd.errors import PlndError
from plnd.setup.doctor.check import Ask, Check


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
        fix = "start plnd from within your desktop; the badge and plnd status say it meanwhile"
        return Check("notice", "fail", f"the desktop did not show it: {answer['error']}", fix)
    return Check("notice", "ok", "the desktop took it")
