"""What guides a search for hostile input: the lines of a module that a run reaches."""

import sys
from types import FrameType
from typing import Any


class Reached:
    """Notes the lines of some files that are run while it is entered."""

    def __init__(self, *files: str | None) -> None:
        self._files = files
        self.lines: set[tuple[str, int]] = set()

    def __enter__(self) -> "Reached":
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
