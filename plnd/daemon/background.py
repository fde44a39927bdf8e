"""Starting the daemon in the background, and stopping it."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from plnd import client
from plnd.errors import PlndError
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
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "plnd", "run", "--ready-fd", str(writing)]
    with logs.open_log(Path(log)) as output:
        begin = output.tell()
        child = subprocess.Popen(
            command + (["--port", port] if port else []),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
            pass_fds=[writing],
            start_new_session=True,
            cwd="/",
        )
    os.close(writing)
    try:
        url = _first_word(reading)
    finally:
        os.close(reading)
    if url:
        return url, True
    if url is None:
        raise PlndError(
            f"the daemon (process {child.pid}) did not answer in {START_PATIENCE_SECONDS:g} s",
            f"see {log}; it may still come up: `plnd status` says so",
        )
    # Two browsers may start it at the same moment: the loser is told so, and all is well.
    child.wait()
    if other := client.daemon(where):
        return str(other["url"]), False
    raise PlndError(*_last_words(log, begin))


def _first_word(reading: int) -> str | None:
    """What the daemon writes when it answers; nothing when it ended, None when it hangs."""
    ready, _, _ = select.select([reading], [], [], START_PATIENCE_SECONDS)
    return os.read(reading, 1024).decode() if ready else None


def _last_words(log: str, begin: int) -> tuple[str, str]:
    """The failed daemon's message and hint, from its log."""
    with open(log, "rb") as stream:
        if begin <= os.fstat(stream.fileno()).st_size:  # else it was begun anew
            stream.seek(begin)
        lines = [line.strip() for line in stream.read().decode(errors="replace").splitlines()]
    for number, line in enumerate(lines):
        if line.startswith("plnd: "):
            return line.removeprefix("plnd: "), " ".join(lines[number + 1 : number + 2])
    return "the daemon did not start", f"see {log}"


def stop(where: Place) -> int | None:
    """Stop the daemon and wait until it is gone; its process id, None when none ran.

    Raises:
        PlndError: it does not stop.
    """
    found = client.daemon(where)
    if not found:
        return None
    pid = int(found["pid"])
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + STOP_PATIENCE_SECONDS
    while time.monotonic() < end:
        if not client.lock_is_held(where) or (client.daemon(where) or found)["pid"] != pid:
            return pid
        time.sleep(0.01)
    raise PlndError(f"process {pid} does not stop", f"end it with `kill -9 {pid}`; nothing is lost")
