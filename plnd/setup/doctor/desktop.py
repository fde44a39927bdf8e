"""The desktop: something can show a notice, and a trial one is really shown."""

import importlib.util
import shutil
import sys

from plnd.errors import PlndError
from plnd.setup.doctor.check import Ask, Check
from plnd.words.messages import ENGLISH, Words


def check_notifier(words: Words = ENGLISH) -> Check:
    """Something is there that can show a notice."""
    if not sys.platform.startswith("linux"):
        return Check("notifier", "ok", words.say("doctor_own_notifier"))
    if importlib.util.find_spec("dbus") is not None:
        return Check("notifier", "ok", "D-Bus")
    if found := shutil.which("notify-send"):
        return Check("notifier", "ok", found)
    message, fix = words.say("doctor_no_notifier"), words.say("doctor_install_notifier")
    return Check("notifier", "warn", message, fix)


def check_notice(ask: Ask | None, words: Words = ENGLISH) -> Check:
    """A trial notice is really shown, by the daemon and in its surroundings."""
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


def check_told(ask: Ask | None, words: Words = ENGLISH) -> Check:
    """The desktop took the notice that was shown last, be it a trial; to look shows none."""
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
