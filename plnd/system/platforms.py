"""Which system this is, for what browsers and service managers expect in a place of its own."""

import sys

LINUX = "linux"
MACOS = "darwin"
WINDOWS = "win32"

CURRENT: str = sys.platform
