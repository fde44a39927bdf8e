"""Settings, budgets and the pause."""

from typing import Any

from plnd.api.route import ApiRequest, Route
from plnd.core.plnd import Plnd
from plnd.model.base import Deleted
from plnd.model.pauses import PauseState, Until
from plnd.model.settings import BudgetAnswer, BudgetRequest, BudgetsAnswer, Settings, SettingsAnswer


def get_settings(plnd: Plnd, _: ApiRequest) -> SettingsAnswer:
    """All settings."""
    return SettingsAnswer(plnd.settings.current())


def patch_settings(plnd: Plnd, request: ApiRequest) -> SettingsAnswer:
    """Change the settings that are named; the others stay."""
    return SettingsAnswer(plnd.settings.change(request.body(dict[str, Any])))


def get_budgets(plnd: Plnd, _: ApiRequest) -> BudgetsAnswer:
    """All budgets."""
    return BudgetsAnswer(plnd.budgets.all())


def put_budget(plnd: Plnd, request: ApiRequest) -> BudgetAnswer:
    """Set a budget, in place of the one for the same network, days and hours."""
    return BudgetAnswer(plnd.budgets.set(request.body(BudgetRequest)))


def delete_budget(plnd: Plnd, request: ApiRequest) -> Deleted:
    """Remove a budget."""
    plnd.budgets.delete(request.path["id"])
    return Deleted(request.path["id"])


def get_pause(plnd: Plnd, _: ApiRequest) -> PauseState:
    """Whether plnd is paused."""
    return plnd.pauses.state()


def put_pause(plnd: Plnd, request: ApiRequest) -> PauseState:
    """Pause: record nothing until `until`, or until the pause is ended."""
    return plnd.pauses.begin(request.body(Until).until)


def delete_pause(plnd: Plnd, _: ApiRequest) -> PauseState:
    """End the pause."""
    return plnd.pauses.end()


ROUTES = (
    Route("GET", "/api/v1/settings", get_settings),
    Route("PATCH", "/api/v1/settings", patch_settings, Settings),
    Route("GET", "/api/v1/budgets", get_budgets),
    Route("PUT", "/api/v1/budgets", put_budget, BudgetRequest),
    Route("DELETE", "/api/v1/budgets/{id}", delete_budget),
    Route("GET", "/api/v1/pause", get_pause),
    Route("PUT", "/api/v1/pause", put_pause, Until),
    Route("DELETE", "/api/v1/pause", delete_pause),
)
