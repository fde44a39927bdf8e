"""The API's own description turned against it: Schemathesis on the live daemon."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import positive_data_acceptance
from support.harness import Daemon

from plnd.system.files import Home

# What asks an address of the caller's: made-up ones are nobody's to ask. And the stream of events,
# which has no end to wait for: tests/web/test_live.py listens to it.
LEFT_OUT = ("/api/v1/journal/article", "/api/v1/live")


def test_the_api_keeps_its_own_word(
    daemon: Daemon, home: Home, pytestconfig: pytest.Config
) -> None:
    """Whatever the document allows, and what it does not: no failure, no answer it denies."""
    headers = {"Authorization": f"Bearer {daemon.about['token']}"}
    schema = schemathesis.openapi.from_url(f"{daemon.url}/api/v1/openapi.json", headers=headers)
    examples = max(5, int(pytestconfig.getoption("rounds")) // 6)
    calls = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path in LEFT_OUT:
            continue

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            nonlocal calls
            calls += 1
            # A schema cannot say all: "quarter past" is a text, and no day. That is a 400.
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

        ask()
    print(f"{calls} calls")
    assert calls > 50
    assert "Traceback" not in (home.state / "daemon.log").read_text()
    assert daemon.ask("GET", "health")["pid"] == daemon.pid
