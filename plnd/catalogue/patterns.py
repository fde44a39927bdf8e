"""Regular expressions that mean the same in Python and in JavaScript."""

import functools
import re

from plnd.words.messages import TranslatedError

HINT = "install plnd again, or mend the file"


@functools.cache
def pattern(text: str) -> re.Pattern[str]:
    """A pattern with JavaScript's meaning: `$` is the very end, \\d and \\w are ASCII.

    Raises:
        TranslatedError: it is not a regular expression, or only one of the two languages
            understands it; the message shows it.
    """
    foreign = _FOREIGN_ESCAPE.search(text) or _ONE_LANGUAGE.search(_ESCAPED_OR_CLASS.sub("x", text))
    if foreign:
        raise TranslatedError(
            "pattern_foreign", HINT, code="catalogue", pattern=text, part=foreign[0]
        )
    try:
        return re.compile(_DOLLAR.sub(_end_of_text, text), re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        why = str(error)
        raise TranslatedError(
            "pattern_broken", HINT, code="catalogue", pattern=text, why=why
        ) from error


_ESCAPED_OR_CLASS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]", re.DOTALL)
# Only these escaped letters mean something in both languages.
_FOREIGN_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\(?![bBdDfnrsStuvwWx])[A-Za-z]")
# Named groups, look-behinds, flags and comments; possessive and atomic forms.
_ONE_LANGUAGE = re.compile(r"\(\?[^:=!]|[*+?}]\+")
# An escaped letter, a class, or else a `$`.
_DOLLAR = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


def _end_of_text(found: re.Match[str]) -> str:
    return r"\Z" if found[0] == "$" else found[0]
