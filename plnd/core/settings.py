"""The settings: changed by name; and the zone of the system, where none is set."""

import warnings
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from plnd.errors import Invalid
from plnd.measures.document_validation import check
from plnd.measures.event_validation import decoding_error
from plnd.model.settings import Settings


def changed_settings(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """The settings with those that are named changed.

    Raises:
        Invalid: a setting is unknown or its value does not fit.
    """
    try:
        changed = msgspec.convert({**msgspec.to_builtins(settings), **changes}, Settings)
    except msgspec.ValidationError as error:
        message, field = decoding_error(error)
        raise Invalid(message, "see `plnd settings` for each one's form", field=field) from error
    check(changed)
    return changed


def system_zone() -> str:
    """The name of the system's time zone as it is now; UTC where it has none that can be used.

    Looks at the system each time, which costs nearly a millisecond: whoever travels with a
    running plnd takes their days along.
    """
    import tzlocal

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a system that contradicts itself
            tzlocal.reload_localzone()
        name = tzlocal.get_localzone_name() or "UTC"
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return name
