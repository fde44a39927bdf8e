"""Starting and ending processes, with real ones."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.harness import alive, wait_until

from plnd.system import processes
from plnd.system.processes import OWN_GROUP, BackgroundProcess

READY = "import sys; from plnd.system.processes import report_ready; "


def start(code: str, tmp_path: Path) -> BackgroundProcess:
    """Start Python code in the background; its last argument is the number of the pipe."""
    with (tmp_path / "errors").open("wb") as errors:
        command = [sys.executable, "-c", READY + code]
        return BackgroundProcess(command, ready_option="--ready", errors=errors)


def test_the_message_of_a_ready_process_arrives(tmp_path: Path) -> None:
    process = start("report_ready(int(sys.argv[2]), 'here I am')", tmp_path)
    assert process.wait_until_ready(30) == "here I am"
    process.wait()


def test_a_process_that_ends_without_a_message_has_an_empty_one(tmp_path: Path) -> None:
    process = start("sys.exit('no')", tmp_path)
    assert process.wait_until_ready(30) == ""
    process.wait()
    assert (tmp_path / "errors").read_text() == "no\n"


def test_the_wait_for_a_process_that_hangs_is_limited(tmp_path: Path) -> None:
    process = start("import time; time.sleep(60)", tmp_path)
    assert process.wait_until_ready(0.05) is None
    processes.kill(process.pid)
    process.wait()
    processes.kill(process.pid)
    processes.terminate(process.pid)


def test_a_group_ends_with_all_that_it_started(tmp_path: Path) -> None:
    """A grandchild outlives its parent, and is in the group all the same."""
    file = tmp_path / "pid"
    code = (
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(file)!r}).write_text(str(child.pid))\n"
        "time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], **OWN_GROUP)
    wait_until(lambda: file.exists() and file.read_text() != "", "the grandchild")
    processes.kill_group(process.pid)
    process.wait(10)
    wait_until(lambda: not alive(int(file.read_text())), "the end of the grandchild")


@pytest.mark.parametrize("end", [processes.kill_group, processes.terminate, processes.kill])
def test_a_process_that_has_ended_is_no_error(end: object, tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], **OWN_GROUP)
    process.wait(10)
    assert callable(end)
    end(process.pid)
