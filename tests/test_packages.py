"""What is given away: wheel, sdist, and the extension's packages; each used as a stranger would."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import time
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from support.builders import MINUTE, batch, visit
from support.faults import HostProcess

from plnd import __version__

ROOT = Path(__file__).parents[1]


def build(source: Path, target: Path, kind: str) -> Path:
    """A wheel or an sdist of a tree."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)],
        cwd=source,
        check=True,
        capture_output=True,
        timeout=300,
    )
    (made,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A wheel of this tree, and an sdist."""
    folder = tmp_path_factory.mktemp("built")
    return build(ROOT, folder / "wheel", "wheel"), build(ROOT, folder / "sdist", "sdist")


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return {name for name in opened.namelist() if ".dist-info/" not in name}


def test_the_wheel_has_what_runs_and_nothing_else(built: tuple[Path, Path]) -> None:
    found = names(built[0])
    assert {name.split("/")[0] for name in found} == {"plnd"}
    wanted = {
        f"plnd/{one}"
        for one in (
            "extension/manifest.json",
            "native_host/plnd_host.py",
            "core/plnd.py",
            "py.typed",
        )
    }
    assert wanted <= found
    assert not [name for name in found if name.endswith((".pyc", ".map")) or "test" in name]


def used_by_the_product(text: str, name: str) -> bool:
    """Whether a file's name, or its stem where code adds the ending, stands in a source."""
    path = PurePosixPath(name)
    return path.name in text or re.search(rf"\b{re.escape(path.stem)}\b", text) is not None


def test_each_file_of_the_wheel_is_used(built: tuple[Path, Path]) -> None:
    """A module is imported or run, and whatever else there is is named by a file that is used."""
    with zipfile.ZipFile(built[0]) as opened:
        texts = {
            name: opened.read(name).decode(errors="replace")
            for name in names(built[0])
            if not name.endswith(".png")
        }
    for_others = {
        "plnd/__main__.py",
        "plnd/py.typed",
        "plnd/dashboard/static/licences.md",  # what the licences of its libraries ask for
    }
    unused = [
        name
        for name in names(built[0]) - for_others
        if not name.endswith("/__init__.py")
        if not any(
            used_by_the_product(text, name) for other, text in texts.items() if other != name
        )
    ]
    assert unused == []


def test_the_sdist_makes_the_same_wheel(built: tuple[Path, Path], tmp_path: Path) -> None:
    wheel, sdist = built
    with tarfile.open(sdist) as opened:
        opened.extractall(tmp_path, filter="data")
    (tree,) = tmp_path.iterdir()
    assert names(build(tree, tmp_path / "again", "wheel")) == names(wheel)
    assert (tree / "scripts" / "test").exists()
    assert (tree / "LICENSE").exists()


@pytest.fixture
def installed(built: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The wheel in an environment of its own, on a machine without Node and without a compiler.

    Its dependencies are those that are here already: the tests load nothing from the network.
    """
    place = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    here = sysconfig.get_paths()["purelib"]
    there = Path(sysconfig.get_path("purelib", "venv", {"base": str(place)}))
    (there / "dependencies.pth").write_text(here + "\n")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python"), "install"]
    subprocess.run(
        [*pip, "-q", "--no-deps", "--no-index", "--disable-pip-version-check", str(built[0])],
        check=True,
        timeout=120,
    )
    return place / "bin"


def test_the_main_job_by_the_installed_wheel(installed: Path, tmp_path: Path) -> None:
    """Registered, started by the host as a browser starts it, fed, asked, gone again."""

    def plnd(*words: str, code: int = 0) -> str:
        done = subprocess.run(
            [installed / "plnd", *words], capture_output=True, text=True, timeout=60, cwd=tmp_path
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    place = subprocess.run(
        [installed / "python", "-c", "import plnd; print(plnd.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    ).stdout
    assert str(tmp_path / "environment") in place
    assert plnd("--version") == f"plnd {__version__}\n"
    plnd("install", "--manifest-dir", str(tmp_path / "hosts"))
    manifest = json.loads((tmp_path / "hosts" / "org.plnd.host.json").read_bytes())
    pipe = HostProcess(manifest["path"])
    now = time.time_ns() // 1_000_000
    sent = batch(*(visit(now - n * MINUTE - MINUTE, 50) for n in range(5)))
    answer = pipe.post(sent)
    while answer["status"] == 503:
        answer = pipe.post(sent)
    assert len(answer["body"]["stored"]) == 5
    pipe.close()
    assert plnd("explain", "https://x.com/nasa", "--json")
    assert json.loads(plnd("status", "--json"))["sources"][0]["browser"] == "chromium"
    assert len(json.loads(plnd("receipt", "--json"))["entries"]) == 5
    plnd("uninstall", "--data")
    assert not Path(os.environ["PLND_HOME"]).exists()


# -- the extension ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder with both packages, and what was said."""
    folder = tmp_path_factory.mktemp("packed")
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "pack"), str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stderr


def contents(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_mozillas_linter_has_nothing_to_say(packed: tuple[Path, str]) -> None:
    assert packed[1] == "web-ext lint: nothing to say\n"


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_each_package_has_every_file_and_its_own_manifest(
    packed: tuple[Path, str], browser: str
) -> None:
    found = contents(packed[0] / f"plnd-{browser}-{__version__}.zip")
    extension = ROOT / "extension"
    files = {
        path.relative_to(extension).as_posix(): path.read_bytes()
        for path in extension.rglob("*")
        if path.is_file()
    }
    made: dict[str, Any] = json.loads(found.pop("manifest.json"))
    whole: dict[str, Any] = json.loads(files.pop("manifest.json"))
    assert found == files
    assert made["version"] == __version__
    assert made["permissions"] == whole["permissions"]
    assert made["optional_host_permissions"] == whole["optional_host_permissions"]
    assert "key" not in made
    if browser == "chromium":
        assert made["background"] == {"service_worker": "background.js", "type": "module"}
        assert "browser_specific_settings" not in made
    else:
        assert made["background"] == {"scripts": ["background.js"], "type": "module"}
        gecko = made["browser_specific_settings"]["gecko"]
        # What leaves the browser is collected, to Mozilla, though it stays on the machine.
        wanted = {"required": ["browsingActivity", "websiteActivity"]}
        assert gecko["data_collection_permissions"] == wanted


def test_the_same_sources_give_the_same_bytes(packed: tuple[Path, str], tmp_path: Path) -> None:
    code = (
        f"import runpy, pathlib; made = runpy.run_path({str(ROOT / 'scripts' / 'pack')!r});"
        f"[made['pack'](one, pathlib.Path({str(tmp_path)!r})) for one in ('chromium', 'firefox')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (packed[0] / path.name).read_bytes()
