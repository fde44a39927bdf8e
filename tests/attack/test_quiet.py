"""Nothing is let out: a week with plnd in a network where every packet is heard."""

import json
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
# Loopback is there, and the way to everywhere else leads over it as well: past the listener.
NETWORK = """
ip link set lo up
ip addr add 192.0.2.1/24 dev lo
ip route add default dev lo
ip -6 route add default dev lo 2>/dev/null
exec "$@"
"""


def alone(*words: str) -> subprocess.CompletedProcess[str]:
    """A command in a network of its own; without root, in a world of its own where we are root."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return subprocess.run(
        ["unshare", *user, "--net", "sh", "-c", NETWORK, "sh", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
    )


def test_a_week_sends_nothing_to_anywhere(tmp_path: Path) -> None:
    """Not one packet leaves loopback, asking for names included; and the listener hears well."""
    done = alone(sys.executable, str(TESTS / "quiet.py"), str(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    heard = json.loads(done.stdout)
    assert heard["outside"] == []
    assert heard["canary"]
    assert heard["lost"] == 0
    assert heard["loopback"] > 1000
