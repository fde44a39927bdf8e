"""How long a pattern can take, by its form alone; extension/lib/cost.js reckons the same.

A pattern becomes an automaton: a state for each character that it reads, with the states that may
follow (Glushkov's). Inside a repetition at most one state may follow on a character, so that no
text can be read by it in two ways; nested repetitions pass if they are told apart by what they
read, as in `(?:/[^/]+)*`. How many ways there are through all the rest is counted.
"""

import functools
from collections.abc import Iterable
from typing import NamedTuple, NoReturn

LONGEST_ADDRESS = 2048
LONGEST_PATTERN = 2000
LARGEST_COUNT = 999
MOST_STATES = 5000
DEEPEST = 40
MOST_STEPS = 48 * LONGEST_ADDRESS**2

Ranges = tuple[tuple[int, int], ...]
_LAST = 0x10FFFF
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_DIGIT: Ranges = ((48, 57),)
_SPACE: Ranges = ((9, 13), (32, 32))
# JavaScript's \s; Python's is shorter.
_WIDE_SPACE: Ranges = (
    *((9, 13), (32, 32), (160, 160), (5760, 5760), (8192, 8202), (8232, 8233)),
    *((8239, 8239), (8287, 8287), (12288, 12288), (65279, 65279)),
)
_CONTROL = {"n": 10, "r": 13, "t": 9, "f": 12, "v": 11}
_ANY: Ranges = ((0, _LAST),)

Steps = tuple[int, int, int, int, int]
"""So many, times the length of the text to the power of the place."""
_NONE: Steps = (0, 0, 0, 0, 0)
_ONE: Steps = (1, 0, 0, 0, 0)
_ENDLESS = 10**12


def fault_of(pattern: str) -> str | None:
    """What of a pattern is refused: `syntax`, `reference`, `large`, `empty` (repeats what can
    be empty), `ambiguous` (a repetition can read a text in two ways), `look` (repeats a
    lookahead that repeats) or `slow`; None for a pattern that takes a bounded time."""
    if len(pattern) > LONGEST_PATTERN:
        return "large"
    try:
        return "slow" if steps_of(pattern) > MOST_STEPS else None
    except _Refused as error:
        return error.code


def steps_of(pattern: str) -> int:
    """The steps that a pattern can take on an address of the greatest length, at most."""
    parsed = _Parser(pattern)
    failing, matching = _steps(parsed.automaton, parsed.whole)
    if not parsed.whole.anchored:
        failing = _times_length(failing)
    steps = _added(failing, matching)
    return sum(count * LONGEST_ADDRESS**power for power, count in enumerate(steps))


class _Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Part(NamedTuple):
    """A part of a pattern: the states that it begins and ends with; what it can be."""

    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    can_be_empty: bool = True
    anchored: bool = False
    size: int = 0
    repeats: bool = False
    looks: bool = False
    """Whether a lookahead in it repeats something."""


class _Loop(NamedTuple):
    """A repetition of the states from `start` to before `end`; `times` None: without end."""

    start: int
    end: int
    times: int | None


class _Automaton:
    def __init__(self) -> None:
        self.reads: list[Ranges] = []
        self.follow: list[list[int]] = []
        self.loops: list[_Loop] = []
        """The outermost repetitions."""
        self.asserts = False
        """Whether it asks for more than characters, such as the end of the text."""
        self.looks = _NONE
        """The steps of all lookaheads."""

    def state(self, reads: Ranges) -> _Part:
        self.reads.append(reads)
        self.follow.append([])
        one = (len(self.reads) - 1,)
        return _Part(one, one, can_be_empty=False, size=1)

    def connect(self, before: Iterable[int], after: Iterable[int]) -> None:
        for one in before:
            known = set(self.follow[one])
            if any(other in known for other in after):
                raise _Refused("ambiguous")  # an inner repetition leads there as well
            self.follow[one] += after


class _Parser:
    """A pattern read from left to right, into an automaton."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0
        self.automaton = _Automaton()
        self.whole = self._alternatives()
        if self._at < len(self._text):
            _refuse("syntax")

    def _next(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _take(self) -> str:
        char = self._next() or _refuse("syntax")
        self._at += 1
        return char

    def _skip(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _alternatives(self) -> _Part:
        parts = [self._sequence()]
        while self._skip("|"):
            parts.append(self._sequence())
        if sum(part.can_be_empty for part in parts) > 1:
            _refuse("ambiguous")
        return _Part(
            tuple(one for part in parts for one in part.first),
            tuple(one for part in parts for one in part.last),
            can_be_empty=any(part.can_be_empty for part in parts),
            anchored=all(part.anchored for part in parts),
            size=_checked_size(sum(part.size for part in parts)),
            repeats=any(part.repeats for part in parts),
            looks=any(part.looks for part in parts),
        )

    def _sequence(self) -> _Part:
        whole, begins = _Part(), True
        while self._next() not in ("", "|", ")"):
            part = self._repeated()
            self.automaton.connect(whole.last, part.first)
            whole = _Part(
                whole.first + part.first if whole.can_be_empty else whole.first,
                part.last + whole.last if part.can_be_empty else part.last,
                can_be_empty=whole.can_be_empty and part.can_be_empty,
                anchored=part.anchored if begins else whole.anchored,
                size=_checked_size(whole.size + part.size),
                repeats=whole.repeats or part.repeats,
                looks=whole.looks or part.looks,
            )
            begins = False
        return whole

    def _repeated(self) -> _Part:
        start = len(self.automaton.reads)
        part = self._atom()
        found = self._quantifier()
        if found is None:
            return part
        self._skip("?")
        if self._next() in ("*", "+", "?", "{"):
            _refuse("syntax")
        least, most = found
        if part.can_be_empty:
            _refuse("empty")
        if most is None or most > 1:
            part = self._loop(start, part, least, most)
        return part._replace(can_be_empty=least == 0, anchored=part.anchored and least > 0)

    def _loop(self, start: int, part: _Part, least: int, most: int | None) -> _Part:
        if part.looks:
            _refuse("look")
        made = self.automaton
        made.connect(part.last, part.first)
        times = None if most is None or part.repeats else most - least + 1
        made.loops = [loop for loop in made.loops if loop.start < start]
        made.loops.append(_Loop(start, len(made.reads), times))
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
            _refuse("syntax")
        return least, most

    def _number(self) -> int:
        start = self._at
        while self._next() and self._next() in "0123456789":
            self._at += 1
        if self._at == start:
            _refuse("syntax")
        if self._at - start > 9 or int(self._text[start : self._at]) > LARGEST_COUNT:
            _refuse("large")
        return int(self._text[start : self._at])

    def _atom(self) -> _Part:
        char = self._take()
        if char == "(":
            return self._group()
        if char == "^":
            return _Part(anchored=True)
        if char == "$" or (char == "\\" and self._next() in ("b", "B")):
            self._at += char != "$"
            self.automaton.asserts = True
            return _Part()
        if char in "*+?{":
            _refuse("syntax")
        if char == ".":
            return self.automaton.state(_ANY)
        if char == "[":
            return self.automaton.state(self._class())
        return self.automaton.state(self._escaped(wide=True) if char == "\\" else _just(char))

    def _group(self) -> _Part:
        self._depth += 1
        if self._depth > DEEPEST:
            _refuse("large")
        looks = self._skip("?=") or self._skip("?!")
        if not looks and not self._skip("?:") and self._next() == "?":
            _refuse("syntax")
        outer = self.automaton
        if looks:
            self.automaton = _Automaton()
        part = self._alternatives()
        if not self._skip(")"):
            _refuse("syntax")
        self._depth -= 1
        if looks:
            outer.looks = _added(outer.looks, *_steps(self.automaton, part))
            outer.asserts = True
            self.automaton = outer
            return _Part(size=part.size, looks=part.repeats or part.looks)
        return part

    def _class(self) -> Ranges:
        negated = self._skip("^")
        if self._next() == "]":
            _refuse("syntax")  # the two languages differ
        found: list[tuple[int, int]] = []
        while not self._skip("]"):
            one = self._class_item(wide=not negated)
            if self._next() == "-" and self._text[self._at + 1 : self._at + 2] not in ("", "]"):
                self._at += 1
                other = self._class_item(wide=not negated)
                if not (_is_one(one) and _is_one(other)) or other[0][0] < one[0][0]:
                    _refuse("syntax")
                one = ((one[0][0], other[0][0]),)
            found += one
        return _without(found) if negated else _joined(found)

    def _class_item(self, *, wide: bool) -> Ranges:
        char = self._take()
        if char != "\\":
            return _just(char)
        if self._next() == "b":
            self._at += 1
            return ((8, 8),)
        return self._escaped(wide=wide)

    def _escaped(self, *, wide: bool) -> Ranges:
        char = self._take()
        if char in "dDwW":
            ranges = _DIGIT if char in "dD" else _WORD
            return ranges if char in "dw" else _without(ranges)
        if char == "s":
            return _WIDE_SPACE if wide else _SPACE
        if char == "S":
            return _without(_SPACE if wide else _WIDE_SPACE)
        if char in _CONTROL:
            return _just(chr(_CONTROL[char]))
        if char in "xu":
            return self._hex(2 if char == "x" else 4)
        if char in "0123456789":
            _refuse("reference")
        if char.isascii() and char.isalpha():
            _refuse("syntax")
        return _just(char)

    def _hex(self, digits: int) -> Ranges:
        text = self._text[self._at : self._at + digits]
        if len(text) < digits or any(one not in "0123456789abcdefABCDEF" for one in text):
            _refuse("syntax")
        self._at += digits
        return _just(chr(int(text, 16)))


def _refuse(code: str) -> NoReturn:
    raise _Refused(code)


def _checked_size(size: int) -> int:
    if size > MOST_STATES:
        _refuse("large")
    return size


# -- sets of characters -------------------------------------------------------------


def _just(char: str) -> Ranges:
    return ((ord(char), ord(char)),)


def _is_one(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _without(ranges: Iterable[tuple[int, int]]) -> Ranges:
    found, begin = [], 0
    for low, high in _joined(ranges):
        if low > begin:
            found.append((begin, low - 1))
        begin = high + 1
    return (*found, (begin, _LAST)) if begin <= _LAST else tuple(found)


def _overlap(one: Ranges, other: Ranges) -> bool:
    return any(low <= end and begin <= high for low, high in one for begin, end in other)


# -- steps ------------------------------------------------------------------------------


def _steps(made: _Automaton, whole: _Part) -> tuple[Steps, Steps]:
    """The steps of trying a pattern at one place of a text: those that may have to be taken back,
    and those after a state where the text fits for sure, which are taken once."""
    steps = [_NONE] * len(made.reads)
    fits = set[int]() if made.asserts else set(whole.last)
    once = _NONE
    beyond: list[Ranges] = [()] * len(made.reads)
    """What is read after a state."""
    loop_of = {one: loop for loop in made.loops for one in range(loop.start, loop.end)}
    for one in reversed(range(len(made.reads))):
        loop = loop_of.get(one)
        if loop is None:
            found = _added(_ONE, _ways(made, made.follow[one], steps))
            once = _added(once, found) if one in fits else once
            steps[one] = _ONE if one in fits else found
            beyond[one] = _after(made, made.follow[one], beyond)
        elif one == loop.end - 1:
            inside = range(loop.start, loop.end)
            leaving = [_leave(made, loop, state, steps, beyond) for state in inside]
            outside = [state for one in inside for state in made.follow[one] if state >= loop.end]
            found = _added((0, 1, 0, 0, 0), _greatest(leaving))
            once = _added(once, found) if fits.intersection(inside) else once
            for state in inside:
                steps[state] = _ONE if state in fits else found
                beyond[state] = _after(made, (*inside, *outside), beyond)
    looks = _added(_ONE, made.looks)
    found = _added(_ONE, _ways(made, whole.first, steps))
    return _multiplied(found, looks), _multiplied(once, looks)


def _leave(
    made: _Automaton, loop: _Loop, state: int, steps: list[Steps], beyond: list[Ranges]
) -> Steps:
    """The steps after leaving a repetition from one of its states, as often as that can be."""
    inside = [one for one in made.follow[state] if one < loop.end]
    outside = [one for one in made.follow[state] if one >= loop.end]
    reads = made.reads
    for place, one in enumerate(inside):
        if any(_overlap(reads[one], reads[other]) for other in inside[:place]):
            _refuse("ambiguous")
    ways = _ways(made, outside, steps)
    leaving = [one for one in outside if any(_overlap(reads[one], reads[i]) for i in inside)]
    if not leaving:
        return ways
    if loop.times is not None:
        return _scaled(ways, loop.times)
    marks = _joined(edge for one in leaving for edge in reads[one])
    if not any(_overlap(marks, beyond[one]) for one in outside):
        # What follows ends at the next place to leave at: all together read the text once.
        return (0, *_added(ways, (0, ways[0], 0, 0, 0))[1:])
    return _times_length(ways)


def _after(made: _Automaton, states: Iterable[int], beyond: list[Ranges]) -> Ranges:
    return _joined(edge for one in states for edge in (*made.reads[one], *beyond[one]))


def _ways(made: _Automaton, states: Iterable[int], steps: list[Steps]) -> Steps:
    """The steps from where these states may follow: the sum of those that read one character."""
    edges = [
        edge
        for one in states
        for low, high in made.reads[one]
        for edge in ((low, 1, one), (high + 1, 0, one))
    ]
    open_ones: list[int] = []
    most = _NONE
    for _, begins, one in sorted(edges):
        if begins:
            open_ones.append(one)
            most = _greatest([most, functools.reduce(_added, (steps[i] for i in open_ones))])
        else:
            open_ones.remove(one)
    return most


def _capped(counts: Iterable[int]) -> Steps:
    a, b, c, d, e = (min(count, _ENDLESS) for count in counts)
    return a, b, c, d, e


def _added(*every: Steps) -> Steps:
    return _capped(map(sum, zip(*every, strict=True)))


def _greatest(every: Iterable[Steps]) -> Steps:
    return _capped(map(max, zip(_NONE, *every, strict=True)))


def _scaled(steps: Steps, times: int) -> Steps:
    return _capped(count * times for count in steps)


def _times_length(steps: Steps) -> Steps:
    return _capped((0, *steps[:3], steps[3] + steps[4]))


def _multiplied(one: Steps, other: Steps) -> Steps:
    found = _NONE
    for count in reversed(other):
        found = _added(_times_length(found), _scaled(one, count))
    return found
