"""What plnd makes of an address or a request: the networks and their rules.

The rules lie in extension/catalogue/*.json, the one source for this package and for the
extension's recogniser; both follow the same semantics, and a test holds them to the same
answers. Patterns are compiled when they are first tried.
"""

from plnd.catalogue.bodies import Body
from plnd.catalogue.examples import checked
from plnd.catalogue.files import Effective, effective, judge, load, load_from, read, shipped_folder
from plnd.catalogue.recognise import (
    Recognised,
    explain,
    network_of,
    recognise,
    recognise_page,
    recognise_request,
)
from plnd.catalogue.rules import Network, bad, certainty, unsure_acts

__all__ = [
    "Body",
    "Effective",
    "Network",
    "Recognised",
    "bad",
    "certainty",
    "checked",
    "effective",
    "explain",
    "judge",
    "load",
    "load_from",
    "network_of",
    "read",
    "recognise",
    "recognise_page",
    "recognise_request",
    "shipped_folder",
    "unsure_acts",
]
