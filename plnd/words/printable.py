"""Makes text from outside safe to print.

A handle from a crafted address, a name from an address book or an article's title can contain
control sequences for the terminal.
"""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# They join or separate letters, also of emoji; the text reads the same without them.
_JOINERS = "\xad\u200c\u200d"
# By category letters, marks or unassigned, and still invisible.
_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u3164\uffa0"


def harmless(text: str) -> str:
    """A text with U+FFFD in place of each character that controls a terminal or hides text.

    Those are all controls except tab and newline, characters that change the text direction, other
    line separators, and characters without width. Joiners are removed.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_safe, text))


def _safe(char: str) -> str:
    if char in "\n\t":
        return char
    if char in _JOINERS:
        return ""
    if char in _INVISIBLE or "\U000e0000" <= char <= "\U000e0fff":
        return REPLACEMENT
    if char.isprintable():
        return char
    import unicodedata

    kind = unicodedata.category(char)
    # What this Python's Unicode tables do not have is most likely a new emoji.
    return " " if kind == "Zs" else char if kind in ("Cn", "Co") else REPLACEMENT


def carriable(text: str) -> str:
    """A text that can be encoded in UTF-8: the name of a file may have undecodable bytes."""
    return text.encode(errors="backslashreplace").decode()


def one_line(text: str) -> str:
    """A text with spaces in place of line breaks, so that it stays in one line of output."""
    return " ".join(text.splitlines())
