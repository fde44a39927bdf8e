"""The networks: their files, how certain their rules are, and which are counted."""

from plnd.api.route import Call, Route
from plnd.core.plnd import Plnd
from plnd.model.networks import NetworkAnswer, NetworkChange, NetworksAnswer


async def get_networks(plnd: Plnd, call: Call) -> NetworksAnswer:
    """The networks in use; with each that is the user's own, its file."""
    return NetworksAnswer(await plnd.networks.entries(call.words))


async def put_network(plnd: Plnd, call: Call) -> NetworkAnswer:
    """Count a network, or record nothing of it from now on; what is stored stays."""
    counted = call.body(NetworkChange).counted
    return NetworkAnswer(await plnd.networks.count(call.path["id"], call.words, counted=counted))


ROUTES = (
    Route("GET", "/api/v1/networks", get_networks, NetworksAnswer),
    Route("PUT", "/api/v1/networks/{id}", put_network, NetworkAnswer, NetworkChange),
)
