"""The ids of documents about a handle."""

from plnd.measures.people import key_of
from plnd.model.people import Handle


def handle_id(handle: Handle) -> str:
    """`network:handle`, without what makes no difference: the @ and upper case."""
    return ":".join(key_of(handle.network, handle.handle))
