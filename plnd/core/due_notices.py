"""Which notices are due now, and sending them."""

from datetime import date
from zoneinfo import ZoneInfo

from plnd.core.chats.chats import Chats
from plnd.core.context import Context
from plnd.core.notifier import Notifier
from plnd.core.profiles.profiles import Profiles
from plnd.core.reviews.weekly import WeeklyReview
from plnd.core.settings import UserSettings
from plnd.core.totals import Totals
from plnd.model.notices import Notice
from plnd.notices.learning import (
    AHEAD_MS,
    browser_in_use,
    chat_notices,
    notices_left_today,
    review_notices,
    within_daily_limit,
)
from plnd.notices.rules import budget_notices


class DueNotices:
    def __init__(
        self,
        context: Context,
        settings: UserSettings,
        notifier: Notifier,
        totals: Totals,
        chats: Chats,
        weekly_review: WeeklyReview,
        profiles: Profiles,
    ) -> None:
        self._context = context
        self._settings = settings
        self._notifier = notifier
        self._totals = totals
        self._chats = chats
        self._weekly_review = weekly_review
        self._profiles = profiles

    def send(self) -> None:
        """Send every notice that is due."""
        self.send_budget_notices()
        now, zone = self._context.clock(), self._context.zone()
        if self._notifier.may_notify(now, zone, self._settings.current()):
            self._notifier.notify(self._other_notices(self._totals.day(now), now, zone))

    def send_budget_notices(self) -> None:
        """Send the notices about budgets; called after each commit, as events use budgets up."""
        settings = self._settings.current()
        if not settings.notify_budget:
            return
        now, zone = self._context.clock(), self._context.zone()
        due = budget_notices(
            self._totals.budget_statuses(now),
            day=self._totals.day(now).isoformat(),
            now=now,
            sent=self._notifier.sent,
            names=self._context.names,
            grace_ms=settings.grace_minutes * 60_000,
            words=self._settings.words(),
        )
        if due and self._notifier.may_notify(now, zone, settings):
            self._notifier.notify(due)

    def _other_notices(self, day: date, now: int, zone: ZoneInfo) -> list[Notice]:
        """The due notices about anything but budgets, within the daily limit."""
        settings, words = self._settings.current(), self._settings.words()
        due = []
        if settings.notify_chats and browser_in_use(self._totals.last_event_at.values(), now):
            slots = self._chats.starting_within(AHEAD_MS)
            due += chat_notices(slots, now=now, zone=zone, names=self._context.names, words=words)
        if settings.notify_review:
            week, review_day = self._weekly_review.current()
            due += review_notices(week, today=review_day == day, now=now, words=words)
        sent = self._notifier.sent.values()
        day_start = self._context.day_bounds(day)[0]
        new = within_daily_limit(due, sent, day_start)
        # Making a profile notice marks it as sent, so make it only if it can be sent.
        if settings.notify_profiles and notices_left_today(sent, day_start) > len(new):
            new += self._profile_notices(day)
        return new

    def _profile_notices(self, day: date) -> list[Notice]:
        """The notice about silent profiles, at most one a day."""
        if f"profiles/{day.isoformat()}" in self._notifier.sent:
            return []
        notice = self._profiles.notice(day.isoformat(), self._settings.words())
        return [notice] if notice else []
