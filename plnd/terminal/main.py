"""`plnd`: the way to the commands, and the short way to `plnd status`.

What a prompt asks for goes by `quick_status`; whatever else goes through the commands,
which import argparse.
"""

import sys

from plnd.errors import PlndError
from plnd.terminal import screen
from plnd.terminal.exit_codes import DONE, FAILED
from plnd.terminal.quick_status import FORMS, status
from plnd.words.printable import one_line


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
        from plnd.terminal.commands import registry

        return registry.run(words)
    except PlndError as error:
        _complain(f"plnd: {one_line(error.message)}")
        if error.hint:
            _complain(f"      {one_line(error.hint)}")
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
