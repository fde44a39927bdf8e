"""Settings and budgets."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from plnd.model.base import Key, Language, Name, Strict, Text, Weekday

When = Literal["work", "off"]
Weekdays = Annotated[list[Weekday], Meta(min_length=1, max_length=7)]
MinutesADay = Annotated[int, Meta(ge=0, le=24 * 60)]
QuarterOfDay = Annotated[
    str,
    Meta(pattern="^([01][0-9]|2[0-3]):(00|15|30|45)$", description="a quarter of the day, HH:MM"),
]


class BudgetRequest(Strict, frozen=True):
    """Minutes a day, in all or for one network, on some weekdays, in or off work hours."""

    minutes: MinutesADay
    network: Name | None = None
    days: Weekdays | None = None
    when: When | None = None


class Budget(Struct, frozen=True, kw_only=True):
    """A budget as it is kept. Equal network, days and hours make it the same budget."""

    id: Key
    minutes: MinutesADay
    network: Name | None = None
    days: Weekdays | None = None
    when: When | None = None


class Settings(Strict, frozen=True):
    """What the user can choose, with the defaults."""

    language: Annotated[
        Language | None,
        Meta(description="the language of notices, en or de; null: the system's"),
    ] = None
    time_zone: Annotated[
        Text | None,
        Meta(description="IANA name of your time zone, e.g. Europe/London; null: the system's"),
    ] = None
    day_start: Annotated[
        int, Meta(ge=0, le=23, description="the hour at which your day begins, 0 to 23")
    ] = 0
    work_days: Annotated[list[Weekday], Meta(description="the days on which you work")] = field(
        default_factory=lambda: ["mon", "tue", "wed", "thu", "fri"]
    )
    work_start: Annotated[QuarterOfDay, Meta(description="when work begins, HH:MM")] = "09:00"
    work_end: Annotated[QuarterOfDay, Meta(description="when work ends, HH:MM")] = "17:00"
    quiet_start: Annotated[
        QuarterOfDay | None, Meta(description="no notices from this time of day; null: never quiet")
    ] = None
    quiet_end: Annotated[
        QuarterOfDay | None, Meta(description="notices again from this time of day")
    ] = None
    grace_minutes: Annotated[
        int,
        Meta(ge=0, le=240, description="minutes over a budget before reminders follow its notice"),
    ] = 0
    notify_budget: Annotated[
        bool, Meta(description="desktop notices about budgets: at 80 %, when used up, and beyond")
    ] = True
    notify_profiles: Annotated[
        bool,
        Meta(description="desktop notices about own profiles: after 60 days of silence, and 90"),
    ] = True
    notify_chats: Annotated[
        bool,
        Meta(description="a notice ten minutes before a followed chat, while a browser is in use"),
    ] = True
    notify_review: Annotated[bool, Meta(description="a notice when the weekly review is due")] = (
        True
    )
    chats_outside_budget: Annotated[
        bool, Meta(description="whether time in followed chats is left out of the budgets")
    ] = True
    review_day: Annotated[Weekday, Meta(description="the day of the weekly review")] = "sun"
    review_time: Annotated[QuarterOfDay, Meta(description="its time of day, HH:MM")] = "17:00"
    review_interaction_days: Annotated[
        int, Meta(ge=1, le=28, description="days with an interaction, of 28, that you aim at")
    ] = 8
    review_breadth: Annotated[
        int, Meta(ge=1, le=1000, description="with how many people you aim to speak in 28 days")
    ] = 5
    remind_unshared: Annotated[
        bool, Meta(description="on Fridays, articles that were read and not shared")
    ] = False
    cpd_body: Annotated[
        Literal["free", "cilip", "alia"],
        Meta(description="whose year your development log goes by; free: cpd_year_start"),
    ] = "free"
    cpd_year_start: Annotated[
        str,
        Meta(
            pattern="^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$",
            description="the first day of your own year of the log, MM-DD",
        ),
    ] = "01-01"
    keep_visits_days: Annotated[
        int,
        Meta(
            ge=0,
            le=36_500,
            description="days for which single visits are kept, 7 or more; after them only sums "
            "by quarter of an hour stay; 0: always",
        ),
    ] = 0


class SettingsAnswer(Struct, frozen=True):
    settings: Settings


class BudgetsAnswer(Struct, frozen=True):
    budgets: list[Budget]


class BudgetAnswer(Struct, frozen=True):
    budget: Budget
