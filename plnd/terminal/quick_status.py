"""`plnd status`, which people put into a prompt, where every millisecond counts.

While a daemon runs, it imports as little as possible, and no argparse.
"""

import sys

from plnd.system.paths import colour_wanted
from plnd.terminal import screen
from plnd.terminal import status as texts
from plnd.terminal.exit_codes import DONE, NOT_RUNNING
from plnd.terminal.request import ask
from plnd.terminal.screen import print_json

FORMS = ("--json", "--short", "--waybar")


def status(form: str, *, check: bool) -> int:
    """Print today's figures in a form, one of FORMS or "" for the screen; the exit code."""
    today, running = ask("GET", "today")
    if not running:
        print("plnd is not running: nothing is recorded. `plnd start` starts it", file=sys.stderr)
    if form == "--json":
        print_json(today)
    elif form == "--waybar":
        print_json(texts.waybar(today), indent=None)
    elif form == "--short":
        print(texts.short(today))
    elif colour_wanted(sys.stdout.isatty()):
        screen.print_coloured(texts.coloured(today))
    else:
        print(texts.plain(today))
    if not running:
        return NOT_RUNNING
    return texts.check(today) if check else DONE
