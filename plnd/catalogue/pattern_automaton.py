"""The automaton that a pattern becomes, and the number of steps that it can take.

There is a state for each character that the pattern reads (Glushkov's construction). Inside a
repetition at most one state may follow on a character, so that it reads no text in two ways.
"""

from collections.abc import Iterable
from typing import NamedTuple, NoReturn

from plnd.catalogue.character_sets import Ranges

Steps = tuple[int, int, int, int, int]
"""A polynomial in the length of the text: the coefficients by power."""
NO_STEPS: Steps = (0, 0, 0, 0, 0)


class Rejected(Exception):
    """A pattern that could take too long, with the code of the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def reject(code: str) -> NoReturn:
    raise Rejected(code)


class Fragment(NamedTuple):
    """A part of a pattern: the states that it can begin and end with, and its properties."""

    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    can_be_empty: bool = True
    anchored: bool = False
    size: int = 0
    repeats: bool = False
    lookahead_repeats: bool = False
    """Whether a lookahead in it repeats something."""


class Loop(NamedTuple):
    """A repetition of the states `start` to `end` (exclusive); `times` None: without limit."""

    start: int
    end: int
    times: int | None


class Automaton:
    """States of a pattern by number: what each reads, and which may follow (Glushkov's)."""

    def __init__(self) -> None:
        self.reads: list[Ranges] = []
        self.follow: list[list[int]] = []
        self.loops: list[Loop] = []
        """The outermost repetitions."""
        self.asserts = False
        """Whether it has conditions beside characters, such as the end of the text."""
        self.lookahead_steps: Steps = NO_STEPS
        """The steps of all lookaheads."""

    def add_state(self, reads: Ranges) -> Fragment:
        self.reads.append(reads)
        self.follow.append([])
        one = (len(self.reads) - 1,)
        return Fragment(one, one, can_be_empty=False, size=1)

    def connect(self, before: Iterable[int], after: Iterable[int]) -> None:
        for one in before:
            known = set(self.follow[one])
            if any(other in known for other in after):
                raise Rejected("ambiguous")  # an inner repetition leads there too
            self.follow[one] += after
