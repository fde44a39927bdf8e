"""How a person's handle is compared and named in the book."""

from plnd.measures.people import Key, key_of
from plnd.model.people import Handle


def handle_key(handle: Handle) -> Key:
    """The handle without what makes no difference: the @ and upper case."""
    return key_of(handle.network, handle.handle)


def handle_id(handle: Handle) -> str:
    """`network:handle`, the id of the documents about a handle."""
    return ":".join(handle_key(handle))
