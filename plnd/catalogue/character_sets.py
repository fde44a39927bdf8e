"""Sets of characters as sorted ranges of code points, first and last included."""

from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]
LAST_CHARACTER = 0x10FFFF
WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
DIGITS: Ranges = ((48, 57),)
SPACE: Ranges = ((9, 13), (32, 32))
# JavaScript's \s, which is wider than Python's with re.ASCII.
JS_SPACE: Ranges = (
    *((9, 13), (32, 32), (160, 160), (5760, 5760), (8192, 8202), (8232, 8233)),
    *((8239, 8239), (8287, 8287), (12288, 12288), (65279, 65279)),
)
ANY: Ranges = ((0, LAST_CHARACTER),)


def single(char: str) -> Ranges:
    return ((ord(char), ord(char)),)


def is_single(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def complement(ranges: Iterable[tuple[int, int]]) -> Ranges:
    found, begin = [], 0
    for low, high in merged(ranges):
        if low > begin:
            found.append((begin, low - 1))
        begin = high + 1
    return (*found, (begin, LAST_CHARACTER)) if begin <= LAST_CHARACTER else tuple(found)


def overlap(one: Ranges, other: Ranges) -> bool:
    return any(low <= end and begin <= high for low, high in one for begin, end in other)
