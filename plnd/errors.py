"""The errors that a person can do something about.

Each says what happened, to what, and what to do. Anything else that goes wrong
is a bug and keeps its traceback.
"""


class PlndError(Exception):
    """What happened (`message`), what to do (`hint`), under a stable `code`."""

    code = "failed"

    def __init__(
        self, message: str, hint: str = "", *, code: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field
        if code is not None:
            self.code = code


class Invalid(PlndError):
    """Something that was handed in is not as it must be; `field` names the part."""

    code = "invalid"


class NotFound(PlndError):
    """The thing asked for is not there."""

    code = "not_found"


class Conflict(PlndError):
    """What was asked for contradicts what is there."""

    code = "conflict"


class TooLarge(PlndError):
    """More was handed in than is taken at once."""

    code = "too_large"


class StorageError(PlndError):
    """The disk or a store refused; nothing of the request was kept."""

    code = "storage"
