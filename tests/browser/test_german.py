"""The dashboard in German, with something to say on every page: no word of English is left."""

import re

import pytest
from playwright.sync_api import expect
from support.builders import DAY, HOUR, MINUTE, act, batch, visit
from support.dashboard import OVERFLOW_WIDTH, DashboardApp, now, wait_for

pytestmark = pytest.mark.browser

PAGES = (
    *("today", "trends", "profiles", "people", "chats", "journal", "review", "cpd"),
    *("receipt", "settings"),
)
ENGLISH = re.compile(
    r"\b([Tt]he|[Yy]ours?|[Yy]ou|is|are|and|of|with|until|minutes?|days?|hours?|weeks?|ago|posted|looked"
    r"|taking|late|due|stale|learned|taught|unknown|not|by|school|teachers?|entry|paused|dormant"
    r"|ended|last|since|interactions? of)\b",
)
COMMAND = re.compile(r"„plnd [^“]*“|'?/\S+")
"""What is typed in a terminal is the same in every language, and so is where a file lies."""


def live(dashboard: DashboardApp) -> None:
    """A life in which plnd finds something to say of everything."""
    noon = now() - 2 * HOUR
    events = [act(noon - 130 * DAY, "post"), act(noon - 99 * DAY, "reply", handle="ana")]
    for day in range(1, 28):
        begin = noon - day * DAY
        events.append(visit(begin, 3600, network="mastodon", handle="cleo", page="profile"))
        events += [
            act(begin + minute * MINUTE, "reply", network="mastodon", handle="cleo")
            for minute in range(0, 60, 4)
        ]
    events.append(visit(noon, 90, page="settings", network="facebook", handle="eigenes"))
    actions = ("post", "share", "react", "follow", "message", "save")
    events += [act(noon, one, network="facebook") for one in actions]
    assert not dashboard.ask("POST", "events", batch(*events))["rejected"]
    dashboard.ask("PUT", "budgets", {"minutes": 1, "when": "work", "days": ["mon", "tue"]})
    dashboard.ask("PUT", "budgets", {"minutes": 1})
    for network in ("x", "linkedin"):
        dashboard.ask("POST", "profiles", {"network": network, "handle": "ich"})
    dashboard.ask("PUT", "profiles/linkedin/ich/decision", {"choice": "close"})
    for name, handle in (("Ana Ü.", "ana"), ("Ben Ö.", "ben")):
        person = {"name": name, "handles": [{"network": "x", "handle": handle}]}
        dashboard.ask("POST", "people", {**person, "cadence": {"ideal_days": 7}})
    dashboard.ask("POST", "meetings", {"person": "Ben Ö.", "at": noon - 9 * DAY, "note": "Messe"})
    for kind in ("learned", "taught"):
        entry = {"kind": kind, "text": "Ein Satz.", "person": "Ana Ü.", "minutes": 30}
        dashboard.ask("POST", "journal", {**entry, "at": noon - 2 * DAY})
    chat = {"tag": "edchat2", "network": "x", "weekday": "wed", "start": "20:00"}
    dashboard.ask("POST", "chats", chat)
    # A feed that plnd does not go to, and a file of a network that it does not use.
    inside = {"on": True, "url": "https://127.0.0.1/feed"}
    dashboard.ask("PUT", "profiles/x/ich/feed", inside)
    dashboard.ask("PUT", "people/x:ana/feeds/x/ana", inside)
    (dashboard.home / "data" / "networks").mkdir()
    (dashboard.home / "data" / "networks" / "club.json").write_text('{"id": "club"}')


@pytest.fixture
def lived(fresh: DashboardApp) -> DashboardApp:
    fresh.ask("PATCH", "settings", {"language": "de"})
    live(fresh)
    return fresh


@pytest.mark.parametrize("width", [390, 1280])
def test_no_word_of_english_is_left_on_any_page(lived: DashboardApp, width: int) -> None:
    page = lived.open(language="de-DE", width=width)
    person = lived.ask("GET", "people")["people"][0]["id"]
    for path in (*PAGES, f"people/{person}"):
        lived.go(page, path)
        expect(page.locator("main")).not_to_be_empty()
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        words = COMMAND.sub("", page.inner_text("main"))
        assert not ENGLISH.findall(words), (path, words)
        expect(page.locator(".table details:has(summary):not(:has(table))")).to_have_count(0)
        assert page.evaluate(OVERFLOW_WIDTH) <= 0, path


def test_what_is_refused_is_refused_in_german(lived: DashboardApp) -> None:
    page = lived.open("profiles", language="de-DE")
    page.get_by_label("Netzwerk", exact=True).select_option("x")
    page.get_by_label("Name dort oder Adresse").fill("ich")
    page.get_by_role("button", name="Hinzufügen").click()
    expect(page.get_by_role("alert")).to_contain_text("Dieses Profil ist schon da.")
    expect(page.locator("p.invalid")).to_have_text("Dieses Profil ist schon da.")
    lived.go(page, "settings")
    zone = page.get_by_label("Zeitzone")
    zone.fill("Mond/Krater")
    page.locator("form", has=zone).get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("alert")).to_have_text(
        "Diese Zeitzone gibt es nicht. Zum Beispiel Europe/Berlin."
    )
    lived.expect_only_failed_requests()


def test_the_language_of_notices_is_a_setting(fresh: DashboardApp) -> None:
    page = fresh.open("settings", language="de-DE")
    language = page.get_by_label("Sprache der Hinweise")
    expect(language).to_have_value("")
    language.select_option("de")
    page.locator("form", has=language).get_by_role("button", name="Speichern").click()
    wait_for(page, lambda: fresh.ask("GET", "settings")["settings"]["language"] == "de", "it")


def test_what_is_printed_is_german_as_well(lived: DashboardApp) -> None:
    page = lived.open("review", language="de-DE")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Drucken").click()
    printed = opened.value
    expect(printed.get_by_role("heading", level=1)).to_contain_text("Woche ")
    assert printed.evaluate("document.documentElement.lang") == "de"
