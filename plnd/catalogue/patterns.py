"""Regular expressions that mean the same in Python and in JavaScript."""

import functools
import re

from plnd.words.messages import TranslatedError

MEND = "install plnd again, or mend the file"


@functools.cache
def pattern(text: str) -> re.Pattern[str]:
    """A pattern with JavaScript's meaning: `$` is the very end, \\d and \\w are ASCII.

    Raises:
        Worded: it is no regular expression, or one that only one of the two languages
            understands; the message shows it.
    """
    own = _OWN_ESCAPE.search(text) or _ONE_LANGUAGE.search(_ESCAPED_OR_CLASS.sub("x", text))
    if own:
        raise TranslatedError("pattern_foreign", MEND, code="catalogue", pattern=text, part=own[0])
    try:
        return re.compile(_DOLLAR.sub(_to_end, text), re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        why = str(error)
        raise TranslatedError(
            "pattern_broken", MEND, code="catalogue", pattern=text, why=why
        ) from error


_ESCAPED_OR_CLASS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]", re.DOTALL)
# A letter that is escaped means something in both languages only if it is one of these.
_OWN_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\(?![bBdDfnrsStuvwWx])[A-Za-z]")
# Named groups, look-behinds, flags and comments; possessive and atomic forms.
_ONE_LANGUAGE = re.compile(r"\(\?[^:=!]|[*+?}]\+")
# An escaped letter, a class, or the `$` that is left over.
_DOLLAR = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


def _to_end(found: re.Match[str]) -> str:
    return r"\Z" if found[0] == "$" else found[0]
