"""Handles and addresses of profiles."""

from urllib.parse import quote, urlsplit

from plnd.catalogue import recognise, shipped
from plnd.errors import Invalid
from plnd.measures.field_checks import check_handle
from plnd.model.profiles import Profile


def parse_handle(network: str, given: str) -> str:
    """The handle in what the user gave: with or without @, or the profile's address.

    Raises:
        Invalid: it is not a handle, or the address of another page.
    """
    handle = given.strip()
    if handle.startswith(("http://", "https://")):
        found = recognise.recognise_page(handle)
        if found is None or found.network != network or not found.handle:
            raise Invalid("this address is no profile there", "give the handle", field="handle")
        host = urlsplit(handle).hostname
        federated = "{host}" in shipped.load()[network].profile_url
        handle = f"{found.handle}@{host}" if federated and "@" not in found.handle else found.handle
    handle = handle.removeprefix("@")
    check_handle(handle, given)
    return handle


def fill_template(template: str | None, handle: str) -> str | None:
    """An address with {handle} and {host} (from handle@host) filled in.

    None if something is missing, such as the host or a team's name.
    """
    if template is None:
        return None
    name, _, host = handle.partition("@")
    plain = name if "{host}" in template else handle
    address = template.replace("{handle}", quote(plain, safe="@:")).replace("{host}", host)
    return None if "{" in address or "///" in address else address


def profile_address(profile: Profile) -> str | None:
    network = shipped.load().get(profile.network)
    return fill_template(network.profile_url, profile.handle) if network else None
