"""A time limit for reading one entry of a file."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

TimeLimit = Callable[[], AbstractContextManager[None]]
"""A context for reading one entry; raises TimeoutError when it takes too long."""

no_limit: TimeLimit = nullcontext
