"""The dashboard's people, chats, journal, review and development log."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.builders import DAY, HOUR, MINUTE, act, batch, visit
from support.dashboard import HOSTILE, DashboardApp, axe_violations, check_accessibility, now

pytestmark = pytest.mark.browser

VCARD = "".join(
    f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nEND:VCARD\n" for name in ("Ana Lima", "Ben Okafor")
)


def card(page: Page, title: str) -> Locator:
    return page.locator(".card", has=page.get_by_role("heading", name=title, exact=True))


def add(dashboard: DashboardApp, name: str, **more: Any) -> str:
    body = {"name": name, **more}
    return str(dashboard.ask("POST", "people", body)["person"]["id"])


def live(dashboard: DashboardApp) -> None:
    """A little of everything."""
    ana = add(dashboard, "Ana Lima", tags=["teacher"], cadence={"ideal_days": 14}, note=HOSTILE)
    add(dashboard, HOSTILE)
    dashboard.ask(
        "POST", "meetings", {"person": ana, "at": now() - 60 * DAY, "note": "at the fair"}
    )
    dashboard.ask("POST", "journal", {"kind": "learned", "text": HOSTILE * 12, "person": ana})
    chat = dashboard.ask("GET", "chats")["chats"][0]["id"]
    dashboard.ask("PATCH", f"chats/{chat}", {"followed": True})
    dashboard.ask("PUT", "cadences", {"tag": HOSTILE, "ideal_days": 21, "worst_days": 40})
    days = {"first": "2026-12-19", "last": "2027-01-04", "name": HOSTILE}
    dashboard.ask("PATCH", f"chats/{chat}", {"breaks": [days]})
    dashboard.ask("POST", "cpd", {"day": "2026-11-20", "hours": 1.5, "topic": HOSTILE})


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_hostile_words_are_words_and_nothing_stands_in_the_way(
    fresh: DashboardApp, dark: bool
) -> None:
    live(fresh)
    page = fresh.open(dark=dark)
    ana = fresh.ask("GET", "people?q=Ana")["people"][0]["id"]
    for path in ("today", "people", f"people/{ana}", "chats", "journal", "review", "cpd?year=2026"):
        check_accessibility(fresh, page, path, dark=dark)
    fresh.go(page, "journal")
    expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
    assert not page.locator("img[src='x']").count()


def test_empty_pages_say_what_comes_here(fresh: DashboardApp) -> None:
    page = fresh.open()
    for path in ("people", "chats", "journal", "review", "cpd"):
        check_accessibility(fresh, page, path)
    fresh.go(page, "people")
    expect(page.get_by_text("Nobody yet.")).to_be_visible()


def test_a_person_is_added_found_met_changed_and_removed(fresh: DashboardApp) -> None:
    page = fresh.open("people")
    form = card(page, "Add somebody")
    form.get_by_label("Name").fill("Ana Lima")
    form.get_by_label("Handles").fill("x:ana, mastodon:@ana@example.org")
    form.get_by_label("Speak every").fill("14")
    form.get_by_role("button", name="Add").click()
    expect(form.get_by_label("Name")).to_have_value("")
    page.get_by_label("Search people").fill("nobody")
    expect(page.get_by_text("Nobody found.")).to_be_visible()
    page.get_by_label("Search people").fill("lima")
    card(page, "Everybody").get_by_role("link", name="Ana Lima").click()
    expect(page.get_by_role("heading", name="Ana Lima")).to_be_visible()
    page.get_by_label("Met face to face").fill("about hooks")
    page.get_by_role("button", name="We met").click()
    expect(card(page, "Touches").get_by_text("about hooks")).to_be_visible()
    edit = card(page, "Change")
    edit.get_by_label("Name").fill("Ana L.")
    edit.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Ana L.")).to_be_visible()
    person = fresh.ask("GET", "people")["people"][0]
    assert person["handles"] == [
        {"network": "x", "handle": "ana"},
        {"network": "mastodon", "handle": "ana@example.org"},
    ]
    assert person["cadence"]["ideal_days"] == 14
    assert person["last_touch"]["kind"] == "met"
    page.get_by_role("button", name="Remove this person").click()
    page.get_by_role("button", name="Remove this person, really").click()
    expect(page.get_by_text("Nobody yet.")).to_be_visible()


def test_yesterday_is_yesterday_by_the_calendar(fresh: DashboardApp) -> None:
    """The page's clock stands at midday: 23 hours ago is yesterday, 11 hours ago is today."""
    for name, hours in (("Ana", 23), ("Ben", 11)):
        person = add(fresh, name)
        fresh.ask("POST", "meetings", {"person": person, "at": now() - hours * HOUR})
    everybody = card(fresh.open("people"), "Everybody")
    expect(everybody.get_by_role("listitem").filter(has_text="Ana")).to_contain_text("yesterday")
    expect(everybody.get_by_role("listitem").filter(has_text="Ben")).to_contain_text("today")


def test_a_worst_gap_is_kept_and_one_that_cannot_be_is_said_at_its_field(
    fresh: DashboardApp,
) -> None:
    ana = add(fresh, "Ana Lima", cadence={"ideal_days": 14, "worst_days": 40})
    page = fresh.open(f"people/{ana}")
    edit = card(page, "Change")
    edit.get_by_label("Note").fill("likes hooks")
    edit.get_by_role("button", name="Save").click()
    expect(edit.get_by_role("status")).to_have_text("Saved.")
    kept = fresh.ask("GET", f"people/{ana}")["person"]
    assert (kept["note"], kept["cadence"]) == ("likes hooks", {"ideal_days": 14, "worst_days": 40})
    edit.get_by_label("At most").fill("7")
    edit.get_by_role("button", name="Save").click()
    expect(edit.get_by_label("At most")).to_have_attribute("aria-invalid", "true")
    expect(edit.get_by_text("the worst gap is shorter").first).to_be_visible()
    assert not axe_violations(page)
    fresh.expect_only_failed_requests()


def test_how_often_is_set_by_tag(fresh: DashboardApp) -> None:
    add(fresh, "Ana Lima", tags=["teacher"])
    page = fresh.open("people")
    part = card(page, "How often, by tag")
    expect(part.get_by_text("None yet.")).to_be_visible()
    expect(part.locator("datalist option")).to_have_count(1)
    part.get_by_label("Tag").fill("teacher")
    part.get_by_label("Speak every").fill("21")
    part.get_by_label("At most").fill("7")
    part.get_by_label("At most").press("Enter")
    expect(part.get_by_label("At most")).to_have_attribute("aria-invalid", "true")
    assert not axe_violations(page)
    part.get_by_label("At most").fill("40")
    part.get_by_label("At most").press("Enter")
    expect(part.get_by_role("listitem")).to_contain_text("teacher every 21 days, at most 40 days")
    expect(part.get_by_label("Tag")).to_have_value("")
    wanted = {"tag": "teacher", "ideal_days": 21, "worst_days": 40}
    assert fresh.ask("GET", "cadences")["cadences"] == [wanted]
    part.get_by_role("button", name="Remove the aim for teacher").press("Enter")
    expect(part.get_by_text("None yet.")).to_be_visible()
    assert fresh.ask("GET", "cadences")["cadences"] == []
    fresh.expect_only_failed_requests()


def test_two_who_are_one_are_merged_and_parted_again(fresh: DashboardApp) -> None:
    ana = add(fresh, "Ana")
    add(fresh, "Ana Lima")
    page = fresh.open(f"people/{ana}")
    page.get_by_label("This is the same person as").select_option(label="Ana Lima")
    page.get_by_role("button", name="Merge").click()
    page.get_by_role("link", name="All people").click()
    expect(page.get_by_text("1 person")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 people")).to_be_visible()


def test_a_suggestion_is_answered(fresh: DashboardApp) -> None:
    events = [act(now() - n * DAY, "reply", handle="nasa") for n in range(1, 6)]
    fresh.ask("POST", "events", batch(*events))
    page = fresh.open("people")
    page.get_by_role("button", name="Add nasa").click()
    expect(card(page, "Everybody").get_by_role("link", name="nasa")).to_be_visible()
    expect(page.get_by_text("No suggestions now.")).to_be_visible()


def test_an_address_book_is_looked_at_before_it_is_taken(
    fresh: DashboardApp, tmp_path: Path
) -> None:
    file = tmp_path / "friends.vcf"
    file.write_text(VCARD)
    page = fresh.open("people")
    page.get_by_label("File").set_input_files(file)
    expect(page.get_by_text("2 new.")).to_be_visible()
    assert fresh.ask("GET", "people")["people"] == []
    page.get_by_role("button", name="Take them in").click()
    expect(page.get_by_text("2 people")).to_be_visible()


def test_a_chat_is_followed_added_and_left(fresh: DashboardApp) -> None:
    fresh.ask("POST", "events", batch(visit(now() - MINUTE, 30, network="mastodon")))
    page = fresh.open("chats")
    expect(page.get_by_text("None yet.")).to_be_visible()
    tag = fresh.ask("GET", "chats")["chats"][0]["tag"]
    page.get_by_role("button", name=f"Follow #{tag}", exact=True).click()
    page.get_by_role("button", name=f"Stop following #{tag}", exact=True).click()
    expect(page.get_by_text("None yet.")).to_be_visible()
    form = card(page, "Add a chat")
    form.get_by_label("Hashtag").fill("#ourchat")
    form.get_by_label("Network").select_option("mastodon")
    form.get_by_label("Weekday").select_option(label="Thursday")
    form.get_by_label("Begins").fill("20:30")
    form.get_by_role("button", name="Add").click()
    expect(card(page, "Chats you follow").get_by_text("#ourchat")).to_be_visible()
    chat = next(one for one in fresh.ask("GET", "chats")["chats"] if one["tag"] == "ourchat")
    assert (chat["weekday"], chat["start"], chat["followed"]) == ("thu", "20:30", True)
    with page.expect_download() as download:
        page.get_by_role("link", name="As a calendar").click()
    assert "BEGIN:VCALENDAR" in Path(download.value.path()).read_text()


def test_many_rows_ask_for_the_names_of_networks_once(dashboard: DashboardApp) -> None:
    page = dashboard.open()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/api/v1/networks" in one.url else None)
    dashboard.go(page, "chats")
    chats = [one["tag"] for one in dashboard.ask("GET", "chats")["chats"] if not one["followed"]]
    expect(page.get_by_role("button", name=f"Follow #{chats[-1]}", exact=True)).to_be_visible()
    assert 0 < len(asked) < 5 < len(chats)


def test_breaks_are_taken_from_a_calendar(fresh: DashboardApp, tmp_path: Path) -> None:
    """Which they are is shown first; a file that is none is said at its field."""
    for tag in ("ourchat", "theirchat"):
        body = {"tag": tag, "network": "x", "weekday": "thu", "start": "20:30"}
        fresh.ask("POST", "chats", body)
    page = fresh.open("chats")
    part = card(page, "Breaks")
    other = tmp_path / "notes.ics"
    other.write_text("no calendar")
    file = part.get_by_label("Calendar (.ics)")
    file.set_input_files(other)
    expect(file).to_have_attribute("aria-invalid", "true")
    assert not axe_violations(page)
    terms = tmp_path / "terms.ics"
    first, last = date_in(30), date_in(44)
    terms.write_text(calendar(("Winter holiday", first, last)), newline="")
    file.set_input_files(terms)
    expect(part).to_contain_text("1 break for #ourchat and #theirchat:")
    expect(part).to_contain_text("Winter holiday")
    assert not fresh.ask("GET", "chats/ourchat")["chat"]["breaks"]
    part.get_by_label("For").select_option("ourchat")
    expect(part).to_contain_text("1 break for #ourchat:")
    assert not axe_violations(page)
    part.get_by_role("button", name="Take these breaks").press("Enter")
    expect(part.get_by_role("status")).to_have_text("Saved.")
    expect(card(page, "Chats you follow").get_by_text("Break: ")).to_have_count(1)
    (taken,) = fresh.ask("GET", "chats/ourchat")["chat"]["breaks"]
    assert (taken["name"], taken["first"]) == ("Winter holiday", first.isoformat())
    assert not fresh.ask("GET", "chats/theirchat")["chat"]["breaks"]
    fresh.expect_only_failed_requests()


def date_in(days: int) -> date:
    return date.today() + timedelta(days=days)


def calendar(*entries: tuple[str, date, date]) -> str:
    """A calendar of whole days; the last is the first that is not part of it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//school//terms//EN"]
    for number, (name, first, last) in enumerate(entries):
        lines += ["BEGIN:VEVENT", f"UID:{number}", f"SUMMARY:{name}"]
        lines += [f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{last:%Y%m%d}"]
        lines += ["END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def test_the_journal_is_written_searched_and_kept(fresh: DashboardApp) -> None:
    page = fresh.open("journal")
    form = card(page, "Write")
    form.get_by_label("taught").check()
    form.get_by_label("What", exact=True).fill("How to read a feed")
    form.get_by_label("From or to whom").fill("Ben")
    form.get_by_label("Link").fill("https://example.org/feed")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 entry")).to_be_visible()
    form.get_by_label("What", exact=True).fill("=HYPERLINK(1)")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("2 entries")).to_be_visible()
    page.get_by_label("Search the journal").fill("feed")
    expect(page.get_by_text("1 entry")).to_be_visible()
    page.get_by_label("Search the journal").fill("")
    expect(page.get_by_text("2 entries")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    text = Path(download.value.path()).read_text()
    assert '"How to read a feed","Ben","https://example.org/feed"' in text
    assert ',"\'=HYPERLINK(1)",' in text
    for left in ("1 entry", "Nothing yet."):
        card(page, "Entries").get_by_role("button", name="Remove").first.click()
        page.get_by_role("button", name="Remove, really").click()
        expect(page.get_by_text(left)).to_be_visible()
        expect(page.get_by_role("button", name="Remove, really")).to_be_hidden()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()


def test_the_log_takes_rows_and_sentences(fresh: DashboardApp) -> None:
    page = fresh.open("cpd")
    form = card(page, "Add a row of your own")
    form.get_by_label("Hours").fill("1.5")
    form.get_by_label("Topic").fill("Webinar")
    form.get_by_role("button", name="Add").click()
    expect(page.get_by_text(re.compile("1.5 hours in"))).to_be_visible()
    page.get_by_label("Your sentence on Webinar").fill("What I took from it")
    page.get_by_label("Your sentence on Webinar").press("Enter")
    expect(card(page, "Rows").get_by_text("Saved.")).to_be_visible()
    assert fresh.ask("GET", "cpd")["rows"][0]["note"] == "What I took from it"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert "Webinar" in Path(download.value.path()).read_text()


def test_the_review_has_four_lights_and_a_suggestion(dashboard: DashboardApp) -> None:
    page = dashboard.open("review")
    review = dashboard.ask("GET", "review")
    expect(page.locator(".lights li")).to_have_count(4)
    expect(page.get_by_text(review["suggestion"]["text"])).to_be_visible()
    page.get_by_role("link", name="The week before").click()
    expect(page.get_by_text(re.compile("–")).first).to_be_visible()


def test_the_plan_is_shown_and_kept(fresh: DashboardApp) -> None:
    events = [act(now() - n * DAY, "reply", handle="nasa") for n in range(1, 6)]
    page = fresh.open("review")
    part = card(page, "Plan for this quarter")
    expect(part).to_contain_text("Nothing to add, tend or close.")
    fresh.ask("POST", "events", batch(*events))
    item = fresh.ask("GET", "plan")["plan"]["add"][0]
    expect(part.get_by_role("listitem")).to_contain_text(item["text"])
    expect(part.get_by_role("listitem")).to_contain_text(item["reason"])
    part.get_by_role("button", name="Keep this plan").press("Enter")
    expect(part.get_by_role("status")).to_contain_text("Kept")
    kept = json.loads((fresh.home / "data" / "plans.json").read_text())["plans"]
    assert [one["add"] for one in kept.values()] == [[item]]


def test_a_plan_beside_the_last_one_says_what_was_done(fresh: DashboardApp) -> None:
    fresh.ask("POST", "events", batch(*[act(now() - n * DAY, "reply") for n in range(1, 6)]))
    page = fresh.open("review")
    plan = fresh.ask("GET", "plan")["plan"]
    still = [f"add/{one['key']}" for one in plan["add"]]
    compared = {"since": "2026-Q1", "new": [], "still": still, "gone": ["close/x", "tend/y"]}
    answer = {"plan": plan, "compared": compared}
    page.route("**/api/v1/plan", lambda route: route.fulfill(json=answer))
    fresh.go(page, "today")
    fresh.go(page, "review")
    part = card(page, "Plan for this quarter")
    expect(part).to_contain_text("2 done since 2026-Q1")
    expect(part.get_by_text("as last time")).to_have_count(len(still))


def test_the_ledger_adds_up_between_two_days(dashboard: DashboardApp) -> None:
    page = dashboard.open("review")
    part = card(page, "Ledger of work and home")
    ledger = dashboard.ask("GET", "ledger")
    expect(part.locator("tbody tr")).to_have_count(len(ledger["rows"]))
    expect(part.get_by_label("From")).to_have_value(ledger["first"])
    expect(part.get_by_label("To", exact=True)).to_have_value(ledger["last"])
    page.get_by_label("From").fill("2026-02-01")
    page.get_by_label("To", exact=True).fill("2026-01-01")
    part.get_by_role("button", name="Show").click()
    expect(part.get_by_label("From")).to_have_attribute("aria-invalid", "true")
    assert not axe_violations(page)
    dashboard.expect_only_failed_requests()
    part.get_by_label("To", exact=True).fill("2026-03-01")
    part.get_by_label("With the names").check()
    part.get_by_role("button", name="Show").press("Enter")
    query = "first=2026-02-01&last=2026-03-01&names=1"
    rows = dashboard.ask("GET", f"ledger?{query}")["rows"]
    expect(part.locator("tbody tr")).to_have_count(len(rows))
    expect(part.locator("tbody tr").first).to_contain_text(rows[0]["network"])
    link = part.get_by_role("link", name="As a page to hand on")
    expect(link).to_have_attribute("href", f"/api/v1/ledger.html?{query}")
