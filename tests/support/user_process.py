"""A user who browses during an attack: `user_process.py SECONDS COOKIE HOST…`.

HOST… is the command of the native host. Prints at the end, as JSON, the longest time of each
action, and what failed.
"""

import http.client
import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

from plnd import client
from plnd.system.paths import place

waits: dict[str, float] = {}
failures: list[str] = []
stored: list[str] = []
opened = 0


def record_time(what: str, begun: float) -> None:
    waits[what] = max(time.monotonic() - begun, waits.get(what, 0.0))


def send_event(pipe: "subprocess.Popen[bytes]") -> None:
    """Send a visit through the native host, as a browser does."""
    assert pipe.stdin and pipe.stdout
    now = time.time_ns() // 1_000_000
    event = {"id": str(uuid.uuid4()), "kind": "visit", "network": "x", "page": "feed"}
    event |= {"start": now - 1000, "end": now}  # type: ignore[dict-item]
    source = {"browser": "chromium", "profile": "p", "extension": "0.1.0"}
    body = {"source": source, "events": [event]}
    frame = json.dumps({"id": 1, "method": "POST", "path": "/api/v1/events", "body": body}).encode()
    begun = time.monotonic()
    pipe.stdin.write(len(frame).to_bytes(4, sys.byteorder) + frame)
    pipe.stdin.flush()
    length = int.from_bytes(pipe.stdout.read(4), sys.byteorder)
    answer = json.loads(pipe.stdout.read(length))
    record_time("event", begun)
    if answer["status"] == 200 and answer["body"]["stored"] == [event["id"]]:
        stored.append(str(event["id"]))
    else:
        failures.append(f"event: {answer}")


def load_dashboard(port: int, cookie: str) -> None:
    begun = time.monotonic()
    for path in ("/", "/api/v1/today"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", path, headers={"Cookie": cookie})
            status = connection.getresponse().status
        except OSError as error:
            status = -1
            failures.append(f"dashboard: {error}")
        finally:
            connection.close()
        if status != 200:
            failures.append(f"dashboard: {status}")
    record_time("dashboard", begun)


def open_dashboard(folder: Path) -> None:
    """Run `plnd open`, with this file as the browser, which then is signed in."""
    global opened
    log = folder / f"opened-{opened}"
    env = {**os.environ, "BROWSER": f"{sys.executable} {Path(__file__)} --browser {log} %s"}
    done = subprocess.run(
        [sys.executable, "-m", "plnd", "open"], env=env, capture_output=True, text=True, timeout=60
    )
    end = time.monotonic() + 20
    while not log.exists() and time.monotonic() < end:
        time.sleep(0.02)
    if done.returncode or not log.exists() or log.read_text() != "303":
        failures.append(f"open: {done.stderr} {log.read_text() if log.exists() else 'no browser'}")
    opened += 1


def act_as_browser(log: Path, page: str) -> None:
    """Follow the link in the page, with its code."""
    text = Path(page.removeprefix("file://")).read_text()
    link = text.partition("url=")[2].partition('"')[0]
    address, _, path = link.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(address, timeout=20)
    connection.request("GET", f"/{path}")
    new = log.with_suffix(".new")
    new.write_text(str(connection.getresponse().status))
    new.rename(log)


def main(seconds: float, cookie: str, host: list[str]) -> None:
    about = client.daemon(place())
    assert about
    port = int(about["url"].rpartition(":")[2])
    folder = Path(os.environ["HOME"])
    pipe = subprocess.Popen(host, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    end = time.monotonic() + seconds
    turn = 0
    while time.monotonic() < end:
        send_event(pipe)
        load_dashboard(port, cookie)
        if turn % 40 == 0:
            open_dashboard(folder)
            status = subprocess.run(
                [sys.executable, "-m", "plnd", "status", "--json"], capture_output=True, timeout=60
            )
            if status.returncode:
                failures.append(f"status: {status.stderr.decode()}")
        turn += 1
        time.sleep(
            0.2
        )  # a pause as of a person; at most 3,000 events fit into a quarter of an hour
    assert pipe.stdin
    pipe.stdin.close()
    pipe.wait(20)
    said = {"waits": waits, "failures": failures, "stored": stored, "opened": opened}
    print(json.dumps({**said, "user": os.getuid()}))


if __name__ == "__main__":
    if "--browser" in sys.argv:
        act_as_browser(Path(sys.argv[2]), sys.argv[3])
    else:
        main(float(sys.argv[1]), sys.argv[2], sys.argv[3:])
