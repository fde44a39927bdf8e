"""`plnd status`, which belongs in a prompt, where every millisecond is felt.

Asked of a running daemon it imports neither argparse nor anything else that it can do without.
"""

import sys

from plnd.system.paths import colour_wanted
from plnd.terminal import screen
from plnd.terminal import status as words
from plnd.terminal.exit_codes import DONE, NOT_RUNNING
from plnd.terminal.request import ask
from plnd.terminal.screen import print_json

FORMS = ("--json", "--short", "--waybar")


def status(form: str, *, check: bool) -> int:
    """Print today's figures in a form (one of FORMS, or "" for the screen)."""
    today, running = ask("GET", "today")
    if not running:
        print("plnd is not running: nothing is recorded. `plnd start` starts it", file=sys.stderr)
    if form == "--json":
        print_json(today)
    elif form == "--waybar":
        print_json(words.waybar(today), indent=None)
    elif form == "--short":
        print(words.short(today))
    elif colour_wanted(sys.stdout.isatty()):
        screen.paint(words.parts(today))
    else:
        print(words.screen(today))
    if not running:
        return NOT_RUNNING
    return words.check(today) if check else DONE
