"""The dashboard's people, chats, journal, review and development log."""

import re
from pathlib import Path
from typing import Any

import pytest
from board import HOSTILE, Board, look_over, now
from builders import DAY, MINUTE, act, batch, visit
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

VCARD = "".join(
    f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nEND:VCARD\n" for name in ("Ana Lima", "Ben Okafor")
)


def card(page: Page, title: str) -> Locator:
    return page.locator(".card", has=page.get_by_role("heading", name=title, exact=True))


def add(board: Board, name: str, **more: Any) -> str:
    body = {"name": name, **more}
    return str(board.ask("POST", "people", body)["person"]["id"])


def live(board: Board) -> None:
    """A little of everything."""
    ana = add(board, "Ana Lima", tags=["teacher"], cadence={"ideal_days": 14}, note=HOSTILE)
    add(board, HOSTILE)
    board.ask("POST", "meetings", {"person": ana, "at": now() - 60 * DAY, "note": "at the fair"})
    board.ask("POST", "journal", {"kind": "learned", "text": HOSTILE * 12, "person": ana})
    chat = board.ask("GET", "chats")["chats"][0]["id"]
    board.ask("PATCH", f"chats/{chat}", {"followed": True})
    board.ask("POST", "cpd", {"day": "2026-11-20", "hours": 1.5, "topic": HOSTILE})


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_hostile_words_are_words_and_nothing_stands_in_the_way(fresh: Board, dark: bool) -> None:
    live(fresh)
    page = fresh.open(dark=dark)
    ana = fresh.ask("GET", "people?q=Ana")["people"][0]["id"]
    for path in ("today", "people", f"people/{ana}", "chats", "journal", "review", "cpd?year=2026"):
        look_over(fresh, page, path, dark=dark)
    fresh.go(page, "journal")
    expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
    assert not page.locator("img[src='x']").count()


def test_empty_pages_say_what_comes_here(fresh: Board) -> None:
    page = fresh.open()
    for path in ("people", "chats", "journal", "review", "cpd"):
        look_over(fresh, page, path)
    fresh.go(page, "people")
    expect(page.get_by_text("Nobody yet.")).to_be_visible()


def test_a_person_is_added_found_met_changed_and_removed(fresh: Board) -> None:
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


def test_two_who_are_one_are_merged_and_parted_again(fresh: Board) -> None:
    ana = add(fresh, "Ana")
    add(fresh, "Ana Lima")
    page = fresh.open(f"people/{ana}")
    page.get_by_label("This is the same person as").select_option(label="Ana Lima")
    page.get_by_role("button", name="Merge").click()
    page.get_by_role("link", name="All people").click()
    expect(page.get_by_text("1 person")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 people")).to_be_visible()


def test_a_suggestion_is_answered(fresh: Board) -> None:
    events = [act(now() - n * DAY, "reply", handle="nasa") for n in range(1, 6)]
    fresh.ask("POST", "events", batch(*events))
    page = fresh.open("people")
    page.get_by_role("button", name="Add nasa").click()
    expect(card(page, "Everybody").get_by_role("link", name="nasa")).to_be_visible()
    expect(page.get_by_text("No suggestions now.")).to_be_visible()


def test_an_address_book_is_looked_at_before_it_is_taken(fresh: Board, tmp_path: Path) -> None:
    file = tmp_path / "friends.vcf"
    file.write_text(VCARD)
    page = fresh.open("people")
    page.get_by_label("File").set_input_files(file)
    expect(page.get_by_text("2 new.")).to_be_visible()
    assert fresh.ask("GET", "people")["people"] == []
    page.get_by_role("button", name="Take them in").click()
    expect(page.get_by_text("2 people")).to_be_visible()


def test_a_chat_is_followed_added_and_left(fresh: Board) -> None:
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


def test_the_journal_is_written_searched_and_kept(fresh: Board) -> None:
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
    assert "How to read a feed,Ben,https://example.org/feed" in text
    assert ",'=HYPERLINK(1)," in text
    for left in ("1 entry", "Nothing yet."):
        card(page, "Entries").get_by_role("button", name="Remove").first.click()
        page.get_by_role("button", name="Remove, really").click()
        expect(page.get_by_text(left)).to_be_visible()
        expect(page.get_by_role("button", name="Remove, really")).to_be_hidden()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()


def test_the_log_takes_rows_and_sentences(fresh: Board) -> None:
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


def test_the_review_has_four_lights_and_a_suggestion(board: Board) -> None:
    page = board.open("review")
    review = board.ask("GET", "review")
    expect(page.locator(".lights li")).to_have_count(4)
    expect(page.get_by_text(review["suggestion"]["text"])).to_be_visible()
    page.get_by_role("link", name="The week before").click()
    expect(page.get_by_text(re.compile("–")).first).to_be_visible()
