"""Notices, and snoozing them."""

from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.model.notices import NoticesAnswer, Shown, Snooze
from plnd.model.pauses import Until


def get_notices(plnd: Plnd, _: ApiRequest) -> NoticesAnswer:
    """What was told, oldest first, and whether the desktop showed it."""
    notifier = plnd.notifier
    return NoticesAnswer(
        notices=notifier.notices(),
        snoozed_until=notifier.snoozed_until(),
        trial=notifier.trial,
    )


def put_snooze(plnd: Plnd, request: ApiRequest) -> Snooze:
    """Hold notices back until `until`; null ends it."""
    return Snooze(snoozed_until=plnd.notifier.snooze(request.body(Until).until))


async def post_test_notice(plnd: Plnd, _: ApiRequest) -> Shown:
    """Show a trial notice and say whether the desktop took it."""
    error = await plnd.notifier.test(plnd.settings.words())
    return Shown(shown=error is None, error=error)


ROUTES = (
    Route("GET", "/api/v1/notices", get_notices),
    Route("PUT", "/api/v1/notices/snooze", put_snooze, Until),
    Route("POST", "/api/v1/notices/test", post_test_notice),
)
