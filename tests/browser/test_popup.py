"""The popup beside a page: who was met is noted."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from support.browsers import Browser, Desktop, plnd

pytestmark = pytest.mark.browser


def asked(desktop: Desktop, *words: str) -> Any:
    return json.loads(plnd(desktop, *words, "--json"))


def test_a_network_that_is_switched_off_is_said_to_be_so(
    start: Callable[..., Browser], desktop: Desktop
) -> None:
    plnd(desktop, "start")
    browser = start("x")
    page = browser.page("https://x.com/nasa")
    popup = browser.page(f"chrome-extension://{browser.id}/popup/popup.html")
    page.bring_to_front()
    popup.reload()
    expect(popup.locator("#page")).to_have_text("Counted: X, profile (nasa)")
    plnd(desktop, "network", "off", "x")
    popup.reload()
    words = "Not counted, as this network is switched off in plnd: X, profile (nasa)"
    expect(popup.locator("#page")).to_have_text(words)
    expect(popup.locator("#stored")).to_be_hidden()
    plnd(desktop, "network", "on", "x")
    popup.reload()
    expect(popup.locator("#page")).to_have_text("Counted: X, profile (nasa)")


def test_whoever_was_met_is_noted_from_the_profile(
    start: Callable[..., Browser], desktop: Desktop
) -> None:
    """Twice met is two meetings with one person."""
    plnd(desktop, "start")
    browser = start("x")
    page = browser.page("https://x.com/nasa")
    popup = browser.page(f"chrome-extension://{browser.id}/popup/popup.html")
    page.bring_to_front()
    popup.reload()
    popup.click("#met")
    expect(popup.locator("#noted")).to_have_text("The meeting is noted")
    popup.reload()
    popup.click("#met")
    expect(popup.locator("#noted")).to_have_text("The meeting is noted")
    people = asked(desktop, "person", "list")["people"]
    assert [(one["name"], one["last_touch"]["kind"]) for one in people] == [("nasa", "met")]
    assert people[0]["handles"] == [{"network": "x", "handle": "nasa"}]
