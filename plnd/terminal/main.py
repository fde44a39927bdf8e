"""`plnd`: the way to the commands, and the short way to `plnd status`.

`plnd status` belongs in a prompt, where every millisecond is felt: asked of a running
daemon it imports neither argparse nor anything else that it can do without. Whatever
else is asked goes through `plnd.terminal.commands`.
"""

import sys

from plnd import client
from plnd.errors import PlndError
from plnd.system.paths import colour_wanted, place
from plnd.terminal import screen

TYPE_CHECKING = False  # what type checkers look for; `typing` itself costs too much
if TYPE_CHECKING:
    from typing import IO, Any

DONE, FAILED, USAGE, NOT_RUNNING = 0, 1, 2, 3
FORMS = ("--json", "--short", "--waybar")


def main(argv: "list[str] | None" = None) -> int:
    """Run a command and return the exit code."""
    screen.guard()
    try:
        code = _run(sys.argv[1:] if argv is None else argv)
        screen.arrived()
        return code
    except BrokenPipeError:
        # The reader went away (`plnd … | head`): nothing to say.
        return DONE
    except screen.OutputFailed as error:
        _complain(f"plnd: {error}")
        return FAILED
    finally:
        screen.settle()


def _run(words: "list[str]") -> int:
    options = words[1:]
    plain = [word for word in options if word != "--check"]
    try:
        if words[:1] == ["status"] and (not plain or (len(plain) == 1 and plain[0] in FORMS)):
            return status(plain[0] if plain else "", check="--check" in options)
        from plnd.terminal import commands

        return commands.run(words)
    except PlndError as error:
        _complain(f"plnd: {screen.one_line(error.message)}")
        if error.hint:
            _complain(f"      {screen.one_line(error.hint)}")
        return FAILED
    except KeyboardInterrupt:
        return 130
    except SystemExit as end:  # argparse has printed its help, or what is wrong
        return end.code if isinstance(end.code, int) else FAILED


def _complain(line: str) -> None:
    """Say what went wrong, where that can be said at all."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        return


def status(form: str, *, check: bool) -> int:
    """Print today's figures in a form (one of FORMS, or "" for the screen)."""
    from plnd.terminal import status as words

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


def ask(method: str, path: str, body: "Any" = None) -> "tuple[Any, bool]":
    """The daemon's answer, or the stores' own when none runs; and whether a daemon gave it."""
    found = client.daemon(place())
    if not found:
        from plnd.daemon import lock
        from plnd.terminal import offline

        try:
            return offline.ask(method, path, body), False
        except lock.AlreadyRunning:
            # It was started between the look and the try.
            if not (found := client.daemon(place())):
                raise
    return client.ask(found, method, path, body), True


def print_json(data: "Any", indent: "int | None" = 2) -> None:
    """Print JSON for people and programs alike."""
    print(json_text(data, sys.stdout, indent=indent))


def json_text(data: "Any", stream: "IO[str]", **form: "Any") -> str:
    """JSON that a stream can carry: letters stand as they are where its encoding has them all."""
    import json

    all_letters = (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"
    return json.dumps(data, ensure_ascii=not all_letters, **form)
