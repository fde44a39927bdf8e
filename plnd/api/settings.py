"""What the user sets: settings, budgets, the pause."""

from typing import Any

from plnd.api.route import Call, Route
from plnd.core.plnd import Plnd
from plnd.model.base import Deleted
from plnd.model.pauses import PauseState, Until
from plnd.model.settings import BudgetAnswer, BudgetRequest, BudgetsAnswer, Settings, SettingsAnswer


def get_settings(plnd: Plnd, _: Call) -> SettingsAnswer:
    """All settings."""
    return SettingsAnswer(plnd.settings.current())


def patch_settings(plnd: Plnd, call: Call) -> SettingsAnswer:
    """Change the settings that are named; the others stay."""
    return SettingsAnswer(plnd.settings.change(call.body(dict[str, Any])))


def get_budgets(plnd: Plnd, _: Call) -> BudgetsAnswer:
    """All budgets."""
    return BudgetsAnswer(plnd.budgets.all())


def put_budget(plnd: Plnd, call: Call) -> BudgetAnswer:
    """Set a budget, in place of the one for the same network, days and hours."""
    return BudgetAnswer(plnd.budgets.set(call.body(BudgetRequest)))


def delete_budget(plnd: Plnd, call: Call) -> Deleted:
    """Remove a budget."""
    plnd.budgets.delete(call.path["id"])
    return Deleted(call.path["id"])


def get_pause(plnd: Plnd, _: Call) -> PauseState:
    """Whether plnd is paused."""
    return plnd.pauses.state()


def put_pause(plnd: Plnd, call: Call) -> PauseState:
    """Pause: record nothing until `until`, or until the pause is ended."""
    return plnd.pauses.begin(call.body(Until).until)


def delete_pause(plnd: Plnd, _: Call) -> PauseState:
    """End the pause."""
    return plnd.pauses.end()


ROUTES = (
    Route("GET", "/api/v1/settings", get_settings, SettingsAnswer),
    Route("PATCH", "/api/v1/settings", patch_settings, SettingsAnswer, Settings),
    Route("GET", "/api/v1/budgets", get_budgets, BudgetsAnswer),
    Route("PUT", "/api/v1/budgets", put_budget, BudgetAnswer, BudgetRequest),
    Route("DELETE", "/api/v1/budgets/{id}", delete_budget, Deleted),
    Route("GET", "/api/v1/pause", get_pause, PauseState),
    Route("PUT", "/api/v1/pause", put_pause, PauseState, Until),
    Route("DELETE", "/api/v1/pause", delete_pause, PauseState),
)
