"""What a large log costs: today's figures and storing an event, with few events and with many."""

import statistics
from pathlib import Path

import table
from events import Visits, fill_log, posts
from http_client import latencies, request
from servers import bare_server, plnd_server, port_of, run_plnd

FEW = 20_000


def measure(folder: Path, events: int) -> None:
    sizes = {"small": FEW, "large": events}
    for name, count in sizes.items():
        fill_log(folder / name, count)
    floor: list[float] = []
    today: dict[str, list[float]] = {name: [] for name in sizes}
    stored: dict[str, list[float]] = {name: [] for name in sizes}
    with (
        bare_server() as (bare, _),
        plnd_server(folder / "small") as small,
        plnd_server(folder / "large") as large,
    ):
        visits = Visits(hours_ago=12)
        empty = request("POST", "/", {}, bare)
        for name in sizes:
            run_plnd(folder / name, "settings", "notify_budget", "false")
        # In turns, so that a noisy moment of the machine slows all of them.
        for _ in range(20):
            floor += latencies(bare, [empty] * 200)
            for name, found in (("small", small), ("large", large)):
                port = port_of(found)
                look = request("GET", "/api/v1/today", None, port, found["token"])
                today[name] += latencies(port, [look] * 200)
                stored[name] += latencies(port, posts(found, visits, 100))
    for part, promise in ((0.5, 2), (0.99, 4)):
        ours, bare_ms = table.quantile(today["large"], part), table.quantile(floor, part)
        what = f"GET today at {events} events, p{part * 100:.0f}"
        figures = f"{ours:.2f} ms", f"{bare_ms:.2f} ms bare"
        table.at_most(what, *figures, ours / bare_ms, promise)
    for what, taken in (("GET today", today), ("storing an event", stored)):
        many, few = statistics.median(taken["large"]), statistics.median(taken["small"])
        figures = f"{many:.2f} ms", f"{few:.2f} ms at 20,000"
        table.at_most(f"{what}, from 20,000 to {events}", *figures, many / few, 1.2)
