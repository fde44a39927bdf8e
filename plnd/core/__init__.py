"""What plnd can do: `Plnd`, the one object that the API, the commands and tests call."""

from plnd.core.plnd import Plnd, now_ms

__all__ = ["Plnd", "now_ms"]
