"""Strangers' words as they may be printed: shown, and never obeyed.

A handle out of a crafted address, a name out of somebody's address book or an article's title
can hold what a terminal takes for a command.
"""

MARK = "\N{REPLACEMENT CHARACTER}"
# They join or part letters, also of emoji: without them the letters are the same.
_JOINERS = "\xad\u200c\u200d"
# Letters and marks by their kind, or of none yet, and still nothing to be seen.
_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u3164\uffa0"


def harmless(text: str) -> str:
    """A text with a mark in place of each character that commands or hides.

    These are all controls but tab and the end of a line, whatever turns the reading direction,
    other separators of lines, and what has no width; joiners go without a mark.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char in "\n\t":
        return char
    if char in _JOINERS:
        return ""
    if char in _INVISIBLE or "\U000e0000" <= char <= "\U000e0fff":
        return MARK
    if char.isprintable():
        return char
    import unicodedata

    kind = unicodedata.category(char)
    # What this Python's tables do not know yet is most likely a new emoji.
    return " " if kind == "Zs" else char if kind in ("Cn", "Co") else MARK


def carriable(text: str) -> str:
    """A text that UTF-8 can carry: a file's name may have bytes that are no letters."""
    return text.encode(errors="backslashreplace").decode()


def one_line(text: str) -> str:
    """A text whose line breaks are blanks: what stands in a row begins no other row."""
    return " ".join(text.splitlines())
