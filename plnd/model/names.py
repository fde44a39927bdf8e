"""Names and handles as they are compared, and ids made of them."""


def plain_handle(handle: str) -> str:
    """A handle as it is compared: without the @ in front, in lower case."""
    return handle.strip().lstrip("@").casefold()


def profile_id(network: str, handle: str) -> str:
    """The id of a profile, equal however the handle is written."""
    return f"{network}:{handle.strip().removeprefix('@').casefold()}"


def plain_name(name: str) -> str:
    """A name as it is compared: in lower case, with single spaces."""
    return " ".join(name.casefold().split())
