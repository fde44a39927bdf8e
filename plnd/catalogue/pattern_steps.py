"""How many steps an automaton can take, as a polynomial in the length of the text."""

import functools
from collections.abc import Iterable

from plnd.catalogue.character_sets import Ranges, merged, overlap
from plnd.catalogue.pattern_automaton import NO_STEPS, Automaton, Fragment, Loop, Steps, reject

_ONE_STEP: Steps = (1, 0, 0, 0, 0)
_CAP = 10**12


def count_steps(automaton: Automaton, whole: Fragment) -> tuple[Steps, Steps]:
    """The steps of matching at one position of a text: those that backtracking may repeat, and
    those after a state where the text matches for sure, which are taken once."""
    steps = [NO_STEPS] * len(automaton.reads)
    fits = set[int]() if automaton.asserts else set(whole.last)
    once = NO_STEPS
    beyond: list[Ranges] = [()] * len(automaton.reads)
    """The characters that are read after each state."""
    loop_of = {one: loop for loop in automaton.loops for one in range(loop.start, loop.end)}
    for one in reversed(range(len(automaton.reads))):
        loop = loop_of.get(one)
        if loop is None:
            found = add(_ONE_STEP, _steps_from(automaton, automaton.follow[one], steps))
            once = add(once, found) if one in fits else once
            steps[one] = _ONE_STEP if one in fits else found
            beyond[one] = _characters_from(automaton, automaton.follow[one], beyond)
        elif one == loop.end - 1:
            inside = range(loop.start, loop.end)
            leaving = [
                _steps_after_leaving(automaton, loop, state, steps, beyond) for state in inside
            ]
            outside = [
                state for one in inside for state in automaton.follow[one] if state >= loop.end
            ]
            found = add((0, 1, 0, 0, 0), _maximum(leaving))
            once = add(once, found) if fits.intersection(inside) else once
            for state in inside:
                steps[state] = _ONE_STEP if state in fits else found
                beyond[state] = _characters_from(automaton, (*inside, *outside), beyond)
    lookaheads = add(_ONE_STEP, automaton.lookahead_steps)
    found = add(_ONE_STEP, _steps_from(automaton, whole.first, steps))
    return _multiply(found, lookaheads), _multiply(once, lookaheads)


def _steps_after_leaving(
    automaton: Automaton, loop: Loop, state: int, steps: list[Steps], beyond: list[Ranges]
) -> Steps:
    """The steps after leaving a repetition from one of its states, times how often it can."""
    inside = [one for one in automaton.follow[state] if one < loop.end]
    outside = [one for one in automaton.follow[state] if one >= loop.end]
    reads = automaton.reads
    for place, one in enumerate(inside):
        if any(overlap(reads[one], reads[other]) for other in inside[:place]):
            reject("ambiguous")
    ways = _steps_from(automaton, outside, steps)
    leaving = [one for one in outside if any(overlap(reads[one], reads[i]) for i in inside)]
    if not leaving:
        return ways
    if loop.times is not None:
        return _scale(ways, loop.times)
    marks = merged(edge for one in leaving for edge in reads[one])
    if not any(overlap(marks, beyond[one]) for one in outside):
        # What follows stops at the next exit: together all exits read the text once.
        return (0, *add(ways, (0, ways[0], 0, 0, 0))[1:])
    return times_length(ways)


def _characters_from(automaton: Automaton, states: Iterable[int], beyond: list[Ranges]) -> Ranges:
    return merged(edge for one in states for edge in (*automaton.reads[one], *beyond[one]))


def _steps_from(automaton: Automaton, states: Iterable[int], steps: list[Steps]) -> Steps:
    """The steps from these states on: the greatest sum over states that read the same character."""
    edges = [
        edge
        for one in states
        for low, high in automaton.reads[one]
        for edge in ((low, 1, one), (high + 1, 0, one))
    ]
    open_ones: list[int] = []
    most = NO_STEPS
    for _, begins, one in sorted(edges):
        if begins:
            open_ones.append(one)
            most = _maximum([most, functools.reduce(add, (steps[i] for i in open_ones))])
        else:
            open_ones.remove(one)
    return most


def _capped(counts: Iterable[int]) -> Steps:
    a, b, c, d, e = (min(count, _CAP) for count in counts)
    return a, b, c, d, e


def add(*every: Steps) -> Steps:
    return _capped(map(sum, zip(*every, strict=True)))


def _maximum(every: Iterable[Steps]) -> Steps:
    return _capped(map(max, zip(NO_STEPS, *every, strict=True)))


def _scale(steps: Steps, times: int) -> Steps:
    return _capped(count * times for count in steps)


def times_length(steps: Steps) -> Steps:
    return _capped((0, *steps[:3], steps[3] + steps[4]))


def _multiply(one: Steps, other: Steps) -> Steps:
    found = NO_STEPS
    for count in reversed(other):
        found = add(times_length(found), _scale(one, count))
    return found
