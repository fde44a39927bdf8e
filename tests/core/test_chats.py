"""Chats over the API: following, attendance, time, unconfirmed chats, the calendar."""

from typing import Any

import icalendar
import pytest
from support.builders import DAY, HOUR, MINUTE, NOON, act, batch, visit
from support.harness import TOKEN, Api, Clock, Desktop

from plnd.core.plnd import Plnd
from plnd.system.files import Home

# Noon in London is the start.
OWN = {"tag": "#EdChat2", "network": "x", "weekday": "mon", "start": "12:00"}


async def follow(api: Api, **given: Any) -> dict[str, Any]:
    return (await api("POST", "chats", {**OWN, **given}))["chat"]  # type: ignore[no-any-return]


async def test_the_list_is_off_and_says_its_age(api: Api) -> None:
    chats = (await api("GET", "chats"))["chats"]
    assert len(chats) == 29
    assert not any(one["followed"] for one in chats)
    assert chats[0]["id"] == "tlskychat"
    assert chats[0]["evidence"] == "2026-01-27"
    assert (await api("GET", "today"))["next_chat"] is None
    assert (await api("GET", "tags"))["tags"] == []


async def test_following_shows_the_next_slot_today(api: Api, clock: Clock) -> None:
    clock.forward(-HOUR)
    chat = await follow(api)
    assert (chat["id"], chat["tag"], chat["time_zone"]) == ("edchat2", "EdChat2", "Europe/London")
    assert (await api("GET", "today"))["next_chat"] == {
        "tag": "EdChat2",
        "network": "x",
        "starts_at": NOON,
        "ends_at": NOON + HOUR,
    }
    assert (await api("GET", "tags"))["tags"] == [{"network": "x", "tag": "edchat2"}]
    await api("PATCH", "chats/edchat2", {"followed": False})
    assert (await api("GET", "today"))["next_chat"] is None


async def test_a_chat_of_the_list_without_an_hour_needs_one_first(api: Api) -> None:
    answer = await api("PATCH", "chats/agchat", {"followed": True}, status=400)
    assert answer["error"]["field"] == "start"
    done = await api("PATCH", "chats/agchat", {"followed": True, "start": "20:00"})
    assert done["chat"]["next_slot"]
    await api("DELETE", "chats/agchat")
    assert not (await api("GET", "chats/agchat"))["chat"]["followed"]
    await api("DELETE", "chats/agchat", status=409)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"network": "nowhere"}, "network"),
        ({"tag": "two words"}, "tag"),
        ({"tag": "#"}, "tag"),
        ({"tag": "edchat"}, "tag"),
        ({"start": "25:00"}, "start"),
        ({"repeat": "fortnightly"}, "anchor"),
        ({"repeat": "fortnightly", "anchor": "2026-02-30"}, "anchor"),
        ({"minutes": 0}, "minutes"),
    ],
)
async def test_what_is_no_chat_is_refused_naming_the_field(
    api: Api, given: dict[str, Any], field: str
) -> None:
    status = 409 if given.get("tag") == "edchat" else 400
    answer = await api("POST", "chats", {**OWN, **given}, status=status)
    assert answer["error"]["field"] == field
    assert (await api("GET", "chats?followed=1"))["chats"] == []


async def test_a_chat_edited_into_what_cannot_be_costs_itself_only(
    api: Api, plnd: Plnd, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    await follow(api)
    await follow(api, tag="other")
    path = home.data / "chats.json"
    path.write_text(path.read_text().replace("Europe/London", "Mars/Olympus", 1))
    again = Plnd(home, clock=plnd.clock)
    assert [one.id for one in again.chats.views(only_followed=True)] == ["other"]
    assert again.today().next_chat is not None
    assert "chats.json: a chat is left out, because of its time_zone" in caplog.text
    assert "edchat2" not in caplog.text
    again.close_stores()


# -- attendance and booking -------------------------------------------------------------


async def test_a_visit_to_the_tag_is_booked_as_chat_and_left_out_of_the_budget(
    api: Api, clock: Clock
) -> None:
    clock.forward(-HOUR)
    await follow(api)
    clock.forward(2 * HOUR)
    await api(
        "POST",
        "events",
        batch(
            visit(NOON, 900, page="tag", tag="edchat2"),
            visit(NOON + 900_000, 900, page="post"),
            visit(NOON + 1_800_000, 600, network="facebook"),
            visit(NOON - 600_000, 600),
        ),
    )
    today = await api("GET", "today")
    assert today["spent_seconds"] == 3000
    assert today["chat_seconds"] == 1800
    assert today["left_seconds"] == 3600 - 1200
    page = await api("GET", "chats/edchat2")
    assert [one["attended"] for one in page["slots"]] == ["listened"]
    assert page["slots"][0]["on_tag_seconds"] == 900
    await api("PATCH", "settings", {"chats_outside_budget": False})
    assert (await api("GET", "today"))["left_seconds"] == 600


async def test_time_on_the_network_alone_is_no_chat(api: Api, clock: Clock) -> None:
    await follow(api)
    clock.forward(HOUR)
    await api("POST", "events", batch(visit(NOON, 1800), act(NOON + MINUTE)))
    assert (await api("GET", "today"))["chat_seconds"] == 0
    (slot,) = (await api("GET", "chats/edchat2"))["slots"]
    assert slot["attended"] == "took_part"


async def test_a_tagged_post_is_taking_part_and_late_events_are_taken_in(
    api: Api, clock: Clock
) -> None:
    await follow(api)
    clock.forward(3 * HOUR)
    assert (await api("GET", "chats/edchat2"))["slots"][0]["attended"] == "missed"
    await api("POST", "events", batch(act(NOON + 90 * MINUTE, "post", tag="EdChat2")))
    assert (await api("GET", "chats/edchat2"))["slots"][0]["attended"] == "took_part"


async def test_three_silent_slots_make_it_quiet_and_a_word_wakes_it(api: Api, clock: Clock) -> None:
    await follow(api)
    clock.forward(14 * DAY + 2 * HOUR)
    chat = (await api("GET", "chats/edchat2"))["chat"]
    assert chat["state"] == "unconfirmed"
    assert chat["attendance"] == {"slots": 3, "took_part": 0, "listened": 0, "missed": 3}
    assert (await api("GET", "today"))["next_chat"] is None
    await api("PATCH", "chats/edchat2", {"confirmed": True})
    assert (await api("GET", "today"))["next_chat"]["starts_at"] == NOON + 21 * DAY


async def test_what_comes_late_wakes_a_quiet_chat_in_the_same_answer(
    api: Api, clock: Clock
) -> None:
    await follow(api)
    clock.forward(14 * DAY + 2 * HOUR)
    assert (await api("GET", "today"))["next_chat"] is None
    late = visit(NOON + 14 * DAY, 900, page="tag", tag="edchat2")
    answer = await api("POST", "events", batch(late))
    assert answer["today"]["next_chat"]["starts_at"] == NOON + 21 * DAY


async def test_new_times_say_nothing_of_the_past_and_forget_nothing(api: Api, clock: Clock) -> None:
    """Slots that never took place are not missed, and attended ones stay in the log."""
    await follow(api)
    clock.forward(2 * HOUR)
    await api("POST", "events", batch(visit(NOON, 2400, page="tag", tag="edchat2")))
    clock.forward(35 * DAY)
    await api("PATCH", "chats/edchat2", {"confirmed": True})
    changed = (await api("PATCH", "chats/edchat2", {"weekday": "tue", "start": "20:00"}))["chat"]
    assert (changed["state"], changed["attendance"]["slots"]) == ("confirmed", 0)
    rows = (await api("GET", "cpd?year=2026"))["rows"]
    assert [(row["id"], row["hours"]) for row in rows] == [(f"chat:edchat2:{NOON}", 0.5)]
    for method, body in (("PATCH", {"followed": False}), ("DELETE", None)):
        await api(method, "chats/edchat2", body)
        assert (await api("GET", "cpd?year=2026"))["rows"] == rows
    note = {"note": "kept"}
    assert (await api("PATCH", f"cpd/{rows[0]['id']}", note))["row"]["note"] == "kept"


async def test_time_in_work_hours_is_left_out_of_their_budget_only(api: Api, clock: Clock) -> None:
    await api("PUT", "budgets", {"minutes": 10, "network": "x", "when": "work"})
    await follow(api)
    clock.forward(30 * MINUTE)
    await api("POST", "events", batch(visit(NOON, 1500, page="tag", tag="edchat2")))
    (row,) = (await api("GET", "today"))["networks"]
    assert (row["spent_seconds"], row["state"]) == (1500, "under")
    await api("PATCH", "settings", {"chats_outside_budget": False})
    assert (await api("GET", "today"))["networks"][0]["state"] == "over"


# -- breaks and calendar ----------------------------------------------------------------


TERMS = "\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "BEGIN:VEVENT",
        "UID:h",
        "SUMMARY:Christmas holiday",
        "DTSTART;VALUE=DATE:20261130",
        "DTEND;VALUE=DATE:20261212",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
)


async def test_breaks_of_a_calendar_skip_slots(api: Api, clock: Clock) -> None:
    await follow(api)
    clock.forward(2 * HOUR)
    preview = await api("POST", "chat-breaks", {"content": TERMS, "dry_run": True})
    assert preview["breaks"] == [
        {"first": "2026-11-30", "last": "2026-12-11", "name": "Christmas holiday"}
    ]
    assert (await api("GET", "today"))["next_chat"]["starts_at"] == NOON + 7 * DAY
    await api("POST", "chat-breaks", {"content": TERMS})
    assert (await api("GET", "today"))["next_chat"]["starts_at"] == NOON + 21 * DAY
    nothing = TERMS.replace("Christmas holiday", "Staff day")
    answer = await api("POST", "chat-breaks", {"content": nothing}, status=400)
    assert "neither terms nor breaks" in answer["error"]["message"]


async def test_a_chat_has_two_hundred_breaks_at_most(api: Api) -> None:
    """A chat with more breaks could not be read again from its file."""
    await follow(api)
    daily = TERMS.replace("UID:h", "UID:h\nRRULE:FREQ=DAILY;COUNT={}")
    answer = await api("POST", "chat-breaks", {"content": daily.format(201)}, status=400)
    assert "201 breaks" in answer["error"]["message"]
    assert len((await api("POST", "chat-breaks", {"content": daily.format(150)}))["breaks"]) == 150


async def test_the_calendar_holds_the_followed_chats(api: Api, home: Home) -> None:
    await follow(api)
    async with api.session.get(
        f"{api.url}/api/v1/chats.ics", headers={"Authorization": f"Bearer {TOKEN}"}
    ) as response:
        assert response.content_type == "text/calendar"
        data = await response.read()
    assert data == (home.data / "chats.ics").read_bytes()
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert event["SUMMARY"] == "#EdChat2"
    await api("PATCH", "chats/edchat2", {"followed": False})
    assert b"VEVENT" not in (home.data / "chats.ics").read_bytes()


# -- notices ----------------------------------------------------------------------------


async def shown(plnd: Plnd, desktop: Desktop) -> list[str]:
    await plnd.notifier.close()
    return [title for title, _ in desktop.shown]


async def test_a_notice_ten_minutes_before_while_a_browser_is_in_use(
    api: Api, plnd: Plnd, clock: Clock, desktop: Desktop
) -> None:
    clock.forward(-HOUR)
    await follow(api)
    await api("POST", "events", batch(visit(clock.now - MINUTE, 30)))
    clock.now = NOON - 11 * MINUTE
    plnd.send_due_notices()
    clock.now = NOON - 10 * MINUTE
    plnd.send_due_notices()
    assert not plnd.notifier.sent, "the browser was last heard of 50 minutes ago"
    await api("POST", "events", batch(visit(clock.now - MINUTE, 30)))
    clock.forward(MINUTE)
    plnd.send_due_notices()
    assert [one.kind for one in plnd.notifier.notices()] == ["chat"]
    assert plnd.notifier.notices()[0].title == "#EdChat2 begins at 12:00"


async def test_the_review_is_told_once_on_its_day(
    plnd: Plnd, clock: Clock, desktop: Desktop
) -> None:
    clock.now = NOON + 6 * DAY + 4 * HOUR
    plnd.send_due_notices()
    assert plnd.notifier.notices() == []
    clock.forward(HOUR)
    for _ in range(3):
        plnd.send_due_notices()
        clock.forward(MINUTE)
    assert [one.cause for one in plnd.notifier.notices()] == ["review/2026-W48"]
    clock.forward(DAY)
    plnd.send_due_notices()
    assert len(plnd.notifier.notices()) == 1


async def test_two_a_day_and_none_while_snoozed_quiet_or_off(
    api: Api, plnd: Plnd, clock: Clock
) -> None:
    for number in range(4):
        await follow(api, tag=f"chat{number}", start=f"12:0{number}", weekday="tue")
    clock.now = NOON + DAY - 5 * MINUTE
    await api("POST", "events", batch(visit(clock.now - MINUTE, 30)))
    plnd.send_due_notices()
    assert len(plnd.notifier.notices()) == 2
    clock.forward(7 * DAY)
    plnd.notifier.snooze(clock.now + HOUR)
    await api("POST", "events", batch(visit(clock.now - MINUTE, 30)))
    plnd.send_due_notices()
    assert len(plnd.notifier.notices()) == 2
    plnd.notifier.snooze(None)
    await api("PATCH", "settings", {"quiet_start": "11:00", "quiet_end": "12:30"})
    plnd.send_due_notices()
    assert len(plnd.notifier.notices()) == 2
    await api("PATCH", "settings", {"quiet_start": None, "quiet_end": None, "notify_chats": False})
    plnd.send_due_notices()
    assert len(plnd.notifier.notices()) == 2
    await api("PATCH", "settings", {"notify_chats": True})
    plnd.send_due_notices()
    assert len(plnd.notifier.notices()) == 4
