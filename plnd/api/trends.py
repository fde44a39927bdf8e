"""A day as a strip of time, and the totals of many days."""

from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.model.day import DaysAnswer, SpansAnswer


def get_spans(plnd: Plnd, request: ApiRequest) -> SpansAnswer:
    """Today, or the day that `day` names, as stretches of time with interactions as marks."""
    return plnd.trends.spans(request.query.get("day"))


def get_days(plnd: Plnd, request: ApiRequest) -> DaysAnswer:
    """The days `from` to `to`, by network and by hour of the week; at first the latest 28."""
    return plnd.trends.days(request.query.get("from"), request.query.get("to"))


ROUTES = (
    Route("GET", "/api/v1/spans", get_spans, query=("day",)),
    Route("GET", "/api/v1/days", get_days, query=("from", "to")),
)
