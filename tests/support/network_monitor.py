"""Uses plnd for a week, or turns one feed on, and records every packet of the network.

tests/attack/test_no_requests.py runs it in a network namespace of its own. Prints as JSON the
destinations outside loopback: `{"outside": [...], "loopback": n, "lost": n}`.
"""

import contextlib
import http.cookiejar
import ipaddress
import json
import random
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from plnd.api import ROUTES
from plnd.terminal.commands.index import COMMANDS
from support.builders import DAY, HOUR, NETWORKS, act, batch, visit
from support.faults import HostProcess, install_host
from support.harness import running_daemon

SOL_PACKET, PACKET_STATISTICS, SO_RCVBUFFORCE = 263, 6, 33
EVERY_PROTOCOL = 3
CANARY = ("198.51.100.1", 9)


class PacketMonitor:
    """Receives every packet of this network."""

    def __init__(self) -> None:
        kind = socket.htons(EVERY_PROTOCOL)
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, kind)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 * 1024 * 1024)
        self._socket.settimeout(0.2)
        self.outside: list[str] = []
        self.loopback = 0
        self.lost = 0
        self._ended = False
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                packet = self._socket.recv(65536)
            except TimeoutError:
                if self._ended:
                    return
                continue
            where = destination(packet)
            if where is None or where.is_loopback:
                self.loopback += 1
            else:
                self.outside.append(str(where))

    def end(self) -> None:
        """Receive the packets that are still on their way, and stop."""
        self._ended = True
        self._thread.join(20)
        statistics = self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        self.lost = struct.unpack("II", statistics)[1]
        self._socket.close()


def destination(packet: bytes) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The destination of a packet; None when it is not IP."""
    version = packet[0] >> 4
    if version == 4:
        return ipaddress.IPv4Address(packet[16:20])
    if version == 6:
        address = ipaddress.IPv6Address(packet[24:40])
        return address.ipv4_mapped or address
    return None


def plnd(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "plnd", *words], capture_output=True, text=True, timeout=60
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def week(folder: Path) -> None:
    """Seven days of browsing through the real native host, and all commands and pages."""
    chance = random.Random(7)
    pipe = HostProcess(install_host(folder / "manifests"))
    now = time.time_ns() // 1_000_000
    for day in range(7, 0, -1):
        for hour in range(1, 12):
            at = now - day * DAY + hour * HOUR
            network = chance.choice(NETWORKS)
            events = [visit(at + n * 60_000, 50, network=network, handle="nasa") for n in range(30)]
            events.append(act(at, chance.choice(["post", "reply", "react"]), network=network))
            answer = pipe.post(batch(*events))
            while answer["status"] == 503:
                answer = pipe.post(batch(*events))
            assert answer["status"] == 200, answer
    found = running_daemon()
    for route in ROUTES:
        if route.method == "GET" and "{" not in route.path:
            with contextlib.suppress(Exception):
                found.ask("GET", route.path.removeprefix("/api/v1/"))
    found.ask("POST", "notices/test")
    dashboard(plnd("open", "--print").strip())
    for name in COMMANDS:
        plnd(name, "--help")
    export = folder / "all.jsonl"
    for words in (
        ["status"],
        ["budget", "set", "5"],
        ["settings", "day_start", "4"],
        ["explain", "https://x.com/nasa"],
        ["doctor"],
        ["pause", "--for", "1m"],
        ["resume"],
        ["snooze"],
        ["receipt"],
        # These contain addresses and hosts, to which no request may be made.
        ["profile", "add", "mastodon", "me@mastodon.social"],
        ["person", "add", "Ana", "--handle", "mastodon:ana@mastodon.social"],
        ["learned", "a hook", "--from", "Ana", "--link", "https://mastodon.social/@ana/1"],
        ["met", "Ana"],
        ["person", "drift"],
        ["journal", "list"],
        ["review"],
        ["cpd"],
        ["plan"],
        ["ledger"],
        ["chat"],
        ["network"],
        ["forget", "--person", "Ana", "--yes"],
        ["export", str(export)],
        ["import", str(export)],
        ["restore"],
        ["forget", "--network", "x", "--yes"],
        ["stop"],
        ["status", "--json"],
        ["uninstall", "--manifest-dir", str(folder / "manifests")],
    ):
        plnd(*words)
    pipe.close()


def one_feed() -> None:
    """Turn on the public feed of a profile: it is requested at once, without an answer."""
    plnd("start")
    plnd("profile", "add", "mastodon", "me@mastodon.social")
    with contextlib.suppress(subprocess.TimeoutExpired, AssertionError):
        plnd("profile", "feed", "mastodon", "me@mastodon.social", "on")
    found = running_daemon()
    end = time.monotonic() + 30
    while not found.ask("GET", "requests")["requests"]:
        assert time.monotonic() < end, "the feed was not asked"
        time.sleep(0.1)
    (one,) = found.ask("GET", "requests")["requests"]
    assert one["host"] == "mastodon.social", one
    plnd("stop")


def dashboard(link: str) -> None:
    """Load the dashboard's page and its files."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
    with opener.open(link, timeout=10) as answer:
        page = answer.read().decode()
        base = answer.url
    for name in page.split('"'):
        if name.endswith((".js", ".css", ".svg")):
            with opener.open(urllib.parse.urljoin(base, name), timeout=10) as answer:
                answer.read()


def main(folder: Path, what: str) -> dict[str, Any]:
    monitor = PacketMonitor()
    try:
        week(folder) if what == "week" else one_feed()
    finally:
        time.sleep(0.5)  # for children that still run
        destinations = list(monitor.outside)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as canary:
            canary.sendto(b"is anybody listening?", CANARY)
        monitor.end()
    return {
        "outside": destinations,
        "canary": CANARY[0] in monitor.outside[len(destinations) :],
        "loopback": monitor.loopback,
        "lost": monitor.lost,
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))
