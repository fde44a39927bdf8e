"""The user's own data: receipt, forgetting, export, import, backups."""

from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.errors import Invalid
from plnd.model.own_data import (
    BackupsAnswer,
    ExportAnswer,
    ForgetAnswer,
    ForgetRequest,
    ImportAnswer,
    ImportRequest,
    ReceiptAnswer,
    RestoreAnswer,
    RestoreRequest,
)

MOST_ENTRIES = 500
MOST_IMPORT_BYTES = 4 * 1024 * 1024


def get_receipt(plnd: Plnd, request: ApiRequest) -> ReceiptAnswer:
    """Every stored event in plain words, latest first; `before` is an earlier answer's `next`."""
    limit = request.query.get("limit", "100")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= MOST_ENTRIES):
        raise Invalid(f"limit is a number from 1 to {MOST_ENTRIES}", field="limit")
    query = request.query
    return plnd.own.receipt(query.get("before"), int(limit), query.get("network"), request.words)


async def post_forget(plnd: Plnd, request: ApiRequest) -> ForgetAnswer:
    """Forget a time, a day, a network, a handle, a person or everything; in the backups as well."""
    return await plnd.own.forget(request.body(ForgetRequest))


async def get_export(plnd: Plnd, request: ApiRequest) -> ExportAnswer:
    """A part of everything that is kept; `after` is the part before's `next`."""
    if request.query.get("after") == "networks":
        await plnd.networks.reload()  # checks new files outside the event loop
    return plnd.own.export(request.query.get("after"))


async def post_lines(plnd: Plnd, request: ApiRequest) -> ImportAnswer:
    """Take lines of an export; the same again changes nothing, a bad one costs itself only."""
    wanted = request.body(ImportRequest)
    return await plnd.own.import_lines(wanted.lines, dry_run=wanted.dry_run, coming=wanted.networks)


def get_backups(plnd: Plnd, _: ApiRequest) -> BackupsAnswer:
    """The backups, oldest first."""
    return BackupsAnswer(plnd.own.backups())


async def post_restore(plnd: Plnd, request: ApiRequest) -> RestoreAnswer:
    """Go back to a backup; the state until now is kept as a backup of its own."""
    wanted = request.body(RestoreRequest)
    return await plnd.own.restore(wanted.backup, dry_run=wanted.dry_run)


ROUTES = (
    Route("GET", "/api/v1/receipt", get_receipt, query=("before", "limit", "network")),
    Route("POST", "/api/v1/forget", post_forget, ForgetRequest),
    Route("GET", "/api/v1/export", get_export, query=("after",)),
    Route("POST", "/api/v1/import", post_lines, ImportRequest, most_bytes=MOST_IMPORT_BYTES),
    Route("GET", "/api/v1/backups", get_backups),
    Route("POST", "/api/v1/restore", post_restore, RestoreRequest),
)
