"""The part of the Windows registry that browsers need: a text under a key of this user."""

import contextlib
import importlib
from typing import Any, Protocol


class Registry(Protocol):
    """Texts by key, below HKEY_CURRENT_USER."""

    def read(self, key: str) -> str | None:
        """The text under a key; None when there is none."""

    def write(self, key: str, text: str) -> None:
        """Create the key if needed, and store the text under it."""

    def delete(self, key: str) -> None:
        """Delete the key; does nothing when there is none."""


class WindowsRegistry:
    """The registry of this machine, through `winreg`, or through a substitute in tests."""

    def __init__(self, winreg: Any = None) -> None:
        self._winreg = winreg or importlib.import_module("winreg")
        self._user = self._winreg.HKEY_CURRENT_USER

    def read(self, key: str) -> str | None:
        """The text under a key; None when there is none."""
        try:
            return str(self._winreg.QueryValue(self._user, key))
        except FileNotFoundError:
            return None

    def write(self, key: str, text: str) -> None:
        """Create the key if needed, and store the text under it.

        Raises:
            OSError: the system refuses.
        """
        self._winreg.SetValue(self._user, key, self._winreg.REG_SZ, text)

    def delete(self, key: str) -> None:
        """Delete the key; does nothing when there is none.

        Raises:
            OSError: the system refuses.
        """
        with contextlib.suppress(FileNotFoundError):
            self._winreg.DeleteKey(self._user, key)
