"""Web addresses in an address book: whose profile they are."""

from plnd.catalogue.recognise import recognise_page
from plnd.model.people import Handle


def handle_of(address: str) -> Handle | None:
    """The handle that an address is the profile of; None when it is no profile of a network."""
    if not address.startswith(("http://", "https://")):
        return None
    found = recognise_page(address)
    if found is None or found.page != "profile" or not found.handle:
        return None
    return Handle(network=found.network, handle=found.handle)
