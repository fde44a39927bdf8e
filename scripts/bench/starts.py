"""How long processes take to start: `plnd status`, the native host, the daemon."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import table
from native_host import NativeHost, register
from servers import PLND, PYTHON, plnd_server, running

from plnd import client


def measure(home: Path) -> None:
    os.environ["PLND_HOME"] = str(home)
    floor = table.median_ms(_process(PYTHON, "-I", "-S", "-c", "pass"), 40)
    with plnd_server(home):
        _row("plnd status, whole process", _process(PLND, "status"), floor, 4)
        launcher = register(home, home / "manifests")
        _row("native host, spawn to first answer", lambda: _first_answer(launcher), floor, 5)
    imported = table.median_ms(_process(PYTHON, "-c", "import aiohttp.web"), 9)
    taken = statistics.median(daemon_start_ms(home) for _ in range(9))
    figures = f"{taken:.0f} ms", f"{imported:.0f} ms import"
    table.at_most("daemon start to first answer", *figures, taken / imported, 1.3)


def _row(what: str, act: Callable[[], object], floor: float, promise: float) -> None:
    """A row that compares a start with that of the bare interpreter."""
    taken = table.median_ms(act, 40)
    figures = f"{taken:.1f} ms", f"{floor:.1f} ms interpreter"
    table.at_most(what, *figures, taken / floor, promise)


def _process(*command: str) -> Callable[[], object]:
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _first_answer(launcher: str) -> None:
    host = NativeHost(launcher)
    host.ask("GET", "/api/v1/today")
    host.close()


def daemon_start_ms(home: Path) -> float:
    """From the daemon's spawn to its first answer."""
    reading, writing = os.pipe()
    begin = time.perf_counter()
    child = subprocess.Popen(
        [PYTHON, "-m", "plnd", "run", "--ready-fd", str(writing)],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    os.read(reading, 1024)
    client.ask(running(home), "GET", "today")
    taken = (time.perf_counter() - begin) * 1000
    os.close(reading)
    child.terminate()
    child.wait()
    return taken
