"""The demo is a plnd of its own: nothing of it is left, and the user's browsers keep theirs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from support import ROOT

from plnd import client
from plnd.system.paths import Place

DEMO = ROOT / "scripts" / "demo"


def test_the_demo_repairs_only_its_own_home(tmp_path: Path) -> None:
    env = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PLND_PORT": "0"}
    before = sorted(tmp_path.rglob("*"))
    with subprocess.Popen(
        [sys.executable, DEMO],
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
    assert sorted(tmp_path.rglob("*")) == before
