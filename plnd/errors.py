"""The errors that a person can do something about.

Each names what happened and to what, and what to do. Any other exception is a bug and keeps
its traceback.
"""


class PlndError(Exception):
    """What happened (`message`) and what to do (`hint`), under a stable `code`."""

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
    """A value does not have the form that it needs; `field` names it."""

    code = "invalid"


class NotFound(PlndError):
    """There is nothing of the given name or id."""

    code = "not_found"


class Conflict(PlndError):
    """The request contradicts the present state."""

    code = "conflict"


class TooLarge(PlndError):
    """The request holds more than plnd accepts at once."""

    code = "too_large"


class StorageError(PlndError):
    """The disk or a store refused; nothing of the request was kept."""

    code = "storage"
