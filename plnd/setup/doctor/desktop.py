"""Checks of the desktop: it can show notices, and it shows them."""

import importlib.util
import shutil

from plnd.errors import PlndError
from plnd.setup.doctor.check import Ask, Check
from plnd.system import platforms
from plnd.words.messages import ENGLISH, Words


def check_notifier(words: Words = ENGLISH) -> Check:
    """A program or a library that shows notices is installed."""
    if platforms.CURRENT != platforms.LINUX:
        return Check("notifier", "ok", words.say("doctor_own_notifier"))
    if importlib.util.find_spec("dbus") is not None:
        return Check("notifier", "ok", "D-Bus")
    if found := shutil.which("notify-send"):
        return Check("notifier", "ok", found)
    message, fix = words.say("doctor_no_notifier"), words.say("doctor_install_notifier")
    return Check("notifier", "warn", message, fix)


def check_notice(ask: Ask | None, words: Words = ENGLISH) -> Check:
    """The daemon shows a test notice on the desktop."""
    if ask is None:
        return Check("notice", "warn", words.say("doctor_untried"), "plnd start")
    try:
        answer = ask("POST", "notices/test")
    except PlndError as error:
        return Check("notice", "fail", error.message, error.hint)
    if not answer["shown"]:
        message = words.say("doctor_not_shown", error=answer["error"])
        return Check("notice", "fail", message, words.say("doctor_start_in_desktop"))
    return Check("notice", "ok", words.say("doctor_shown"))


def check_last_notice(ask: Ask | None, words: Words = ENGLISH) -> Check:
    """The desktop accepted the last notice, a test included. This check itself shows none."""
    if ask is None:
        return Check("notice", "warn", words.say("doctor_untried"), "plnd start")
    try:
        answer = ask("GET", "notices")
    except PlndError as error:
        return Check("notice", "fail", error.message, error.hint)
    tried = [
        one for one in (*answer["notices"], answer["trial"]) if one and one["shown"] is not None
    ]
    if not tried:
        message, fix = words.say("doctor_none_shown"), words.say("doctor_show_trial")
        return Check("notice", "warn", message, fix)
    last = max(tried, key=lambda one: one["at"])
    if not last["shown"]:
        message = words.say("doctor_last_not_shown", error=last["error"])
        return Check("notice", "fail", message, words.say("doctor_start_in_desktop"))
    return Check("notice", "ok", words.say("doctor_last_shown"))
