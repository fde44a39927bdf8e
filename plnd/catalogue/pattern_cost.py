"""How long a pattern can take, judged by its form alone; extension/lib/cost.js does the same.

The pattern is parsed into an automaton. One that could read a text in two ways inside a repetition
is rejected; nested repetitions pass if the characters tell them apart, as in `(?:/[^/]+)*`. For
the rest the possible steps are counted.
"""

from plnd.catalogue.character_sets import (
    ANY,
    DIGITS,
    JS_SPACE,
    SPACE,
    WORD,
    Ranges,
    complement,
    is_single,
    merged,
    single,
)
from plnd.catalogue.pattern_automaton import Automaton, Fragment, Loop, Rejected, reject
from plnd.catalogue.pattern_steps import add, count_steps, times_length

LONGEST_ADDRESS = 2048
LONGEST_PATTERN = 2000
LARGEST_COUNT = 999
MOST_STATES = 5000
MOST_NESTED = 40
MOST_STEPS = 48 * LONGEST_ADDRESS**2
_CONTROL = {"n": 10, "r": 13, "t": 9, "f": 12, "v": 11}


def rejection_reason(pattern: str) -> str | None:
    """Why a pattern is rejected; None for one that takes a bounded time.

    `syntax`, `reference`, `large`, `empty` (repeats what can be empty), `ambiguous` (a repetition
    can read a text in two ways), `look` (repeats a lookahead that repeats) or `slow`.
    """
    if len(pattern) > LONGEST_PATTERN:
        return "large"
    try:
        return "slow" if max_steps(pattern) > MOST_STEPS else None
    except Rejected as error:
        return error.code


def max_steps(pattern: str) -> int:
    """The most steps that a pattern can take on an address of the greatest length."""
    parsed = _Parser(pattern)
    failing, matching = count_steps(parsed.automaton, parsed.whole)
    if not parsed.whole.anchored:
        failing = times_length(failing)
    steps = add(failing, matching)
    return sum(count * LONGEST_ADDRESS**power for power, count in enumerate(steps))


class _Parser:
    """Reads a pattern from left to right into an automaton."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0
        self.automaton = Automaton()
        self.whole = self._alternatives()
        if self._at < len(self._text):
            reject("syntax")

    def _next(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _advance(self) -> str:
        char = self._next() or reject("syntax")
        self._at += 1
        return char

    def _skip(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _alternatives(self) -> Fragment:
        parts = [self._sequence()]
        while self._skip("|"):
            parts.append(self._sequence())
        if sum(part.can_be_empty for part in parts) > 1:
            reject("ambiguous")
        return Fragment(
            tuple(one for part in parts for one in part.first),
            tuple(one for part in parts for one in part.last),
            can_be_empty=any(part.can_be_empty for part in parts),
            anchored=all(part.anchored for part in parts),
            size=_checked_size(sum(part.size for part in parts)),
            repeats=any(part.repeats for part in parts),
            lookahead_repeats=any(part.lookahead_repeats for part in parts),
        )

    def _sequence(self) -> Fragment:
        whole, begins = Fragment(), True
        while self._next() not in ("", "|", ")"):
            part = self._repeated()
            self.automaton.connect(whole.last, part.first)
            whole = Fragment(
                whole.first + part.first if whole.can_be_empty else whole.first,
                part.last + whole.last if part.can_be_empty else part.last,
                can_be_empty=whole.can_be_empty and part.can_be_empty,
                anchored=part.anchored if begins else whole.anchored,
                size=_checked_size(whole.size + part.size),
                repeats=whole.repeats or part.repeats,
                lookahead_repeats=whole.lookahead_repeats or part.lookahead_repeats,
            )
            begins = False
        return whole

    def _repeated(self) -> Fragment:
        start = len(self.automaton.reads)
        part = self._atom()
        found = self._quantifier()
        if found is None:
            return part
        self._skip("?")
        if self._next() in ("*", "+", "?", "{"):
            reject("syntax")
        least, most = found
        if part.can_be_empty:
            reject("empty")
        if most is None or most > 1:
            part = self._loop(start, part, least, most)
        return part._replace(can_be_empty=least == 0, anchored=part.anchored and least > 0)

    def _loop(self, start: int, part: Fragment, least: int, most: int | None) -> Fragment:
        if part.lookahead_repeats:
            reject("look")
        automaton = self.automaton
        automaton.connect(part.last, part.first)
        times = None if most is None or part.repeats else most - least + 1
        automaton.loops = [loop for loop in automaton.loops if loop.start < start]
        automaton.loops.append(Loop(start, len(automaton.reads), times))
        size = _checked_size(part.size * max(least, 1 if most is None else most))
        return part._replace(size=size, repeats=part.repeats or times != 1)

    def _quantifier(self) -> tuple[int, int | None] | None:
        for mark, found in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._skip(mark):
                return found
        if not self._skip("{"):
            return None
        least = self._number()
        most: int | None = least
        if self._skip(","):
            most = None if self._next() == "}" else self._number()
        if not self._skip("}") or (most is not None and most < least):
            reject("syntax")
        return least, most

    def _number(self) -> int:
        start = self._at
        while self._next() and self._next() in "0123456789":
            self._at += 1
        if self._at == start:
            reject("syntax")
        if self._at - start > 9 or int(self._text[start : self._at]) > LARGEST_COUNT:
            reject("large")
        return int(self._text[start : self._at])

    def _atom(self) -> Fragment:
        char = self._advance()
        if char == "(":
            return self._group()
        if char == "^":
            return Fragment(anchored=True)
        if char == "$" or (char == "\\" and self._next() in ("b", "B")):
            self._at += char != "$"
            self.automaton.asserts = True
            return Fragment()
        if char in "*+?{":
            reject("syntax")
        if char == ".":
            return self.automaton.add_state(ANY)
        if char == "[":
            return self.automaton.add_state(self._class())
        return self.automaton.add_state(
            self._escaped(js_space=True) if char == "\\" else single(char)
        )

    def _group(self) -> Fragment:
        self._depth += 1
        if self._depth > MOST_NESTED:
            reject("large")
        is_lookahead = self._skip("?=") or self._skip("?!")
        if not is_lookahead and not self._skip("?:") and self._next() == "?":
            reject("syntax")
        outer = self.automaton
        if is_lookahead:
            self.automaton = Automaton()
        part = self._alternatives()
        if not self._skip(")"):
            reject("syntax")
        self._depth -= 1
        if is_lookahead:
            outer.lookahead_steps = add(outer.lookahead_steps, *count_steps(self.automaton, part))
            outer.asserts = True
            self.automaton = outer
            return Fragment(
                size=part.size, lookahead_repeats=part.repeats or part.lookahead_repeats
            )
        return part

    def _class(self) -> Ranges:
        negated = self._skip("^")
        if self._next() == "]":
            reject("syntax")  # means different things in Python and JavaScript
        found: list[tuple[int, int]] = []
        while not self._skip("]"):
            one = self._class_item(js_space=not negated)
            if self._next() == "-" and self._text[self._at + 1 : self._at + 2] not in ("", "]"):
                self._at += 1
                other = self._class_item(js_space=not negated)
                if not (is_single(one) and is_single(other)) or other[0][0] < one[0][0]:
                    reject("syntax")
                one = ((one[0][0], other[0][0]),)
            found += one
        return complement(found) if negated else merged(found)

    def _class_item(self, *, js_space: bool) -> Ranges:
        char = self._advance()
        if char != "\\":
            return single(char)
        if self._next() == "b":
            self._at += 1
            return ((8, 8),)
        return self._escaped(js_space=js_space)

    def _escaped(self, *, js_space: bool) -> Ranges:
        char = self._advance()
        if char in "dDwW":
            ranges = DIGITS if char in "dD" else WORD
            return ranges if char in "dw" else complement(ranges)
        if char == "s":
            return JS_SPACE if js_space else SPACE
        if char == "S":
            return complement(SPACE if js_space else JS_SPACE)
        if char in _CONTROL:
            return single(chr(_CONTROL[char]))
        if char in "xu":
            return self._hex(2 if char == "x" else 4)
        if char in "0123456789":
            reject("reference")
        if char.isascii() and char.isalpha():
            reject("syntax")
        return single(char)

    def _hex(self, digits: int) -> Ranges:
        text = self._text[self._at : self._at + digits]
        if len(text) < digits or any(one not in "0123456789abcdefABCDEF" for one in text):
            reject("syntax")
        self._at += digits
        return single(chr(int(text, 16)))


def _checked_size(size: int) -> int:
    if size > MOST_STATES:
        reject("large")
    return size
