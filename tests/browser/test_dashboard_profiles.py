"""The dashboard's profiles: kept, decided upon, closed step by step."""

import pytest
from playwright.sync_api import expect
from support.builders import DAY, act, batch, visit
from support.dashboard import DashboardApp, check_accessibility, now

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_profiles_stand_in_nobodys_way(fresh: DashboardApp, dark: bool) -> None:
    fresh.ask("POST", "events", batch(act(now() - 100 * DAY, "post")))
    for network, handle in (("x", "nasa"), ("mastodon", "ana@example.org")):
        fresh.ask("POST", "profiles", {"network": network, "handle": handle})
    fresh.ask("PUT", "profiles/x/nasa/decision", {"choice": "close"})
    check_accessibility(fresh, fresh.open(dark=dark), "profiles", dark=dark)


def test_a_profile_is_kept_and_decided_upon(fresh: DashboardApp) -> None:
    fresh.ask("POST", "events", batch(act(now() - 100 * DAY, "post"), visit(now() - DAY, 30)))
    page = fresh.open("profiles")
    expect(page.get_by_text("No profiles yet.")).to_be_visible()
    page.get_by_label("Network").select_option("x")
    page.get_by_label("Name there").fill("https://x.com/nasa")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("stale")).to_be_visible()
    page.get_by_text("What shall become of it").click()
    page.get_by_role("button", name="Close it").click()
    steps = page.get_by_role("checkbox")
    expect(page.get_by_text("step by step")).to_be_visible()
    steps.first.check()
    expect(steps.first).to_be_checked()
    page.get_by_role("button", name="Take the last decision back").click()
    page.get_by_text("What shall become of it").click()
    page.get_by_role("button", name="Keep it for reading").click()
    expect(page.get_by_text("reading account", exact=True)).to_be_visible()
    assert fresh.ask("GET", "profiles")["profiles"][0]["mode"] == "reading"
    page.get_by_role("button", name="Use it again").click()
    expect(page.get_by_text("stale")).to_be_visible()


def test_what_is_no_profile_is_refused_in_words(fresh: DashboardApp) -> None:
    fresh.ask("POST", "events", batch(visit(now() - DAY, 30)))
    page = fresh.open("profiles")
    page.get_by_label("Network").select_option("x")
    page.get_by_label("Name there").fill("https://example.org/nobody")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_be_visible()
    fresh.expect_only_failed_requests()
