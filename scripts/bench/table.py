"""The table of figures: one row for each promise, and whether it is kept."""

import statistics
import time
from collections.abc import Callable

HEAD = f"{'what':<46} {'plnd':>14} {'floor':>22} {'ratio':>9} promise"

kept: list[bool] = []
"""Whether each promise so far is kept, in the order of the rows."""


def _mark(is_kept: bool) -> str:
    kept.append(is_kept)
    return "ok" if is_kept else "NOT REACHED"


def at_most(what: str, figure: str, floor: str, ratio: float, promise: float) -> None:
    """A row whose ratio to its floor may be at most `promise`."""
    mark = _mark(ratio <= promise)
    print(f"{_compared(what, figure, floor, ratio)} ≤ {promise:<6.4g} {mark}", flush=True)


def at_least(what: str, figure: str, floor: str, ratio: float, promise: float) -> None:
    """A row whose ratio to its floor must be at least `promise`."""
    mark = _mark(ratio >= promise)
    print(f"{_compared(what, figure, floor, ratio)} ≥ {promise:<6.4g} {mark}", flush=True)


def without_promise(what: str, figure: str, floor: str, ratio: float) -> None:
    """A row that compares a figure with its floor and promises nothing."""
    print(_compared(what, figure, floor, ratio), flush=True)


def _compared(what: str, figure: str, floor: str, ratio: float) -> str:
    return f"{what:<46} {figure:>14} {floor:>22} {ratio:>7.2f} ×"


def milliseconds(what: str, taken: float, promise: float) -> None:
    """A row of a time that may be at most `promise` milliseconds."""
    at_most(what, f"{taken:.1f} ms", f"{promise:.0f} ms", taken / promise, 1)


def rates(what: str, pairs: list[tuple[float, float]], floor: str, promise: float) -> None:
    """A row of rates per second, from pairs of plnd's rate and its floor's.

    The ratio is the median of the pairs' ratios: both rates of a pair were measured within
    seconds, so a noisy moment of the machine spoils one pair only.
    """
    ours, least = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    at_least(what, f"{ours:.0f} /s", f"{least:.0f} /s {floor}", ratio, promise)


def plain(what: str, figure: float, unit: str, promise: float) -> None:
    """A row without a floor: the figure itself may be at most `promise`."""
    mark = _mark(figure <= promise)
    print(f"{what:<56} {figure:>10.1f} {unit:<8} ≤ {promise:<8g} {mark}", flush=True)


def summary() -> int:
    """Print how many promises are kept; the exit code: 1 when one is broken."""
    print(f"{sum(kept)} of {len(kept)} promises kept")
    return 0 if all(kept) else 1


def median_ms(act: Callable[[], object], times: int) -> float:
    """The median time of a call, in milliseconds."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken)


def quantile(taken: list[float], part: float) -> float:
    return sorted(taken)[min(len(taken) - 1, int(part * len(taken)))]
