"""Results of importers that are not part of the API."""

from msgspec import Struct


class Appointment(Struct, frozen=True):
    """An occurrence in a calendar: time (ms), title, people. `uid` is the same each time that the
    same occurrence is read."""

    uid: str
    at: int
    summary: str
    names: tuple[str, ...]
