"""The documents name everything that a user can set, call or ask for."""

from pathlib import Path

import msgspec
import pytest

from plnd.catalogue import shipped
from plnd.model.settings import Settings
from plnd.system.paths import DEFAULT_PORT
from plnd.terminal.commands.registry import COMMANDS

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="module")
def words() -> str:
    return "\n".join(path.read_text() for path in DOCUMENTS)


def test_every_command_is_described(words: str) -> None:
    missing = [name for name in COMMANDS if f"plnd {name}" not in words]
    assert not missing, f"no document names these commands: {missing}"


def test_every_setting_is_described(words: str) -> None:
    names = [field.name for field in msgspec.structs.fields(Settings)]
    missing = [name for name in names if f"`{name}`" not in words]
    assert not missing, f"no document names these settings: {missing}"


def test_every_network_is_named(words: str) -> None:
    missing = [one.name for one in shipped.load().values() if one.name not in words]
    assert not missing, f"no document names these networks: {missing}"


def test_the_environment_is_described(words: str) -> None:
    missing = [name for name in ("PLND_HOME", "PLND_PORT", str(DEFAULT_PORT)) if name not in words]
    assert not missing, f"no document names these: {missing}"


@pytest.mark.parametrize(
    "name", ["README.md", "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "PRIVACY.md"]
)
def test_the_usual_documents_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 200, f"{name} is empty"
