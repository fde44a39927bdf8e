"""What commands share: their form, requests, printing, and texts of times."""

from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any, NamedTuple, TextIO

from plnd.errors import Invalid
from plnd.terminal import request
from plnd.words.printable import one_line


class Command(NamedTuple):
    """A command: its help, a function that adds its options, and one that runs it.

    `run` returns the exit code.
    """

    help: str
    options: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


def ask(method: str, path: str, body: Any = None) -> Any:
    """The answer of the daemon or, while none runs, of the stores."""
    return request.ask(method, path, body)[0]


def print_rows(*rows: str, to: TextIO | None = None) -> None:
    """Print each row on one line, whatever line breaks untrusted text in it has."""
    for row in rows:
        print(one_line(row), file=to)


def read_text(path: str) -> str:
    """The text of a file in UTF-8 or, if it is not, in Windows' Western encoding.

    Raises:
        Invalid: it cannot be read; the message says why.
    """
    from pathlib import Path

    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise Invalid(f"cannot read {path}: {error.strerror}", field="file") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def no_options(parser: ArgumentParser) -> None:
    """A command without options."""


def json_option(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, in the API's shapes")


def verb(verbs: Any, name: str, what: str) -> ArgumentParser:
    """Add a verb to a noun. Both have --json, and the verb does not reset the noun's."""
    parser: ArgumentParser = verbs.add_parser(name, help=what, description=what)
    parser.add_argument("--json", action="store_true", default=SUPPRESS, help=SUPPRESS)
    return parser


def until(text: str | None) -> int | None:
    """The moment (ms) after `30m`, `2h` or `1d` from now; None without a text."""
    if text is None:
        return None
    import time

    return time.time_ns() // 1_000_000 + milliseconds(text, field="for")


def milliseconds(text: str, *, field: str) -> int:
    """The milliseconds of `30m`, `2h` or `1d`.

    Raises:
        Invalid: the text is none of these; the error names the field.
    """
    units = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
    number = text[:-1]
    if not number.isdecimal() or text[-1:] not in units:
        raise Invalid(f"{text!r} is not a length of time", "write 30m, 2h or 1d", field=field)
    return int(number) * units[text[-1]]


def until_text(moment: int | None) -> str:
    """The text ` until 14:05 on 23 Nov`; "" without a moment (ms)."""
    import time

    if moment is None:
        return ""
    return time.strftime(" until %H:%M on %d %b", time.localtime(moment / 1000))
