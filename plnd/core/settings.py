"""The settings: read, checked beyond what their types say, changed by name."""

import warnings
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from plnd.errors import Invalid, StorageError
from plnd.intake import said
from plnd.model import Settings
from plnd.store.book import Single

FEWEST_DAYS = 7


def kept_settings(kept: Single[Settings]) -> Settings:
    """The settings as they are kept.

    Raises:
        StorageError: somebody edited them into what cannot be; it names file and setting.
    """
    settings = kept.get()
    try:
        checked(settings)
    except Invalid as error:
        raise StorageError(
            f"{kept.storage.path}: {error.message}",
            "mend that entry in an editor, or delete the file to start it anew",
            code="damaged_store",
        ) from error
    return settings


def changed_settings(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """The settings with those that are named changed.

    Raises:
        Invalid: a setting is unknown or its value does not fit.
    """
    try:
        changed = msgspec.convert({**msgspec.to_builtins(settings), **changes}, Settings)
    except msgspec.ValidationError as error:
        message, field = said(error)
        raise Invalid(message, "see `plnd settings` for each one's form", field=field) from error
    checked(changed)
    return changed


def checked(settings: Settings) -> None:
    """Check what the types do not say.

    Raises:
        Invalid: a value does not fit; `field` names the setting.
    """
    if settings.time_zone is not None:
        try:
            ZoneInfo(settings.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise Invalid(
                f"unknown time zone {settings.time_zone!r}",
                "an IANA name such as Europe/London, or null for the system's",
                field="time_zone",
            ) from error
    if settings.work_end <= settings.work_start:
        raise Invalid("work_end is not after work_start", field="work_end")
    if (settings.quiet_start is None) != (settings.quiet_end is None):
        field = "quiet_end" if settings.quiet_end is None else "quiet_start"
        raise Invalid("quiet hours need both quiet_start and quiet_end", field=field)
    if 0 < settings.keep_visits_days < FEWEST_DAYS:
        raise Invalid(
            f"visits are kept for {FEWEST_DAYS} days or more, as a browser may send them so late",
            f"{FEWEST_DAYS} or more, or 0 to keep them always",
            field="keep_visits_days",
        )


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
