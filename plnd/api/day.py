"""Recording events, and a day's figures."""

from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.errors import TooLarge
from plnd.model.day import Today
from plnd.model.events import MOST_EVENTS, EventBatch, EventsAnswer


async def post_events(plnd: Plnd, request: ApiRequest) -> EventsAnswer:
    """Store a batch of events; what comes back as stored is on disk."""
    batch = request.body(EventBatch)
    if len(batch.events) > MOST_EVENTS:
        raise TooLarge(
            f"{len(batch.events)} events in a batch, at most {MOST_EVENTS} are taken",
            "send them in several batches",
            code="too_many_events",
        )
    return await plnd.record(batch)


def get_today(plnd: Plnd, request: ApiRequest) -> Today:
    """The figures of today, or of the day that `day` names (YYYY-MM-DD)."""
    return plnd.today(request.query.get("day"))


ROUTES = (
    Route("POST", "/api/v1/events", post_events, EventBatch),
    Route("GET", "/api/v1/today", get_today, query=("day",)),
)
