"""What was told, and holding it back."""

from plnd.api.route import Call, Route
from plnd.core.plnd import Plnd
from plnd.model.notices import NoticesAnswer, Shown, Snooze
from plnd.model.pauses import Until


def get_notices(plnd: Plnd, _: Call) -> NoticesAnswer:
    """What was told, oldest first, and whether the desktop showed it."""
    telling = plnd.notifier
    return NoticesAnswer(
        notices=telling.notices(),
        snoozed_until=telling.snoozed_until(),
        trial=telling.trial,
    )


def put_snooze(plnd: Plnd, call: Call) -> Snooze:
    """Hold notices back until `until`; null ends it."""
    return Snooze(snoozed_until=plnd.notifier.snooze(call.body(Until).until))


async def post_test_notice(plnd: Plnd, _: Call) -> Shown:
    """Show a trial notice and say whether the desktop took it."""
    error = await plnd.notifier.test(plnd.settings.words())
    return Shown(shown=error is None, error=error)


ROUTES = (
    Route("GET", "/api/v1/notices", get_notices, NoticesAnswer),
    Route("PUT", "/api/v1/notices/snooze", put_snooze, Snooze, Until),
    Route("POST", "/api/v1/notices/test", post_test_notice, Shown),
)
