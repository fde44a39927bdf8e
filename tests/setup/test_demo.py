"""The demo is a plnd of its own: nothing of it is left, and the user's browsers keep theirs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

from plnd import client
from plnd.system.paths import Place

DEMO = ROOT / "scripts" / "demo"


# A shell that ignores SIGINT, as it does for jobs in the background, and becomes the demo.
IGNORING_SIGINT = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]


@pytest.mark.parametrize("before", [[], IGNORING_SIGINT], ids=["foreground", "background"])
def test_the_demo_repairs_only_its_own_home(before: list[str], tmp_path: Path) -> None:
    """SIGINT ends it, also where it was started with that ignored."""
    env = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PLND_PORT": "0"}
    files = sorted(tmp_path.rglob("*"))
    with subprocess.Popen(
        [*before, sys.executable, DEMO],
        env=env,
        stderr=subprocess.PIPE,
        text=True,
        stdout=subprocess.DEVNULL,
    ) as demo:
        assert demo.stderr
        try:
            assert any("Ctrl-C ends the demo" in line for line in demo.stderr)
            (home,) = tmp_path.glob("plnd-demo-*/plnd")
            found = client.daemon(Place(str(home / "state"), "", "", None))
            assert found
            mended = client.ask(found, "POST", "doctor/mend")["mended"]
            assert {"Chromium", "Firefox"} <= {one["name"] for one in mended}
            assert len(list((home.parent / "user").rglob("org.plnd.host.json"))) >= 2
        finally:
            demo.send_signal(signal.SIGINT)
            demo.stderr.read()
    assert sorted(tmp_path.rglob("*")) == files
