"""Looking back: a day as a strip of time, and many days side by side."""

from plnd.api.route import Call, Route
from plnd.core.plnd import Plnd
from plnd.model.day import DaysAnswer, SpansAnswer


def get_spans(plnd: Plnd, call: Call) -> SpansAnswer:
    """Today, or the day that `day` names, as stretches of time with interactions as marks."""
    return plnd.trends.spans(call.query.get("day"))


def get_days(plnd: Plnd, call: Call) -> DaysAnswer:
    """The days `from` to `to`, by network and by hour of the week; at first the latest 28."""
    return plnd.trends.days(call.query.get("from"), call.query.get("to"))


ROUTES = (
    Route("GET", "/api/v1/spans", get_spans, SpansAnswer, query=("day",)),
    Route("GET", "/api/v1/days", get_days, DaysAnswer, query=("from", "to")),
)
