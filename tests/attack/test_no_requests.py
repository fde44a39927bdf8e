"""Nothing is let out: a week with plnd in a network where every packet is heard."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
# Loopback is there, and the way to everywhere else leads over it as well: past the listener.
NETWORK = """
ip link set lo up
ip addr add 192.0.2.1/24 dev lo
ip route add default dev lo
ip -6 route add default dev lo 2>/dev/null
mount --bind "$HOSTS" /etc/hosts
exec "$@"
"""
FEED = "1.1.1.1"
"""Where the feed's host is said to be: a public address, of which nothing here is ever reached."""


def alone(folder: Path, what: str) -> dict[str, Any]:
    """What was heard in a network of its own; without root, in a world of its own as its root."""
    hosts = folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost\n{FEED} mastodon.social\n")
    words = (sys.executable, str(TESTS / "support" / "network_monitor.py"), str(folder), what)
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    done = subprocess.run(
        ["unshare", *user, "--net", "--mount", "sh", "-c", NETWORK, "sh", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]),
            "HOSTS": str(hosts),
        },
    )
    assert done.returncode == 0, done.stderr[-3000:]
    heard: dict[str, Any] = json.loads(done.stdout)
    assert heard["canary"], "the listener is deaf"
    assert heard["lost"] == 0
    return heard


def test_a_week_sends_nothing_to_anywhere(tmp_path: Path) -> None:
    """Not one packet leaves loopback, asking for names included; and the listener hears well."""
    heard = alone(tmp_path, "week")
    assert heard["outside"] == []
    assert heard["loopback"] > 200


def test_with_one_feed_on_that_host_alone_is_asked(tmp_path: Path) -> None:
    heard = alone(tmp_path, "feed")
    assert set(heard["outside"]) == {FEED}
