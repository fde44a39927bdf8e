"""The networks in the API's shape."""

from plnd.catalogue import Effective
from plnd.errors import PlndError
from plnd.model import NetworkEntry, NetworkFault, NetworksAnswer


def networks_answer(found: Effective) -> NetworksAnswer:
    """All networks by id: those in use, and those whose own file is not as it must be."""
    names = sorted({*found.networks, *found.faults})
    return NetworksAnswer([_entry(found, name) for name in names])


def _entry(found: Effective, id: str) -> NetworkEntry:
    network, file, error = found.networks.get(id), found.own.get(id), found.faults.get(id)
    return NetworkEntry(
        id=id,
        name=network.name if network else id,
        source="own" if file else "plnd" if network else None,
        file=file,
        fault=fault(id, error) if error else None,
    )


def fault(id: str, error: PlndError) -> NetworkFault:
    """What is wrong with an own file."""
    return NetworkFault(file=f"networks/{id}.json", field=error.field or "", message=error.message)
