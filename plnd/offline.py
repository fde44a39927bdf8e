"""The API's answers while no daemon runs: the same shapes, straight from the stores."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from plnd import single
from plnd.core import Plnd
from plnd.errors import Invalid
from plnd.intake import said
from plnd.model import (
    BudgetAnswer,
    BudgetRequest,
    BudgetsAnswer,
    Deleted,
    SettingsAnswer,
    Snooze,
    Until,
)
from plnd.store.files import home


def ask(method: str, path: str, body: Any = None) -> Any:
    """As `client.ask`, without a daemon. The stores are open for this one request only."""
    with _opened() as plnd:
        for moved in plnd.damaged:
            print(f"a damaged file was set aside as {moved}", file=sys.stderr)
        return msgspec.to_builtins(_answer(plnd, method, path, body))


def open_stores() -> list[str]:
    """Open and close both stores; what was damaged and had to be set aside."""
    with _opened() as plnd:
        return plnd.damaged


@contextlib.contextmanager
def _opened() -> Iterator[Plnd]:
    """The stores, with the daemon kept out meanwhile."""
    where = home()
    where.make()
    lock = single.hold(where)
    try:
        plnd = Plnd(where)
        try:
            yield plnd
        finally:
            plnd.close_stores()
    finally:
        lock.release()


def _answer(plnd: Plnd, method: str, path: str, body: Any) -> Any:
    if method == "DELETE" and path.startswith("budgets/"):
        budget = path.removeprefix("budgets/")
        plnd.delete_budget(budget)
        return Deleted(budget)
    answers: dict[tuple[str, str], Callable[[], Any]] = {
        ("GET", "today"): plnd.today,
        ("GET", "settings"): lambda: SettingsAnswer(plnd.settings()),
        ("PATCH", "settings"): lambda: SettingsAnswer(plnd.change_settings(body)),
        ("GET", "budgets"): lambda: BudgetsAnswer(plnd.budgets()),
        ("PUT", "budgets"): lambda: BudgetAnswer(plnd.set_budget(_typed(body, BudgetRequest))),
        ("PUT", "pause"): lambda: plnd.pause(_typed(body, Until).until),
        ("DELETE", "pause"): plnd.resume,
        ("PUT", "notices/snooze"): lambda: Snooze(
            snoozed_until=plnd.snooze(_typed(body, Until).until)
        ),
    }
    return answers[method, path]()


def _typed(body: Any, kind: type[msgspec.Struct]) -> Any:
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        message, field = said(error)
        raise Invalid(message, field=field) from error
