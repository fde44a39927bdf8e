"""The browsers that report, each as its extension describes itself."""

from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.errors import Invalid
from plnd.model.base import LONGEST_TEXT
from plnd.model.sources import SourceAnswer, SourceReport, SourcesAnswer


def get_sources(plnd: Plnd, _: ApiRequest) -> SourcesAnswer:
    """Each browser's profile: the extension in it, the networks picked, when it was heard of."""
    return SourcesAnswer(plnd.sources.reports())


def put_source(plnd: Plnd, request: ApiRequest) -> SourceAnswer:
    """What the extension in this profile is, and which networks are picked there."""
    profile = request.path["profile"]
    if len(profile) > LONGEST_TEXT:
        raise Invalid(f"a name is at most {LONGEST_TEXT} characters long", field="profile")
    return SourceAnswer(plnd.sources.save(profile, request.body(SourceReport)))


ROUTES = (
    Route("GET", "/api/v1/sources", get_sources),
    Route("PUT", "/api/v1/sources/{profile}", put_source, SourceReport),
)
