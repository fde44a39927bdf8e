"""What every command needs: its form, a way to ask, and words for moments."""

from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any, NamedTuple, TextIO

from plnd.errors import Invalid
from plnd.terminal import request
from plnd.words.printable import one_line


class Command(NamedTuple):
    """One command: what it is for, its options, and what it does; gives the exit code."""

    help: str
    options: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


def ask(method: str, path: str, body: Any = None) -> Any:
    """The daemon's answer, or the stores' own when no daemon runs."""
    return request.ask(method, path, body)[0]


def say(*rows: str, to: TextIO | None = None) -> None:
    """Print rows: whatever strangers wrote into one, it is a line and begins no other."""
    for row in rows:
        print(one_line(row), file=to)


def no_options(parser: ArgumentParser) -> None:
    """A command without options."""


def json_option(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, in the API's shapes")


def verb(verbs: Any, name: str, what: str) -> ArgumentParser:
    """A verb below a noun; it takes --json as the noun does, and does not undo it."""
    parser: ArgumentParser = verbs.add_parser(name, help=what, description=what)
    parser.add_argument("--json", action="store_true", default=SUPPRESS, help=SUPPRESS)
    return parser


def until(text: str | None) -> int | None:
    """The moment (ms) that lies `30m`, `2h` or `1d` ahead."""
    if text is None:
        return None
    import time

    return time.time_ns() // 1_000_000 + milliseconds(text, field="for")


def milliseconds(text: str, *, field: str) -> int:
    """The length of `30m`, `2h` or `1d`.

    Raises:
        Invalid: it is none; the error names the field.
    """
    units = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
    number = text[:-1]
    if not number.isdecimal() or text[-1:] not in units:
        raise Invalid(f"{text!r} is not a length of time", "write 30m, 2h or 1d", field=field)
    return int(number) * units[text[-1]]


def clock(moment: int | None) -> str:
    """` until 14:05 on 23 Nov`, or nothing."""
    import time

    if moment is None:
        return ""
    return time.strftime(" until %H:%M on %d %b", time.localtime(moment / 1000))
