"""What reading a file gives that is nothing of the API's."""

from msgspec import Struct


class Appointment(Struct, frozen=True):
    """An occurrence in a calendar: when (ms), what, with whom. `uid` is the same every time
    that the same occurrence is read."""

    uid: str
    at: int
    summary: str
    names: tuple[str, ...]
