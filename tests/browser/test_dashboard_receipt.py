"""The dashboard's receipt: what is stored, forgetting it, taking it along."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.builders import DAY, MINUTE, act, batch, visit
from support.dashboard import DashboardApp, check_accessibility, now

pytestmark = pytest.mark.browser


def some(dashboard: DashboardApp) -> None:
    dashboard.ask(
        "POST",
        "events",
        batch(
            visit(now() - 10 * MINUTE, 60),
            act(now() - 9 * MINUTE, handle="nasa"),
            visit(now() - DAY, 60, network="linkedin"),
        ),
    )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_receipt_stands_in_nobodys_way(dashboard: DashboardApp, dark: bool) -> None:
    check_accessibility(dashboard, dashboard.open(dark=dark), "receipt", dark=dark)


def test_every_event_is_there_in_plain_words(fresh: DashboardApp) -> None:
    some(fresh)
    page = fresh.open("receipt")
    rows = page.locator(".receipt li")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="You replied")).to_have_count(1)
    rows.first.click()
    expect(page.locator(".receipt pre").first).to_contain_text('"network"')
    page.locator("main > .card").get_by_label("Network").select_option("linkedin")
    expect(rows).to_have_count(1)


def test_forgetting_can_be_called_off(fresh: DashboardApp) -> None:
    some(fresh)
    page = fresh.open("receipt")
    page.get_by_role("button", name="The last hour").click()
    expect(page.get_by_text("This forgets 1 visit")).to_be_visible()
    stop = page.get_by_role("button", name="Stop, keep it")
    expect(stop).to_be_focused()
    stop.press("Enter")
    expect(page.locator(".receipt li")).to_have_count(3)


def test_what_is_forgotten_is_gone(fresh: DashboardApp) -> None:
    """Ten seconds after it was asked for, by the page's own clock."""
    some(fresh)
    page = fresh.open("receipt")
    page.clock.install()
    page.get_by_role("button", name="The last hour").click()
    expect(page.get_by_text("It happens in")).to_be_visible()
    page.clock.fast_forward(11_000)
    expect(page.locator(".receipt li")).to_have_count(1)
    assert len(fresh.ask("GET", "receipt")["entries"]) == 1


@pytest.mark.parametrize("path", ["receipt", "person"])
def test_a_person_is_forgotten_as_a_whole(fresh: DashboardApp, path: str) -> None:
    """From both places: first called off, then ten seconds waited for."""
    some(fresh)
    nasa = {"name": "N. Asa", "handles": [{"network": "x", "handle": "nasa"}]}
    ident = fresh.ask("POST", "people", nasa)["person"]["id"]
    fresh.ask("POST", "journal", {"kind": "learned", "text": "what a star is", "person": ident})
    page = fresh.open("receipt" if path == "receipt" else f"people/{ident}")
    page.clock.install()
    if path == "receipt":
        page.get_by_label("Somebody as a whole").select_option(label="N. Asa")
    forget = page.get_by_role("button", name="Forget this person")
    forget.click()
    would = page.get_by_text("This forgets N. Asa")
    expect(would).to_contain_text("0 visits (0 min) and 1 interaction with them.")
    expect(would).to_contain_text("1 journal entry stays, without the name.")
    page.get_by_role("button", name="Stop, keep it").click()
    expect(would).to_have_count(0)
    assert len(fresh.ask("GET", "people")["people"]) == 1
    if path == "receipt":
        page.get_by_label("Somebody as a whole").select_option(label="N. Asa")
    forget.click()
    expect(would).to_be_visible()
    page.clock.fast_forward(11_000)
    if path == "receipt":
        expect(page.get_by_text("Forgotten.")).to_be_visible()
        expect(page.get_by_label("Somebody as a whole")).to_have_count(0)
    else:
        expect(page.get_by_text("Nobody yet.")).to_be_visible()
    assert fresh.ask("GET", "people")["people"] == []
    assert fresh.ask("GET", "journal")["entries"][0]["person_name"] is None
    assert len(fresh.ask("GET", "receipt")["entries"]) == 2


def test_everything_goes_out_and_comes_in_again(fresh: DashboardApp, tmp_path: Path) -> None:
    some(fresh)
    page = fresh.open("receipt")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export everything").click()
    file = tmp_path / "all.jsonl"
    download.value.save_as(file)
    assert len(file.read_text().splitlines()) > 3
    fresh.ask("POST", "forget", {"network": "linkedin"})
    page.get_by_label("Take in an exported file").set_input_files(file)
    expect(page.get_by_text("known already")).to_be_visible()
    page.get_by_role("button", name="Take them in").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
