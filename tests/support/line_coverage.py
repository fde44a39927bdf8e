"""The lines that a run executes, to guide a search for hostile input."""

import sys
from types import FrameType
from typing import Any


class LineCoverage:
    """A context that records which lines of some files are executed."""

    def __init__(self, *files: str | None) -> None:
        self._files = files
        self.lines: set[tuple[str, int]] = set()

    def __enter__(self) -> "LineCoverage":
        self._before = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _trace(self, frame: FrameType, _: str, __: object) -> Any:
        if frame.f_code.co_filename not in self._files:
            return None
        self.lines.add((frame.f_code.co_filename, frame.f_lineno))
        return self._trace
