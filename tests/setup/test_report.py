"""The text for a bug report: what helps, and nothing that says who somebody is or what they did."""

import os

import pytest
from support.builders import HOUR, batch, visit
from support.harness import Daemon, RunPlnd

from plnd import __version__
from plnd.core.plnd import now_ms
from plnd.system.files import Home

WORD = "zebrafinch"


@pytest.mark.parametrize("running", [True, False])
def test_a_report_has_versions_and_no_personal_data(
    daemon: Daemon, run_plnd: RunPlnd, home: Home, running: bool
) -> None:
    events = [visit(now_ms() - HOUR, 60, handle=WORD, tag=WORD)]
    daemon.ask("POST", "events", batch(*events, browser="chromium", profile=WORD))
    if not running:
        run_plnd("stop")
    said = run_plnd("doctor", "--report", code=None).out
    assert f"plnd {__version__}, Python " in said
    assert ("daemon: version" if running else "daemon: not running") in said
    assert "events.db" in said
    assert "runs at http://127.0.0.1:" in said
    for private in (WORD, daemon.about["token"], str(home.data.parent), os.environ["HOME"]):
        assert private not in said


def test_a_report_or_json_not_both(run_plnd: RunPlnd) -> None:
    run_plnd("doctor", "--report", "--json", code=2)
