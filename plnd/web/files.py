"""The files of the built dashboard in the package."""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from plnd.errors import NotFound
from plnd.system.resources import dashboard_dir

_MEDIA_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file to serve, as it is and compressed."""

    media_type: str
    content: bytes
    gzipped: bytes


def find_file(name: str) -> File | None:
    """The file with this name, such as `assets/page.js`; None when there is none.

    Raises:
        NotFound: the dashboard was never built.
    """
    folder = dashboard_dir()
    if not folder.is_dir():
        raise NotFound(
            "this copy of plnd has no dashboard: it was not built",
            "`scripts/run` builds it; `plnd status` says the same in a terminal",
            code="not_built",
        )
    path = _servable_files(folder).get(name)
    if path is None:
        return None
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:  # it is being rebuilt
        return None


def _servable_files(folder: Path) -> dict[str, Path]:
    """The files by name. Requested names are only looked up here, never used as paths."""
    return {
        path.relative_to(folder).as_posix(): path
        for inside in (folder, folder / "assets")
        for path in sorted(inside.glob("*"))
        if path.suffix in _MEDIA_TYPES and path.is_file()
    }


@lru_cache(maxsize=64)
def _read(path: Path, _changed_at: int) -> File:
    content = path.read_bytes()
    return File(_MEDIA_TYPES[path.suffix], content, gzip.compress(content, mtime=0))
