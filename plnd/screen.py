"""What strangers wrote, on a terminal: shown, never obeyed.

A handle out of a crafted address, a name out of somebody's address book or an article's title
can hold what a terminal takes for a command. Files and pipes get every text as it is.
"""

import re
import sys
from typing import Any, TextIO

# All controls but tab and the ends of lines, and what turns the reading direction; colours of
# our own pass. Not even half a command comes through: each part is replaced by itself.
_CONTROLS = re.compile(
    "(\x1b\\[[0-9;]{1,8}m)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)


class Screen:
    """A text stream that writes to a terminal what can do nothing there."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(harmless(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def harmless(text: str) -> str:
    """A text with a mark in place of each control character."""
    return _CONTROLS.sub(lambda found: found[1] or "\N{REPLACEMENT CHARACTER}", text)


def guard() -> None:
    """Let nothing that is printed from here on command the terminal."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and stream.isatty():
            setattr(sys, name, Screen(stream))
