"""The user's own: the receipt, forgetting, export and import, backups."""

from plnd.api.route import Call, Route
from plnd.core.plnd import Plnd
from plnd.errors import Invalid
from plnd.model.own import (
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


def get_receipt(plnd: Plnd, call: Call) -> ReceiptAnswer:
    """Every stored event in plain words, latest first; `before` is an earlier answer's `next`."""
    limit = call.query.get("limit", "100")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= MOST_ENTRIES):
        raise Invalid(f"limit is a number from 1 to {MOST_ENTRIES}", field="limit")
    query = call.query
    return plnd.own.receipt(query.get("before"), int(limit), query.get("network"), call.words)


async def post_forget(plnd: Plnd, call: Call) -> ForgetAnswer:
    """Forget a time, a day, a network, a handle, a person or everything; in the backups as well."""
    return await plnd.own.forget(call.body(ForgetRequest))


async def get_export(plnd: Plnd, call: Call) -> ExportAnswer:
    """A part of everything that is kept; `after` is the part before's `next`."""
    if call.query.get("after") == "networks":
        await plnd.networks.reload()  # checks new files outside the event loop
    return plnd.own.export(call.query.get("after"))


async def post_lines(plnd: Plnd, call: Call) -> ImportAnswer:
    """Take lines of an export; the same again changes nothing, a bad one costs itself only."""
    wanted = call.body(ImportRequest)
    return await plnd.own.import_lines(wanted.lines, dry_run=wanted.dry_run, coming=wanted.networks)


def get_backups(plnd: Plnd, _: Call) -> BackupsAnswer:
    """The backups, oldest first."""
    return BackupsAnswer(plnd.own.backups())


async def post_restore(plnd: Plnd, call: Call) -> RestoreAnswer:
    """Go back to a backup; the state until now is kept as a backup of its own."""
    wanted = call.body(RestoreRequest)
    return await plnd.own.restore(wanted.backup, dry_run=wanted.dry_run)


ROUTES = (
    Route(
        "GET",
        "/api/v1/receipt",
        get_receipt,
        ReceiptAnswer,
        query=("before", "limit", "network"),
    ),
    Route("POST", "/api/v1/forget", post_forget, ForgetAnswer, ForgetRequest),
    Route("GET", "/api/v1/export", get_export, ExportAnswer, query=("after",)),
    Route(
        "POST",
        "/api/v1/import",
        post_lines,
        ImportAnswer,
        ImportRequest,
        most_bytes=MOST_IMPORT_BYTES,
    ),
    Route("GET", "/api/v1/backups", get_backups, BackupsAnswer),
    Route("POST", "/api/v1/restore", post_restore, RestoreAnswer, RestoreRequest),
)
