"""The networks: their files, the certainty of their rules, and which are counted."""

from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.model.networks import NetworkAnswer, NetworkChange, NetworksAnswer


async def get_networks(plnd: Plnd, request: ApiRequest) -> NetworksAnswer:
    """The networks in use; with each that is the user's own, its file."""
    return NetworksAnswer(await plnd.networks.entries(request.words))


async def put_network(plnd: Plnd, request: ApiRequest) -> NetworkAnswer:
    """Count a network, or record nothing of it from now on; what is stored stays."""
    counted = request.body(NetworkChange).counted
    return NetworkAnswer(
        await plnd.networks.count(request.path["id"], request.words, counted=counted)
    )


ROUTES = (
    Route("GET", "/api/v1/networks", get_networks),
    Route("PUT", "/api/v1/networks/{id}", put_network, NetworkChange),
)
