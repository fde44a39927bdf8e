"""The networks in use, and what the user changed of them."""

from plnd.api.route import Call, Route
from plnd.core import Plnd
from plnd.model import NetworksAnswer


def get_networks(plnd: Plnd, _: Call) -> NetworksAnswer:
    """The networks in use; with each that is the user's own, its file."""
    return plnd.networks()


ROUTES = (Route("GET", "/api/v1/networks", get_networks, NetworksAnswer),)
