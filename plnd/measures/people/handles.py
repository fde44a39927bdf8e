"""Handles, and how they are compared."""

from plnd.model.names import plain_handle

HandleKey = tuple[str, str]
"""Network, and the handle without the @ and in lower case."""


def handle_key(network: str, handle: str) -> HandleKey:
    """Equal for two ways of writing the same handle: the @ and the case do not matter."""
    return network, plain_handle(handle)
