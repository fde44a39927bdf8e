"""Handles from the web addresses in an address book."""

from plnd.catalogue.recognise import recognise_page
from plnd.model.people import Handle


def handle_of(address: str) -> Handle | None:
    """The handle whose profile an address is; None when it is not a profile on a network."""
    if not address.startswith(("http://", "https://")):
        return None
    found = recognise_page(address)
    if found is None or found.page != "profile" or not found.handle:
        return None
    return Handle(network=found.network, handle=found.handle)
