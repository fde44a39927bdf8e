"""The dashboard's settings: the health of the chain, the networks, the feeds."""

import pytest
from board import Board, flaws
from kit import run_plnd
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser


def card(page: Page, title: str) -> Locator:
    return page.locator(".card", has=page.get_by_role("heading", name=title, exact=True))


# -- the health of the chain ----------------------------------------------------------


def link(health: Locator, name: str) -> Locator:
    return health.locator("li", has=health.page.get_by_text(name, exact=True))


def test_a_broken_link_is_a_word_with_its_fix(fresh: Board) -> None:
    page = fresh.open("settings")
    health = card(page, "Health")
    launcher = link(health, "Launcher")
    expect(launcher).to_contain_text("broken")
    expect(launcher).to_contain_text("What to do: plnd install")
    expect(link(health, "plnd itself")).to_be_hidden()
    health.get_by_text("links are well").press("Enter")
    expect(link(health, "plnd itself")).to_contain_text("well")
    assert not flaws(page)
    run_plnd("install", env=fresh.env)
    health.get_by_role("button", name="Check again").press("Enter")
    expect(launcher.get_by_text("well", exact=True)).to_be_visible()
    expect(link(health, "Way to the browser")).to_contain_text("it answers")


def test_opening_the_page_shows_no_notice(fresh: Board) -> None:
    """A trial counts for the chain, once it was asked for."""
    page = fresh.open("settings")
    health = card(page, "Health")
    expect(link(health, "Notice")).to_contain_text("none was shown yet")
    assert fresh.ask("GET", "notices")["trial"] is None
    page.get_by_role("button", name="Show a trial notice").click()
    expect(page.get_by_role("alert")).to_contain_text("was not shown")
    health.get_by_role("button", name="Check again").click()
    expect(link(health, "Notice")).to_contain_text("broken")


def test_what_can_be_mended_is_mended_when_asked_for(fresh: Board) -> None:
    page = fresh.open("settings")
    health = card(page, "Health")
    assert not (fresh.home / "host" / "plnd-host").exists()
    health.get_by_role("button", name="Mend what plnd can").press("Enter")
    expect(health.get_by_role("status")).to_contain_text("mended")
    assert (fresh.home / "host" / "plnd-host").exists()
    expect(health.get_by_role("button", name="Mend what plnd can")).to_be_hidden()
    expect(health.get_by_role("button", name="Check again")).to_be_visible()


def test_a_look_that_fails_is_said(fresh: Board) -> None:
    page = fresh.open("settings")
    health = card(page, "Health")
    expect(link(health, "Launcher")).to_be_visible()
    fresh.kill()
    health.get_by_role("button", name="Check again").click()
    expect(health.get_by_role("alert")).to_contain_text("plnd does not answer")
    expect(link(health, "Launcher")).to_be_visible()
    fresh.only_refusals()
    fresh.start_again()
