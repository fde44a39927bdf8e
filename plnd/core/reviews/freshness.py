"""How fresh the user's active profiles are, as reviews and plans say it."""

from collections.abc import Iterable, Mapping

from plnd.model.day import ProfileToday


def active_freshness(profiles: Iterable[ProfileToday], names: Mapping[str, str]) -> dict[str, str]:
    """The freshness by `Network (@handle)`; `names` are the networks' names by id."""
    return {
        f"{names.get(one.network, one.network)} (@{one.handle})": one.freshness
        for one in profiles
        if one.mode == "active"
    }
