"""The entry point of `plnd`.

The forms of `plnd status` that a prompt uses run without argparse, in `quick_status`. Everything
else runs through `commands`.
"""

import sys

from plnd.errors import PlndError
from plnd.terminal import screen
from plnd.terminal.exit_codes import DONE, FAILED
from plnd.terminal.quick_status import FORMS, status
from plnd.words.printable import one_line


def main(argv: "list[str] | None" = None) -> int:
    """Run a command and return the exit code."""
    screen.protect_output()
    try:
        code = _run(sys.argv[1:] if argv is None else argv)
        screen.check_output()
        return code
    except BrokenPipeError:
        # The reader went away, as in `plnd … | head`.
        return DONE
    except screen.OutputFailed as error:
        _print_error(f"plnd: {error}")
        return FAILED
    finally:
        screen.flush_or_discard()


def _run(words: "list[str]") -> int:
    options = words[1:]
    forms = [word for word in options if word != "--check"]
    try:
        if words[:1] == ["status"] and (not forms or (len(forms) == 1 and forms[0] in FORMS)):
            return status(forms[0] if forms else "", check="--check" in options)
        from plnd.terminal.commands import index

        return index.run(words)
    except PlndError as error:
        _print_error(f"plnd: {one_line(error.message)}")
        if error.hint:
            _print_error(f"      {one_line(error.hint)}")
        return FAILED
    except KeyboardInterrupt:
        return 130
    except SystemExit as end:  # argparse has printed its help or an error
        return end.code if isinstance(end.code, int) else FAILED


def _print_error(line: str) -> None:
    """Print to standard error, unless that is closed."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        return
