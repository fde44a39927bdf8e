"""How much of a file is read, and how long one entry of it may take."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

Limited = Callable[[], AbstractContextManager[None]]
"""Around the reading of one entry; raises TimeoutError when that takes too long."""

unlimited: Limited = nullcontext
