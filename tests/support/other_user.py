"""An attacker, another user of the machine: `other_user.py PORT SECONDS COOKIE HOME`.

Uses the standard library only. Prints at the end, as JSON, how each attack was answered.
"""

import contextlib
import json
import os
import re
import resource
import socket
import sys
import threading
import time
from collections import Counter

SILENT = 1300
ADDRESSES = ("127.0.0.1", "127.0.0.2")

port, seconds, cookie, home = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4]
answers: "dict[str, Counter[str]]" = {}
read: "set[str]" = set()
links: "set[str]" = set()
end = time.monotonic() + seconds


def record(what: str, answer: bytes) -> None:
    words = answer.split(b" ", 2)
    status = words[1].decode() if len(words) > 2 else "closed"
    answers.setdefault(what, Counter())[status] += 1


def ask(what: str, request: bytes, source: "tuple[str, int]" = ("127.0.0.1", 0)) -> None:
    """Send a request from an address, and record its answer."""
    with socket.socket() as connection:
        connection.settimeout(5)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        answer = b""
        with contextlib.suppress(OSError):
            connection.bind(source)
            connection.connect(("127.0.0.1", port))
            connection.sendall(request)
            answer = connection.recv(4096)
        record(what, answer)


def request(method: str, path: str, body: bytes = b"", *, keys: bool = True) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
    if keys:
        head += f"Cookie: {cookie}\r\nOrigin: http://127.0.0.1:{port}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def leftover_port() -> int:
    """The port of a connection in TIME_WAIT, which the kernel gives to root for a minute."""
    with socket.socket() as connection:
        connection.settimeout(5)
        connection.bind(("127.0.0.1", 0))
        connection.connect(("127.0.0.1", port))
        found: int = connection.getsockname()[1]
        return found


def hold_silent_connections() -> None:
    held: list[socket.socket] = []
    while time.monotonic() < end:
        alive = []
        for one in held:
            try:
                gone = one.recv(1) == b""
            except BlockingIOError:
                gone = False
            except OSError:
                gone = True
            if gone:
                one.close()
            else:
                alive.append(one)
        held = alive
        while len(held) < SILENT and time.monotonic() < end:
            one = socket.socket()
            one.settimeout(2)
            try:
                one.bind((ADDRESSES[len(held) % 2], 0))
                one.connect(("127.0.0.1", port))
            except OSError:
                one.close()
                break
            one.setblocking(False)
            held.append(one)
        silent = answers.setdefault("silent", Counter())
        silent["held"] = max(len(held), silent["held"])
    for one in held:
        one.close()


def watch_processes() -> None:
    """Try every link and token that the list of processes shows."""
    pattern = re.compile(rb"/open\?code=[\w-]+|Bearer [\w-]+|token=[\w-]+")
    while time.monotonic() < end:
        for name in filter(str.isdigit, os.listdir("/proc")):
            for part in ("cmdline", "environ"):
                with contextlib.suppress(OSError), open(f"/proc/{name}/{part}", "rb") as stream:
                    for found in pattern.findall(stream.read()):
                        links.add(found.decode())
                        path = found.decode().partition(" ")[0]
                        ask("caught link", request("GET", path, keys=False))


def use_the_cookie() -> None:
    forget = b'{"everything": true}'
    while time.monotonic() < end:
        ask("cookie", request("GET", "/api/v1/export"))
        ask("cookie", request("POST", "/api/v1/forget", forget))
        with contextlib.suppress(OSError):
            source = ("127.0.0.2", leftover_port())
            ask("cookie, other address", request("GET", "/api/v1/export"), source)
        for path, body in (("forget", forget), ("pause", b"{}"), ("budgets", b'{"minutes": 7}')):
            send_and_close(request("PUT" if path != "forget" else "POST", f"/api/v1/{path}", body))


def send_and_close(words: bytes) -> None:
    """Send without waiting: the data leaves after the socket is closed, when it is root's."""
    for _ in range(20):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as one:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
            one.sendall(words)


def send_garbage() -> None:
    while time.monotonic() < end:
        ask("assets", request("GET", f"/assets/{'a' * 300}.js", keys=False))
        ask("code", request("GET", "/open?code=zebrafinch", keys=False))
        ask("no key", request("GET", "/api/v1/today", keys=False))
        ask("no HTTP", b"zebrafinch \0 \xff\r\n\r\n")
        ask(
            "bad head",
            request("GET", "/zebrafinch", keys=False).replace(b"\r\nHost", b"\0\r\nHost"),
        )
        ask("long", b"GET /" + b"zebrafinch" * 9000 + b" HTTP/1.1\r\n\r\n")


def read_files() -> None:
    while time.monotonic() < end:
        for name in ("", "state", "state/daemon.json", "state/open.html", "data", "data/events.db"):
            with contextlib.suppress(OSError), open(os.path.join(home, name), "rb") as stream:
                stream.read(1)
                read.add(name)
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(os.path.join(home, "state", "daemon.sock"))
            read.add("daemon.sock")
        time.sleep(0.05)  # often enough, and leaves time to the other threads


_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, SILENT + 200), hard))
tries = (hold_silent_connections, watch_processes, use_the_cookie, send_garbage, read_files)
threads = [threading.Thread(target=one) for one in tries]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
found = {"answers": answers, "read": sorted(read), "links": sorted(links), "user": os.getuid()}
print(json.dumps(found))
