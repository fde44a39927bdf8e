"""`plnd`: the way to the commands, and the short way to `plnd status`.

`plnd status` belongs in a prompt, where every millisecond is felt: asked of a running
daemon it imports neither argparse nor anything else that it can do without. Whatever
else is asked goes through `plnd.commands`.
"""

import sys

from plnd import client
from plnd.errors import PlndError
from plnd.place import colour_wanted, place

TYPE_CHECKING = False  # what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    from typing import Any

DONE, FAILED, USAGE, NOT_RUNNING = 0, 1, 2, 3
FORMS = ("--json", "--short", "--waybar")


def main(argv: "list[str] | None" = None) -> int:
    """Run a command and return the exit code."""
    words = sys.argv[1:] if argv is None else argv
    options = words[1:]
    plain = [word for word in options if word != "--check"]
    if any(one is not None and one.isatty() for one in (sys.stdout, sys.stderr)):
        from plnd.screen import guard

        guard()
    try:
        if words[:1] == ["status"] and (not plain or (len(plain) == 1 and plain[0] in FORMS)):
            return status(plain[0] if plain else "", check="--check" in options)
        from plnd import commands

        code = commands.run(words)
        sys.stdout.flush()
        return code
    except PlndError as error:
        print(f"plnd: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"      {error.hint}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader went away (`plnd … | head`): nothing to say, and nothing left to flush.
        sys.stdout = None
        return DONE


def status(form: str, *, check: bool) -> int:
    """Print today's figures in a form (one of FORMS, or "" for the screen)."""
    from plnd import status as words

    today, running = ask("GET", "today")
    if not running:
        print("plnd is not running: nothing is recorded. `plnd start` starts it", file=sys.stderr)
    if form == "--json":
        print_json(today)
    elif form == "--waybar":
        print_json(words.waybar(today), indent=None)
    elif form == "--short":
        print(words.short(today))
    else:
        print(words.screen(today, colour_wanted(sys.stdout.isatty())))
    sys.stdout.flush()
    if not running:
        return NOT_RUNNING
    return words.check(today) if check else DONE


def ask(method: str, path: str, body: "Any" = None) -> "tuple[Any, bool]":
    """The daemon's answer, or the stores' own when none runs; and whether a daemon gave it."""
    found = client.daemon(place())
    if not found:
        from plnd import offline, single

        try:
            return offline.ask(method, path, body), False
        except single.RunsAlready:
            # It was started between the look and the try.
            if not (found := client.daemon(place())):
                raise
    return client.ask(found, method, path, body), True


def print_json(data: "Any", indent: "int | None" = 2) -> None:
    """Print JSON for people and programs alike."""
    import json

    print(json.dumps(data, ensure_ascii=False, indent=indent))
