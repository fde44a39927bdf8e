"""The dashboard's settings: the health of the chain, the networks, the feeds."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.builders import MINUTE, batch, visit
from support.dashboard import (
    HOSTILE,
    DashboardApp,
    axe_violations,
    check_accessibility,
    now,
    wait_for,
)
from support.harness import run_plnd

pytestmark = pytest.mark.browser


def card(page: Page, title: str) -> Locator:
    return page.locator(".card", has=page.get_by_role("heading", name=title, exact=True))


# -- the health of the chain ----------------------------------------------------------


def link(health: Locator, name: str) -> Locator:
    return health.locator("li", has=health.page.get_by_text(name, exact=True))


def test_a_broken_link_is_a_word_with_its_fix(fresh: DashboardApp) -> None:
    page = fresh.open("settings")
    health = card(page, "Health")
    launcher = link(health, "Launcher")
    expect(launcher).to_contain_text("broken")
    expect(launcher).to_contain_text("What to do: plnd install")
    expect(link(health, "plnd itself")).to_be_hidden()
    health.get_by_text("links are well").press("Enter")
    expect(link(health, "plnd itself")).to_contain_text("well")
    assert not axe_violations(page)
    run_plnd("install", env=fresh.env)
    health.get_by_role("button", name="Check again").press("Enter")
    expect(launcher.get_by_text("well", exact=True)).to_be_visible()
    expect(link(health, "Way to the browser")).to_contain_text("it answers")


def test_opening_the_page_shows_no_notice(fresh: DashboardApp) -> None:
    """A trial counts for the chain, once it was asked for."""
    page = fresh.open("settings")
    health = card(page, "Health")
    expect(link(health, "Notice")).to_contain_text("none was shown yet")
    assert fresh.ask("GET", "notices")["trial"] is None
    page.get_by_role("button", name="Show a trial notice").click()
    expect(page.get_by_role("alert")).to_contain_text("was not shown")
    health.get_by_role("button", name="Check again").click()
    expect(link(health, "Notice")).to_contain_text("broken")


def test_what_can_be_mended_is_mended_when_asked_for(fresh: DashboardApp) -> None:
    page = fresh.open("settings")
    health = card(page, "Health")
    assert not (fresh.home / "host" / "plnd-host").exists()
    health.get_by_role("button", name="Mend what plnd can").press("Enter")
    expect(health.get_by_role("status")).to_contain_text("mended")
    assert (fresh.home / "host" / "plnd-host").exists()
    expect(health.get_by_role("button", name="Mend what plnd can")).to_be_hidden()
    expect(health.get_by_role("button", name="Check again")).to_be_visible()


def test_a_look_that_fails_is_said(fresh: DashboardApp) -> None:
    page = fresh.open("settings")
    health = card(page, "Health")
    expect(link(health, "Launcher")).to_be_visible()
    fresh.kill()
    health.get_by_role("button", name="Check again").click()
    expect(health.get_by_role("alert")).to_contain_text("plnd does not answer")
    expect(link(health, "Launcher")).to_be_visible()
    fresh.expect_only_failed_requests()
    fresh.restart()


# -- networks -------------------------------------------------------------------------


def row(part: Locator, name: str) -> Locator:
    return part.locator("li", has=part.page.locator("strong", has_text=re.compile(f"^{name}$")))


def hear(dashboard: DashboardApp, browser: str, *networks: str) -> None:
    said = {"browser": browser, "extension": "0.1.0", "networks": networks}
    dashboard.ask("PUT", f"sources/{browser}-1", said)


def off(dashboard: DashboardApp) -> list[str]:
    """The networks that are not counted."""
    found = dashboard.ask("GET", "networks")["networks"]
    return [one["id"] for one in found if not one["counted"]]


def test_a_network_is_switched_off_and_on(fresh: DashboardApp) -> None:
    """Of what is off nothing is recorded, whatever a browser sends; what is stored stays."""
    hear(fresh, "chromium", "x", "mastodon")
    hear(fresh, "firefox", "x")
    fresh.ask("POST", "events", batch(visit(now() - 30 * MINUTE, 600)))
    page = fresh.open("settings")
    networks = card(page, "Networks")
    expect(row(networks, "X")).to_contain_text("Seen by firefox and chromium.")
    expect(row(networks, "X")).to_contain_text("Guessed, at least in part: posts.")
    expect(row(networks, "Mastodon")).to_contain_text("Seen by chromium.")
    expect(row(networks, "Reddit")).to_be_hidden()
    switch = networks.get_by_label("X: counted")
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).not_to_be_checked()
    wait_for(page, lambda: "x" in off(fresh), "the switch")
    sent = batch(visit(now(), 1), visit(now(), 1, network="mastodon"))
    answer = fresh.ask("POST", "events", sent)
    assert [one["code"] for one in answer["rejected"]] == ["not_counted"]
    assert [one["id"] for one in answer["today"]["networks"]] == ["x", "mastodon"]
    switch.check()
    wait_for(page, lambda: not off(fresh), "the switch")
    assert fresh.ask("POST", "events", batch(visit(now(), 1)))["stored"]
    networks.get_by_text("22 more networks").press("Enter")
    expect(row(networks, "Reddit")).to_contain_text("No browser may see it.")
    assert not axe_violations(page)


def test_a_switch_that_is_refused_goes_back(fresh: DashboardApp) -> None:
    hear(fresh, "chromium", "x")
    page = fresh.open("settings")
    networks = card(page, "Networks")
    expect(networks.get_by_label("X: counted")).to_be_checked()
    fresh.kill()
    networks.get_by_label("X: counted").click()
    expect(networks.get_by_role("alert").first).to_contain_text("plnd does not answer")
    expect(networks.get_by_label("X: counted")).to_be_checked()
    fresh.expect_only_failed_requests()
    fresh.restart()


# -- feeds ----------------------------------------------------------------------------

NOWHERE = "https://nobody.invalid/feed.xml"


def add_ana(dashboard: DashboardApp, name: str = "Ana Lima") -> str:
    handles = [{"network": "mastodon", "handle": "ana"}, {"network": "x", "handle": "ana"}]
    added = dashboard.ask("POST", "people", {"name": name, "handles": handles})
    return str(added["person"]["id"])


def feeds(dashboard: DashboardApp) -> list[Any]:
    return [
        (one["handle"], one["on"], one["address"]) for one in dashboard.ask("GET", "feeds")["feeds"]
    ]


def test_a_persons_feed_is_turned_on_on_their_page_and_off_in_the_settings(
    fresh: DashboardApp,
) -> None:
    """Where plnd cannot know its address it is asked for; what is wrong with one is said there."""
    page = fresh.open(f"people/{add_ana(fresh)}")
    part = card(page, "Public feeds")
    switch = part.get_by_label("@ana (Mastodon)")
    expect(part.get_by_label("Address of the feed")).to_be_hidden()
    switch.press("Space")
    address = part.get_by_label("Address of the feed")
    expect(part.get_by_role("alert")).to_contain_text("does not know where a feed of 'ana'")
    expect(switch).not_to_be_checked()
    assert feeds(fresh) == []
    address.fill("http://nobody.invalid/feed.xml")
    address.press("Enter")
    expect(address).to_have_attribute("aria-invalid", "true")
    assert not axe_violations(page)
    address.fill(NOWHERE)
    address.press("Enter")
    expect(address).to_be_hidden()
    expect(switch).to_be_checked()
    expect(part).to_contain_text("in vain: nobody.invalid is not found")
    assert feeds(fresh) == [("ana", True, NOWHERE)]
    fresh.expect_only_failed_requests()
    fresh.go(page, "settings")
    part = card(page, "Public feeds")
    expect(part).to_contain_text(NOWHERE)
    expect(part.get_by_role("link", name="Ana Lima")).to_be_visible()
    part.get_by_label("@ana (Mastodon)").press("Space")
    wait_for(page, lambda: feeds(fresh) == [("ana", False, NOWHERE)], "the switch")
    expect(part.get_by_label("@ana (Mastodon)")).not_to_be_checked()
    assert len(fresh.ask("GET", "requests")["requests"]) == 1


def test_own_feeds_are_turned_on_and_off_in_the_settings(fresh: DashboardApp) -> None:
    page = fresh.open("settings")
    part = card(page, "Public feeds")
    expect(part).to_contain_text("nothing to ask")
    fresh.ask("POST", "profiles", {"network": "mastodon", "handle": "me@nobody.invalid"})
    switch = part.get_by_label("@me@nobody.invalid (Mastodon)")
    expect(part).to_contain_text("https://nobody.invalid/@me.rss")
    switch.press("Space")
    expect(part).to_contain_text("in vain: nobody.invalid is not found")
    expect(switch).to_be_checked()
    fresh.go(page, "profiles")
    page.get_by_text("Public feed", exact=True).click()
    expect(page.get_by_label("Ask its public feed")).to_be_checked()
    expect(page.get_by_text("in vain")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_in_the_settings_stands_in_the_way(fresh: DashboardApp, dark: bool) -> None:
    """With every kind of line there is, and with words of strangers."""
    hear(fresh, "chromium", "x", "mastodon")
    hear(fresh, "firefox", "x")
    folder = fresh.home / "data" / "networks"
    folder.mkdir()
    (folder / "club.json").write_text("{")
    fresh.ask("PUT", "networks/facebook", {"counted": False})
    fresh.ask("POST", "profiles", {"network": "x", "handle": "me"})
    ana = add_ana(fresh, HOSTILE)
    fresh.ask("PUT", f"people/{ana}/feeds/mastodon/ana", {"on": True, "url": NOWHERE})
    page = fresh.open(dark=dark)
    check_accessibility(fresh, page, "settings", dark=dark)
    expect(card(page, "Networks")).to_contain_text("club.json is not JSON")
    expect(card(page, "Public feeds")).to_contain_text("<script>alert(1)</script>")
    check_accessibility(fresh, page, f"people/{ana}", dark=dark)
