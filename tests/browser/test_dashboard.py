"""The dashboard in a real browser on a real daemon, with a year of life."""

import csv
import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect
from support.builders import MINUTE, act, batch, visit
from support.dashboard import (
    OVERFLOW_WIDTH,
    DashboardApp,
    axe_violations,
    check_accessibility,
    now,
    wait_for,
)

pytestmark = pytest.mark.browser

PAGES = ("today", "trends", "settings")

# -- how every page looks -----------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_stands_in_anybodys_way(dashboard: DashboardApp, dark: bool) -> None:
    """axe finds nothing on any page, whatever its width; no page is wider than its window."""
    page = dashboard.open(dark=dark)
    for path in PAGES:
        check_accessibility(dashboard, page, path, dark=dark)


def test_an_empty_home_says_so_and_leads_on(fresh: DashboardApp) -> None:
    page = fresh.open(width=390)
    expect(page.get_by_role("heading", name="The first day")).to_be_visible()
    steps = page.locator(".steps li")
    expect(steps.locator(".state")).to_have_text(["to do", "to do", "to do", "done"])
    expect(page.get_by_text("Nothing yet today.")).to_be_visible()
    assert not axe_violations(page)
    fresh.ask("POST", "events", batch(visit(now() - MINUTE, 30)))
    expect(steps.locator(".state")).to_have_text(["done", "done", "to do", "done"])
    fresh.ask("POST", "profiles", {"network": "x", "handle": "nasa"})
    expect(page.get_by_role("heading", name="The first day")).to_be_hidden()
    for path in PAGES:
        fresh.go(page, path)
        assert page.evaluate(OVERFLOW_WIDTH) <= 0, path
        assert not axe_violations(page), path


def test_in_german_every_word_is_german(dashboard: DashboardApp) -> None:
    page = dashboard.open(language="de-AT")
    assert page.evaluate("document.documentElement.lang") == "de"
    expect(page.get_by_role("link", name="Verlauf")).to_be_visible()
    for path in PAGES:
        dashboard.go(page, path)
        text = re.sub(r"/\S+", "", page.locator("main").text_content() or "")  # but paths
        assert not re.search(r"\b(the|and|of|with|until)\b", text), path
    dashboard.go(page, "trends")
    expect(page.get_by_text("insgesamt").first).to_be_visible()


# -- today --------------------------------------------------------------------------


def test_today_says_what_status_says(dashboard: DashboardApp) -> None:
    page = dashboard.open()
    today = dashboard.ask("GET", "today")
    used = f"{today['spent_seconds'] // 60} min of 1 h used"
    expect(page.get_by_text(used)).to_be_visible()
    names = page.locator(".network .name").all_inner_texts()
    assert names == [row["name"] for row in today["networks"]]


def test_an_event_is_on_the_page_without_a_reload(fresh: DashboardApp) -> None:
    """Nothing that stays is drawn anew: no flicker, and the focus stays where it was."""
    fresh.ask("POST", "events", batch(visit(now() - 30 * MINUTE, 600)))
    page = fresh.open()
    expect(page.get_by_text("10 min of 1 h used")).to_be_visible()
    page.evaluate("window.kept = document.querySelector('.network')")
    page.focus("text=As a table")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    fresh.ask(
        "POST",
        "events",
        batch(visit(now() - 15 * MINUTE, 660), act(now() - 10 * MINUTE, "reply")),
    )
    expect(page.get_by_text("21 min of 1 h used")).to_be_visible(timeout=1000)
    expect(page.locator(".timeline .mark")).to_have_count(1)
    assert page.evaluate("window.kept === document.querySelector('.network')")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert not [url for url in asked if url.endswith("/today")]


def test_the_strip_has_its_table(dashboard: DashboardApp) -> None:
    page = dashboard.open()
    spans = dashboard.ask("GET", "spans")
    page.get_by_text("As a table").click()
    rows = page.locator(".timeline tbody tr")
    expect(rows).to_have_count(len(spans["spans"]) + len(spans["interactions"]))


# -- trends -------------------------------------------------------------------------


def test_every_chart_has_the_numbers_of_the_api(dashboard: DashboardApp) -> None:
    page = dashboard.open("trends")
    days = dashboard.ask("GET", "days")
    card = page.locator(".card", has=page.get_by_role("heading", name="By network"))
    with page.expect_download() as download:
        card.get_by_role("button", name="Download CSV").click()
    with open(download.value.path(), newline="") as file:
        lines = [*csv.reader(file)]
    assert len(lines) == 28 + 1
    spent = sum(row["spent_seconds"] for row in days["days"][-1]["networks"])
    assert lines[28][0] == days["last"]
    assert lines[28][-1] == str(round(spent / 60))
    card.get_by_text("As a table").click()
    expect(card.locator("tbody tr")).to_have_count(28)


def test_the_arrow_keys_and_the_pointer_give_the_numbers(dashboard: DashboardApp) -> None:
    page = dashboard.open("trends")
    for title in ("By network", "Hours of the week", "The year"):
        card = page.locator(".card", has=page.get_by_role("heading", name=title))
        chart = card.get_by_role("group", name="Arrow keys")
        chart.focus()
        said = []
        for key in ("End", "ArrowLeft", "ArrowLeft", "ArrowUp"):
            page.keyboard.press(key)
            said.append(card.get_by_role("status").inner_text())
        assert all(re.search(r"\d+ (min|h)|nothing", words) for words in said), said
        assert len(set(said[:3])) == 3
        expect(card.locator(".selected")).to_have_count(1)
    card = page.locator(".card", has=page.get_by_role("heading", name="By network"))
    box = card.get_by_role("group", name="Arrow keys").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 120)
    expect(card.get_by_role("status")).to_contain_text("min")


def test_a_range_is_kept_in_the_address(dashboard: DashboardApp) -> None:
    page = dashboard.open("trends")
    page.get_by_role("button", name="12 weeks").click()
    expect(page.get_by_text(re.compile("of 84"))).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="12 weeks")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("From").fill("2026-01-01")
    page.get_by_label("To", exact=True).fill("2025-01-01")
    dashboard.faults.clear()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert")).to_contain_text("the first day comes first")
    dashboard.expect_only_failed_requests()


# -- settings -----------------------------------------------------------------------


def test_budgets_are_set_and_removed(fresh: DashboardApp) -> None:
    fresh.ask("POST", "events", batch(visit(now() - 5 * MINUTE, 60)))
    page = fresh.open("settings")
    page.get_by_text("Set a budget").click()
    page.get_by_label("Minutes a day").fill("25")
    page.get_by_label("Network", exact=True).select_option("x")
    for day in ("Saturday", "Sunday"):
        page.get_by_role("group", name="Days", exact=True).get_by_label(day).uncheck()
    page.get_by_label("Hours", exact=True).select_option("work")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("25 minutes")).to_be_visible()
    wanted = {
        "minutes": 25,
        "network": "x",
        "days": ["mon", "tue", "wed", "thu", "fri"],
        "when": "work",
    }
    budgets = fresh.ask("GET", "budgets")["budgets"]
    assert wanted in [{k: v for k, v in one.items() if k != "id"} for one in budgets]
    page.get_by_role("button", name=re.compile("Remove the budget for X")).click()
    expect(page.get_by_text("25 minutes")).to_be_hidden()
    assert len(fresh.ask("GET", "budgets")["budgets"]) == len(budgets) - 1


def test_hours_and_quiet_are_kept(fresh: DashboardApp) -> None:
    page = fresh.open("settings")
    schedule = page.locator(".card", has=page.get_by_role("heading", name="Your days and hours"))
    schedule.get_by_label("Time zone").fill("Asia/Kathmandu")
    schedule.get_by_label("Your day begins at").select_option("4")
    schedule.get_by_label("Work ends").fill("15:30")
    schedule.get_by_role("button", name="Save").click()
    expect(schedule.get_by_role("status")).to_have_text("Saved.")
    notices = page.locator(".card", has=page.get_by_role("heading", name="Notices"))
    notices.get_by_label(re.compile("^Budget")).uncheck()
    notices.get_by_label("Quiet from").fill("22:00")
    notices.get_by_label("Quiet until").fill("07:15")
    notices.get_by_role("button", name="Save").click()
    expect(notices.get_by_role("status").first).to_have_text("Saved.")
    kept = fresh.ask("GET", "settings")["settings"]
    assert kept["time_zone"] == "Asia/Kathmandu"
    assert (kept["day_start"], kept["work_end"]) == (4, "15:30")
    assert (kept["notify_budget"], kept["quiet_start"], kept["quiet_end"]) == (
        False,
        "22:00",
        "07:15",
    )


def test_what_is_refused_is_said_at_its_field(dashboard: DashboardApp) -> None:
    page = dashboard.open("settings")
    zone = page.get_by_label("Time zone")
    zone.fill("<b>Middle-earth</b>")
    card = page.locator(".card", has=page.get_by_role("heading", name="Your days and hours"))
    card.get_by_role("button", name="Save").click()
    expect(zone).to_have_attribute("aria-invalid", "true")
    expect(card.get_by_role("alert")).to_contain_text("<b>Middle-earth</b>")
    assert zone.input_value() == "<b>Middle-earth</b>"
    assert not axe_violations(page)
    dashboard.expect_only_failed_requests()


def test_a_pause_begins_and_ends(fresh: DashboardApp) -> None:
    page = fresh.open("settings")
    page.get_by_role("button", name="1 hour").click()
    expect(page.get_by_text(re.compile("Paused until"))).to_be_visible()
    assert fresh.ask("GET", "pause")["paused"]
    page.get_by_role("button", name="Record again").click()
    expect(page.get_by_role("button", name="1 hour")).to_be_visible()
    assert not fresh.ask("GET", "pause")["paused"]


def test_a_trial_notice_says_what_became_of_it(fresh: DashboardApp) -> None:
    page = fresh.open("settings")
    page.get_by_role("button", name="Show a trial notice").click()
    expect(page.get_by_role("alert")).to_contain_text("was not shown")


# -- when something goes wrong ------------------------------------------------------


def test_a_daemon_that_dies_is_told_of_and_found_again(fresh: DashboardApp) -> None:
    fresh.ask("POST", "events", batch(visit(now() - 30 * MINUTE, 600)))
    page = fresh.open()
    expect(page.get_by_text("10 min of 1 h used")).to_be_visible()
    fresh.kill()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("plnd start")
    expect(page.get_by_text("10 min of 1 h used")).to_be_visible()
    assert not axe_violations(page)
    fresh.restart()
    expect(alert).to_be_hidden(timeout=15_000)
    fresh.ask("POST", "events", batch(visit(now() - 15 * MINUTE, 600)))
    expect(page.get_by_text("20 min of 1 h used")).to_be_visible()
    fresh.expect_only_failed_requests()


def test_a_change_that_cannot_be_made_is_said(fresh: DashboardApp) -> None:
    page = fresh.open("settings")
    fresh.kill()
    page.get_by_role("button", name="1 hour").click()
    card = page.locator(".card", has=page.get_by_role("heading", name="Pause"))
    expect(card.get_by_role("alert").first).to_contain_text("plnd does not answer")
    fresh.expect_only_failed_requests()
    fresh.restart()


def test_a_page_without_its_key_says_how_to_get_one(dashboard: DashboardApp) -> None:
    page = dashboard.open()
    page.context.clear_cookies()
    page.reload()
    expect(page.get_by_role("alert").first).to_contain_text("plnd open")
    dashboard.expect_only_failed_requests()


def test_a_slow_answer_is_waited_for_in_sight(dashboard: DashboardApp) -> None:
    page = dashboard.open("settings")
    held: list[Any] = []
    slow = True
    page.route("**/api/v1/days*", lambda route: held.append(route) if slow else route.continue_())
    page.evaluate("location.hash = '#/trends'")
    expect(page.get_by_text("Loading …").first).to_be_visible()
    wait_for(page, lambda: held, "the request")
    slow = False
    for route in held:
        route.continue_()
    expect(page.get_by_role("heading", name="By network")).to_be_visible()


def test_an_answer_that_is_none_is_not_shown_as_one(dashboard: DashboardApp) -> None:
    page = dashboard.open("settings")
    page.route("**/api/v1/days*", lambda route: route.fulfill(body=json.dumps({"days": "many"})))
    page.evaluate("location.hash = '#/trends'")
    expect(page.get_by_role("alert").first).to_contain_text("not what this page understands")


# -- keyboard -----------------------------------------------------------------------


def test_the_keyboard_reaches_everything(dashboard: DashboardApp) -> None:
    """Skip link first, each stop in sight and marked, and the pages go by Enter."""
    page = dashboard.open("settings", width=1280)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    reached = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["tag"] == "BODY":
            break
        assert stop["marked"], stop
        reached.add(stop["name"])
    controls = page.locator("main :is(button, input, select, summary, a)").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).length"
    )
    assert len(reached) >= controls - 1


STOP = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  one.dataset.stop ??= String(Math.random());
  return {tag: one.tagName, name: one.dataset.stop, what: one.outerHTML.slice(0, 90),
          marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2};
}"""


def test_the_menu_of_a_narrow_window_opens_by_key(dashboard: DashboardApp) -> None:
    page = dashboard.open(width=390)
    expect(page.get_by_role("link", name="Trends")).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    page.get_by_role("link", name="Trends").press("Enter")
    expect(page.get_by_role("heading", name="Trends")).to_be_visible()
    expect(page.get_by_role("link", name="Trends")).to_be_hidden()


# -- what it costs ------------------------------------------------------------------


def test_all_of_it_is_small(dashboard: DashboardApp) -> None:
    """Everything together, as it goes over the wire: 200 kB at most."""
    page = dashboard.open()
    for path in PAGES:
        dashboard.go(page, path)
    sizes = page.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter(one => one.name.includes('/assets/')).map(one => one.encodedBodySize)"
    )
    assert 20_000 < sum(sizes) <= 200_000
