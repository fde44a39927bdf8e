"""What the daemon uses of the machine: memory, CPU, disk writes, wake-ups."""

import time
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import table
from events import HOUR_MS, SOURCE, Visits, posts
from http_client import latencies, request
from native_host import NativeHost, register
from servers import bare_server, plnd_server, port_of, run_plnd

BEATS = 240
"""How many beats the extension sends in an hour: one every 15 s."""
MONTH_HOURS = 90


class Usage(NamedTuple):
    """What a process has used since it began."""

    cpu_seconds: float
    written_kb: float
    woken: float

    def since(self, before: "Usage", scale: float) -> "Usage":
        """The difference to an earlier moment, times `scale`."""
        return Usage(*((now - then) * scale for now, then in zip(self, before, strict=True)))


def usage(process: psutil.Process) -> Usage:
    written = process.io_counters().write_bytes / 1024
    return Usage(cpu_seconds(process), written, process.num_ctx_switches().voluntary)


def cpu_seconds(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))


def resident_mib(process: psutil.Process) -> float:
    return float(process.memory_info().rss / 2**20)


def idle(home: Path) -> None:
    """Memory and CPU of a daemon that waits, and its memory after an hour of use."""
    with bare_server() as (_, bare), plnd_server(home) as found:
        daemon = psutil.Process(found["pid"])
        floor = resident_mib(bare)
        _memory_row("daemon idle, resident", resident_mib(daemon), floor)
        before = cpu_seconds(daemon)
        begin = time.perf_counter()
        time.sleep(20)
        share = 100 * (cpu_seconds(daemon) - before) / (time.perf_counter() - begin)
        table.at_most("daemon idle for 20 s, CPU", f"{share:.3f} %", "0.1 %", share / 0.1, 1)
        visits = Visits(hours_ago=1)
        port, token = port_of(found), found["token"]
        today = request("GET", "/api/v1/today", None, port, token)
        latencies(port, [one for post in posts(found, visits, BEATS) for one in (post, today)])
        _memory_row("daemon after an hour of use, resident", resident_mib(daemon), floor)


def _memory_row(what: str, ours: float, floor: float) -> None:
    table.at_most(what, f"{ours:.1f} MiB", f"{floor:.1f} MiB bare", ours / floor, 1.25)


def idle_hour(home: Path) -> None:
    """What an hour costs in which nobody browses: half a minute of it, times 120."""
    with plnd_server(home) as found:
        daemon = psutil.Process(found["pid"])
        time.sleep(2)
        before = usage(daemon)
        time.sleep(30)
        cpu, written, woken = usage(daemon).since(before, 120)
    table.at_most("an idle hour: daemon's CPU", f"{cpu:.2f} s", "1 s", cpu, 1)
    table.at_most("an idle hour: written to disk", f"{written:.0f} kB", "1 kB", written, 1)
    table.at_most("an idle hour: daemon woken", f"{woken:.0f} times", "60 times", woken / 60, 1)


def month(home: Path) -> None:
    """What an hour of browsing costs: thirty days of three hours, at full speed, through the
    native host."""
    with plnd_server(home) as found:
        run_plnd(home, "settings", "notify_budget", "false")
        pipe = NativeHost(register(home, home / "manifests"))
        daemon, host = psutil.Process(found["pid"]), psutil.Process(pipe.pid)
        visits = Visits(hours_ago=24 * 31)
        _browse_an_hour(pipe, visits)  # pays for imports and caches, which later hours do not
        before, host_before, first = usage(daemon), usage(host), resident_mib(daemon)
        for hour in range(MONTH_HOURS - 1):
            if hour % 3 == 2:
                visits.at += 21 * HOUR_MS
            _browse_an_hour(pipe, visits)
        an_hour = 1 / (MONTH_HOURS - 1)
        cpu, written, woken = usage(daemon).since(before, an_hour)
        host_cpu = usage(host).since(host_before, an_hour).cpu_seconds
        last = resident_mib(daemon)
        pipe.close()
    table.at_most("an hour of browsing: daemon's CPU", f"{cpu:.2f} s", "1 s", cpu, 1)
    figures = f"{host_cpu:.2f} s", "0.5 s"
    table.at_most("an hour of browsing: host's CPU", *figures, host_cpu / 0.5, 1)
    least = BEATS * 4.1  # kB: a safe write of a small row is one page of the journal and its frame
    figures = f"{written / 1024:.1f} MiB", f"{least / 1024:.1f} MiB pages"
    table.at_most("an hour of browsing: written to disk", *figures, written / least, 16)
    figures = f"{woken:.0f} times", f"{BEATS} beats"
    table.at_most("an hour of browsing: daemon woken", *figures, woken / BEATS, 4)
    figures = f"{last:.1f} MiB", f"{first:.1f} MiB"
    table.at_most("memory after a month, against its first hour", *figures, last / first, 1.1)


def _browse_an_hour(pipe: NativeHost, visits: Visits) -> None:
    """An hour as the extension sends it: a beat every 15 s, a new page each minute."""
    visit: dict[str, Any] = {}
    for beat in range(BEATS):
        if beat % 4 == 0:
            visit = visits.next()
        visit["end"] = visit["start"] + (beat % 4 + 1) * 2_900
        pipe.ask("POST", "/api/v1/events", {"source": SOURCE, "events": [visit]})
