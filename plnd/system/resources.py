"""Where the parts of plnd lie that are not Python modules of it.

Inside an installed wheel they lie in the package; in a working copy, beside it.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def extension_dir() -> Path:
    """The folder of the browser extension, which also holds the catalogue."""
    return _first(_PACKAGE / "extension", _PACKAGE.parent / "extension")


def host_dir() -> Path:
    """The folder of the native messaging host and the templates of its manifests."""
    return _first(_PACKAGE / "native_host", _PACKAGE.parent / "native-host")


def chats_file() -> Path:
    """The list of chats that plnd comes with."""
    return _PACKAGE / "catalogue" / "chats.json"


def words_file(language: str) -> Path:
    """The catalogue of what plnd says in a language."""
    return _PACKAGE / "words" / f"{language}.json"


def dashboard_dir() -> Path:
    """The folder of the dashboard's page as the build made it."""
    return _PACKAGE / "dashboard" / "static"


def _first(inside: Path, beside: Path) -> Path:
    return inside if inside.is_dir() else beside
