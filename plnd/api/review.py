"""The review, the plan, the ledger, and the log of professional development."""

from datetime import date, timedelta
from typing import Any, get_args

import msgspec

from plnd.api import printed_pages
from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.core.trends import date_of
from plnd.errors import Invalid
from plnd.measures.time import A_YEAR
from plnd.model.base import Deleted
from plnd.model.cpd import CpdAnswer, CpdBody, CpdChange, CpdLog, CpdRequest
from plnd.model.review import Ledger, PlanAnswer, Review


def get_review(plnd: Plnd, request: ApiRequest) -> Review:
    """The review of a `week` (2026-W48), else of the last that was due."""
    return plnd.weekly_review.review(request.query.get("week"), request.words)


def get_review_text(plnd: Plnd, request: ApiRequest) -> str:
    """The same review as Markdown."""
    return printed_pages.review_markdown(
        _plain(get_review(plnd, request)), plnd.settings.zone().key, request.words
    )


def get_review_page(plnd: Plnd, request: ApiRequest) -> str:
    """The same review as a page to print."""
    return printed_pages.review_page(
        _plain(get_review(plnd, request)), plnd.settings.zone().key, request.words
    )


def get_plan(plnd: Plnd, request: ApiRequest) -> PlanAnswer:
    """This quarter's plan as things stand, beside the last one that was kept."""
    plan, diff = plnd.plans.current(request.words)
    return PlanAnswer(plan=plan, compared=diff)


def put_plan(plnd: Plnd, request: ApiRequest) -> PlanAnswer:
    """Keep this quarter's plan, to compare the next one with."""
    plan, diff = plnd.plans.save(request.words)
    return PlanAnswer(plan=plan, compared=diff)


def get_ledger(plnd: Plnd, request: ApiRequest) -> Ledger:
    """Work and home, `first` to `last` day (else 28 days); with `names=1` also whom it was with."""
    last = _day(request, "last") or date.fromisoformat(plnd.today().day)
    first = _day(request, "first") or last - timedelta(days=27)
    if not 0 <= (last - first).days <= 3660:
        raise Invalid("first is not before last, or over ten years ago", field="first")
    return plnd.work_ledger.between(first, last, names=request.query.get("names") == "1")


def get_ledger_page(plnd: Plnd, request: ApiRequest) -> str:
    """The same ledger as a page to hand on."""
    return printed_pages.ledger_page(_plain(get_ledger(plnd, request)), request.words)


def get_cpd(plnd: Plnd, request: ApiRequest) -> CpdLog:
    """A `year` of the log by the calendar of a `body` (free, cilip, alia); else this one."""
    year, body = request.query.get("year"), request.query.get("body")
    if body is not None and body not in get_args(CpdBody):
        raise Invalid(f"unknown body {body!r}", "free, cilip or alia", field="body")
    if year is not None and not (len(year) == 4 and year.isdecimal() and 2000 <= int(year) <= 2100):
        raise Invalid(f"{year!r} is not a year", "write it as 2026", field="year")
    number = None if year is None else int(year)
    return plnd.cpd.year(number, body, request.words)  # type: ignore[arg-type]


def get_cpd_table(plnd: Plnd, request: ApiRequest) -> str:
    """The same log as CSV; struck rows are left out."""
    return printed_pages.cpd_csv(_plain(get_cpd(plnd, request)), request.words)


def get_cpd_page(plnd: Plnd, request: ApiRequest) -> str:
    """The same log as a page to print; struck rows are left out."""
    return printed_pages.cpd_page(_plain(get_cpd(plnd, request)), request.words)


def post_cpd(plnd: Plnd, request: ApiRequest) -> CpdAnswer:
    """Add a row of your own."""
    return CpdAnswer(plnd.cpd.add(request.body(CpdRequest)))


def patch_cpd(plnd: Plnd, request: ApiRequest) -> CpdAnswer:
    """Add a sentence to a row, edit it, strike it."""
    return CpdAnswer(plnd.cpd.change(request.path["id"], request.body(CpdChange), request.words))


def delete_cpd(plnd: Plnd, request: ApiRequest) -> Deleted:
    """Take back what was changed in a row; a row of your own goes altogether."""
    plnd.cpd.forget(request.path["id"])
    return Deleted(request.path["id"])


def _plain(answer: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(answer)
    return plain


def _day(request: ApiRequest, name: str) -> date | None:
    text = request.query.get(name)
    return None if text is None else date_of(text, name, A_YEAR)


_WEEK, _LEDGER, _YEAR = ("week",), ("first", "last", "names"), ("year", "body")
ROUTES = (
    Route("GET", "/api/v1/review", get_review, query=_WEEK),
    Route("GET", "/api/v1/review.md", get_review_text, query=_WEEK, media="text/markdown"),
    Route("GET", "/api/v1/review.html", get_review_page, query=_WEEK, media="text/html"),
    Route("GET", "/api/v1/plan", get_plan),
    Route("PUT", "/api/v1/plan", put_plan),
    Route("GET", "/api/v1/ledger", get_ledger, query=_LEDGER),
    Route("GET", "/api/v1/ledger.html", get_ledger_page, query=_LEDGER, media="text/html"),
    Route("GET", "/api/v1/cpd", get_cpd, query=_YEAR),
    Route("GET", "/api/v1/cpd.csv", get_cpd_table, query=_YEAR, media="text/csv"),
    Route("GET", "/api/v1/cpd.html", get_cpd_page, query=_YEAR, media="text/html"),
    Route("POST", "/api/v1/cpd", post_cpd, CpdRequest),
    Route("PATCH", "/api/v1/cpd/{id}", patch_cpd, CpdChange),
    Route("DELETE", "/api/v1/cpd/{id}", delete_cpd),
)
