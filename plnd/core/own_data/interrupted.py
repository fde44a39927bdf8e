"""Finishing at a start what a kill has interrupted."""

import logging

from plnd.core.own_data import forgetting
from plnd.core.own_data.stores import Stores
from plnd.errors import PlndError
from plnd.store import unfinished
from plnd.system.files import Home

log = logging.getLogger("plnd")


def finish_interrupted(home: Home, stores: Stores) -> None:
    """Finish a forgetting or a restore that was interrupted, before anything is served."""
    left = unfinished.load(home)
    if left == unfinished.Unfinished():
        return
    from plnd.core.own_data import restoring

    try:
        for one in left.forgetting:
            forgetting.finish(one, stores)
        if left.restoring is not None:
            restoring.finish(left.restoring, stores)
        left.busy = forgetting.files_in_use(stores.log)
    except PlndError as error:
        log.warning("what was begun could not be finished: %s; ask for it again", error.message)
    unfinished.save(home, unfinished.Unfinished(busy=left.busy))
