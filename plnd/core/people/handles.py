"""The ids of documents about a handle."""

from plnd.measures.people.handles import handle_key
from plnd.model.people import Handle


def handle_id(handle: Handle) -> str:
    """`network:handle`, without what makes no difference: the @ and upper case."""
    return ":".join(handle_key(handle.network, handle.handle))
