"""Starting the daemon in the background, and stopping it."""

import os
import sys
import time
from pathlib import Path

from plnd import client
from plnd.errors import PlndError
from plnd.system import processes
from plnd.system.paths import Place

START_PATIENCE_SECONDS = 30.0
STOP_PATIENCE_SECONDS = 10.0


def start(where: Place, port: str | None) -> tuple[str, bool]:
    """Start the daemon unless it runs; its URL, and whether it is new.

    Raises:
        PlndError: it did not start; the message is its own.
    """
    found = client.daemon(where)
    if found:
        return str(found["url"]), False
    from plnd.system import logs
    from plnd.system.files import home

    home().make()
    log = os.path.join(where.state, "daemon.log")
    command = [sys.executable, "-m", "plnd", "run", *(["--port", port] if port else [])]
    with logs.open_log(Path(log)) as output:
        log_size = output.tell()
        daemon = processes.BackgroundProcess(command, ready_option="--ready-fd", errors=output)
    url = daemon.wait_until_ready(START_PATIENCE_SECONDS)
    if url:
        return url, True
    if url is None:
        raise PlndError(
            f"the daemon (process {daemon.pid}) did not answer in {START_PATIENCE_SECONDS:g} s",
            f"see {log}; it may still come up: `plnd status` says so",
        )
    # Two browsers may start it at the same moment: then one start fails, and the daemon runs.
    daemon.wait()
    if other := client.daemon(where):
        return str(other["url"]), False
    raise PlndError(*_failure(log, log_size))


def _failure(log: str, log_size: int) -> tuple[str, str]:
    """The message and the hint of a daemon that failed, from its log.

    `log_size` is the size of the log, in bytes, before the daemon was started.
    """
    with open(log, "rb") as stream:
        if log_size <= os.fstat(stream.fileno()).st_size:  # else it is a new file
            stream.seek(log_size)
        lines = [line.strip() for line in stream.read().decode(errors="replace").splitlines()]
    for number, line in enumerate(lines):
        if line.startswith("plnd: "):
            return line.removeprefix("plnd: "), " ".join(lines[number + 1 : number + 2])
    return "the daemon did not start", f"see {log}"


def stop(where: Place) -> int | None:
    """Stop the daemon and wait until it has ended; its process id, None when none ran.

    Raises:
        PlndError: it does not stop.
    """
    found = client.daemon(where)
    if not found:
        return None
    pid = int(found["pid"])
    processes.terminate(pid)
    end = time.monotonic() + STOP_PATIENCE_SECONDS
    while time.monotonic() < end:
        if not client.lock_is_held(where) or (client.daemon(where) or found)["pid"] != pid:
            return pid
        time.sleep(0.01)
    raise PlndError(f"process {pid} does not stop", f"end it with `kill -9 {pid}`; nothing is lost")
