"""People over the API: touches from events, and the user's own entries."""

import random
from typing import Any

import pytest
from support.builders import DAY, HOUR, MINUTE, NOON, act, batch, typed, visit
from support.harness import Api, Clock, bytes_with

from plnd.core.people.people import People
from plnd.core.plnd import Plnd
from plnd.model.own_data import ForgetRequest
from plnd.model.people import Cadence, Handle, MeetingRequest, PersonChange, PersonRequest

VCARD = """BEGIN:VCARD
VERSION:3.0
FN:{name}
URL:https://x.com/{handle}
END:VCARD
"""


async def add(api: Api, name: str, *handles: str, **given: Any) -> dict[str, Any]:
    pairs = [dict(zip(("network", "handle"), one.split(":"), strict=True)) for one in handles]
    answer = await api("POST", "people", {"name": name, "handles": pairs, **given})
    return answer["person"]  # type: ignore[no-any-return]


async def names(api: Api, query: str = "") -> list[str]:
    return [one["name"] for one in (await api("GET", f"people{query}"))["people"]]


# -- touches ----------------------------------------------------------------------------


async def test_an_interaction_moves_the_last_touch_by_itself(api: Api) -> None:
    ana = await add(api, "Ana", "x:ana")
    assert ana["last_touch"] is None
    assert ana["tie"] == "new"
    await api("POST", "events", batch(act(NOON - HOUR, "reply", handle="Ana")))
    (found,) = (await api("GET", "people"))["people"]
    assert found["last_touch"] == {"at": NOON - HOUR, "kind": "reply", "network": "x"}
    assert found["tie"] == "weak"


async def test_an_older_event_that_comes_late_does_not_move_it_back(api: Api) -> None:
    await add(api, "Ana", "x:ana")
    await api("POST", "events", batch(act(NOON - HOUR, "react", handle="ana")))
    await api("POST", "events", batch(act(NOON - DAY, "reply", handle="ana")))
    (found,) = (await api("GET", "people"))["people"]
    assert found["last_touch"]["kind"] == "react"


async def test_a_minute_on_the_profile_moves_it_once_it_is_one(api: Api) -> None:
    await add(api, "Ana", "x:ana")
    look = visit(NOON - HOUR, 59, page="profile", handle="ana")
    await api("POST", "events", batch(look))
    assert (await api("GET", "people"))["people"][0]["last_touch"] is None
    await api("POST", "events", batch({**look, "end": look["start"] + 2 * MINUTE}))
    (found,) = (await api("GET", "people"))["people"]
    assert found["last_touch"] == {
        "at": look["start"] + 2 * MINUTE,
        "kind": "visit",
        "network": "x",
    }


async def test_touches_from_before_a_person_was_added_count(api: Api) -> None:
    days = [act(NOON - number * DAY, "reply", handle="ana") for number in range(1, 7)]
    await api("POST", "events", batch(*days))
    ana = await add(api, "Ana", "x:@Ana")
    assert (ana["tie"], ana["last_touch"]["at"]) == ("strong", NOON - DAY)
    page = await api("GET", "people/Ana")
    assert [one["at"] for one in page["touches"]] == [NOON - n * DAY for n in range(1, 7)]


async def test_a_meeting_counts_as_a_touch_and_adds_whom_nobody_knew(api: Api) -> None:
    answer = await api("POST", "meetings", {"person": "Ben", "when": "2026-11-20", "note": "fair"})
    assert answer["added"]
    assert answer["person"]["last_touch"]["kind"] == "met"
    assert answer["person"]["last_touch"]["network"] is None
    again = await api("POST", "meetings", {"person": "ben", "when": "yesterday"})
    assert not again["added"]
    page = await api("GET", "people/Ben")
    assert [one["note"] for one in page["meetings"]] == ["", "fair"]
    await api("DELETE", f"meetings/{again['meeting']['id']}")
    assert len((await api("GET", "people/Ben"))["meetings"]) == 1


@pytest.mark.parametrize("when", ["soon", "2026-13-01", "2027-11-23", "0001-01-01", "9999-12-31"])
async def test_a_meeting_needs_a_time_that_was(api: Api, when: str) -> None:
    answer = await api("POST", "meetings", {"person": "Ben", "when": when}, status=400)
    assert answer["error"]["field"] == "when"
    assert await names(api) == []


# -- drift and ties ----------------------------------------------------------------------


async def test_drift_names_who_is_due_and_late_by_own_or_tag_cadence(
    api: Api, clock: Clock
) -> None:
    await api("PUT", "cadences", {"tag": "mentor", "ideal_days": 20})
    await add(api, "Ana", "x:ana", cadence={"ideal_days": 10})
    await add(api, "Ben", "x:ben", tags=["mentor"])
    await add(api, "Cleo", "x:cleo")
    clock.forward(16 * DAY)
    await api("POST", "events", batch(act(clock.now - DAY, handle="cleo")))
    ties = await api("GET", "ties")
    assert [(one["name"], one["gap"]) for one in ties["drifting"]] == [("Ana", "late")]
    assert ties["counts"] == {"strong": 0, "weak": 1, "dormant": 0, "new": 2}
    await api("POST", "events", batch(act(clock.now, handle="ana")))
    assert (await api("GET", "ties"))["drifting"] == []
    clock.forward(6 * DAY)
    due = (await api("GET", "ties"))["drifting"]
    assert [(one["name"], one["gap"]) for one in due] == [("Ben", "due")]


async def test_the_weak_tie_stays_all_week_though_it_is_touched(api: Api, clock: Clock) -> None:
    for number in range(5):
        name = f"p{number}"
        await api("POST", "events", batch(act(NOON - (10 + number) * DAY, handle=name)))
        await add(api, name, f"x:{name}")
    drawn = (await api("GET", "ties"))["weak_tie"]["name"]
    events = [act(clock.now + n * MINUTE, handle=drawn) for n in range(-9, 0)]
    await api("POST", "events", batch(*events))
    clock.forward(3 * DAY)
    assert (await api("GET", "ties"))["weak_tie"]["name"] == drawn


async def test_gone_silent_is_another_matter_than_lost_touch(api: Api, plnd: Plnd) -> None:
    await add(api, "Ana", "x:ana")
    await add(api, "Ben", "x:ben")
    plnd.people.note_post("x", "@ANA", NOON - 100 * DAY)
    plnd.people.note_post("x", "ana", NOON - 120 * DAY)
    plnd.people.note_post("x", "ben", NOON - DAY)
    plnd.people.note_post("x", "nobody", NOON)
    await api("POST", "events", batch(act(NOON - HOUR, handle="ana")))
    ties = await api("GET", "ties")
    assert [(one["name"], one["silent_days"]) for one in ties["gone_silent"]] == [("Ana", 100)]
    assert ties["drifting"] == []


async def test_what_is_forgotten_is_no_touch_any_more(api: Api, plnd: Plnd) -> None:
    await add(api, "Ana", "x:ana")
    await api("POST", "events", batch(act(NOON - HOUR, handle="ana")))
    assert (await api("GET", "people"))["people"][0]["tie"] == "weak"
    await plnd.own.forget(ForgetRequest(network="x", handle="ana"))
    (ana,) = (await api("GET", "people"))["people"]
    assert (ana["tie"], ana["last_touch"]) == ("new", None)


# -- suggestions --------------------------------------------------------------------------


async def test_suggests_whom_one_deals_with_and_remembers_the_answer(api: Api) -> None:
    for handle, count in (("ana", 6), ("ben", 3), ("cleo", 2)):
        events = [act(NOON - n * HOUR, "reply", handle=handle) for n in range(1, count + 1)]
        await api("POST", "events", batch(*events))
    found = (await api("GET", "suggestions"))["suggestions"]
    assert [one["handle"] for one in found] == ["ana", "ben"]
    assert found[0]["says"] == "you replied to @ana 6 times in four weeks"
    yes = {"network": "x", "handle": "ana", "answer": "yes", "name": "Ana"}
    added = await api("POST", "suggestions", yes)
    assert added["person"]["tie"] == "strong"
    await api("POST", "suggestions", {"network": "x", "handle": "@Ben", "answer": "no"})
    assert (await api("GET", "suggestions"))["suggestions"] == []


# -- storing -------------------------------------------------------------------------------


async def test_names_in_every_script_are_kept_found_and_changed(api: Api) -> None:
    for name in ("Ána Öz", "李雷", "محمد علي", "Παύλος", "👩‍🏫 Zoë", "<b>Bo</b>"):
        await add(api, name)
        assert (await api("GET", f"people/{name.replace('/', '%2F')}"))["person"]["name"] == name
    assert "李雷" in await names(api, "?q=李")
    changed = await api("PATCH", "people/李雷", {"note": "met", "tags": ["cn"]})
    assert changed["person"]["note"] == "met"
    assert await names(api, "?tag=cn") == ["李雷"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "A", "handles": [{"network": "nowhere", "handle": "a"}]}, "network"),
        ({"name": "A", "handles": [{"network": "x", "handle": "@"}]}, "handles"),
        ({"name": "A", "handles": [{"network": "x", "handle": "a"}] * 2}, "handles"),
        (
            {"name": "A", "handles": [{"network": "x", "handle": f"h{n}"} for n in range(1000)]},
            None,
        ),
        ({"name": "A", "cadence": {"ideal_days": 0}}, None),
        ({"name": "A", "shoe_size": 44}, "shoe_size"),
    ],
)
async def test_what_is_no_person_is_refused(api: Api, body: Any, field: str | None) -> None:
    answer = await api("POST", "people", body, status=400)
    assert field is None or answer["error"]["field"] == field
    assert await names(api) == []


async def test_a_handle_belongs_to_one_person(api: Api) -> None:
    await add(api, "Ana", "x:ana")
    body = {"name": "Other", "handles": [{"network": "x", "handle": "@ANA"}]}
    assert "is Ana already" in (await api("POST", "people", body, status=409))["error"]["message"]


async def test_an_unclear_name_is_asked_back(api: Api) -> None:
    await add(api, "Ana Lopez")
    await add(api, "Ana Maria")
    assert (await api("GET", "people/maria"))["person"]["name"] == "Ana Maria"
    assert "fits several" in (await api("GET", "people/ana", status=409))["error"]["message"]
    await api("GET", "people/zoe", status=404)


async def test_removing_a_person_takes_the_meetings_along(api: Api) -> None:
    met = await api("POST", "meetings", {"person": "Ben"})
    await api("DELETE", "people/Ben")
    await api("GET", "people/Ben", status=404)
    await api("DELETE", f"meetings/{met['meeting']['id']}", status=404)


# -- merging --------------------------------------------------------------------------------


async def test_a_merge_joins_all_and_its_undoing_parts_it(api: Api) -> None:
    await api("POST", "events", batch(act(NOON - HOUR, handle="ana2")))
    ana = await add(api, "Ana", "x:ana", note="kind")
    await add(api, "Ana M.", "x:ana2", tags=["work"])
    await api("POST", "meetings", {"person": "Ana M."})
    await api("POST", "journal", {"kind": "learned", "text": "patience", "person": "Ana M."})
    both = await api("POST", "merges", {"kept": "Ana", "gone": "Ana M."})
    assert (both["person"]["id"], both["person"]["tags"]) == (ana["id"], ["work"])
    assert await names(api) == ["Ana"]
    page = await api("GET", f"people/{ana['id']}")
    assert {one["kind"] for one in page["touches"]} == {"reply", "met"}
    assert page["entries"][0]["person_name"] == "Ana"
    await api("PATCH", "people/Ana", {"note": "very kind"})
    await api("DELETE", f"merges/{both['merge']}")
    assert await names(api) == ["Ana", "Ana M."]
    page = await api("GET", f"people/{ana['id']}")
    assert (page["person"]["note"], page["person"]["tags"]) == ("very kind", [])
    assert page["touches"] == []
    assert (await api("GET", "people/Ana M."))["entries"][0]["person_name"] == "Ana M."
    await api("DELETE", f"merges/{both['merge']}", status=404)
    await api("POST", "merges", {"kept": "Ana", "gone": "Ana"}, status=400)


# -- imports ----------------------------------------------------------------------------------


async def test_an_import_is_previewed_done_and_done_again(api: Api) -> None:
    await add(api, "Ana", "x:ana")
    cards = VCARD.format(name="Ana Öz", handle="ANA") + VCARD.format(name="Ben", handle="ben")
    wanted = {"kind": "vcard", "content": cards + "BEGIN:VCARD\nEND:VCARD\n", "dry_run": True}
    preview = await api("POST", "people-import", wanted)
    assert (preview["added"], preview["same"]) == (["Ben"], 1)
    assert [one["where"] for one in preview["problems"]] == ["card 3"]
    assert await names(api) == ["Ana"]
    done = await api("POST", "people-import", {**wanted, "dry_run": False})
    assert {**done, "dry_run": True} == preview
    again = await api("POST", "people-import", {**wanted, "dry_run": False})
    assert (again["added"], again["changed"], again["same"]) == ([], [], 2)
    assert await names(api) == ["Ana", "Ben"]


async def test_a_whole_town_is_refused_and_nothing_of_it_kept(api: Api) -> None:
    cards = "".join(VCARD.format(name=f"P {n}", handle=f"p{n}") for n in range(10_001))
    wanted = {"kind": "vcard", "content": cards, "dry_run": True}
    answer = await api("POST", "people-import", wanted, status=400)
    assert "10001 people" in answer["error"]["message"]
    assert await names(api) == []


async def test_meetings_come_from_a_calendar_once(api: Api) -> None:
    await add(api, "Ana Öz")
    await add(api, "Ben Lopez")
    await add(api, "Cleo")
    calendar = "\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "BEGIN:VEVENT",
            "UID:1",
            "SUMMARY:Lunch with ben lopez and Cleo",
            "DTSTART:20261120T120000Z",
            "DTEND:20261120T130000Z",
            "ATTENDEE;CN=Ana Öz:mailto:ana@example.org",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )
    wanted = {"kind": "meetings", "content": calendar}
    done = await api("POST", "people-import", wanted)
    assert sorted(done["added"]) == ["Ana Öz", "Ben Lopez"]
    assert (await api("POST", "people-import", wanted))["same"] == 2
    page = await api("GET", "people/Ana Öz")
    assert [one["note"] for one in page["meetings"]] == ["Lunch with ben lopez and Cleo"]
    assert "example.org" not in str(page)


async def test_of_a_calendar_nothing_is_kept_but_meetings_with_people(plnd: Plnd, api: Api) -> None:
    """No guest's address is stored, and nothing about meetings with others."""
    await add(api, "Ana Öz")
    entry = "BEGIN:VEVENT\nUID:{0}\nSUMMARY:{1}\nDTSTART:20261120T120000Z\n{2}END:VEVENT\n"
    guest = "ATTENDEE;CN={0}:mailto:{1}@zebrafinch.example\n"
    events = entry.format("1", "hooks", guest.format("Ana Öz", "ana"))
    events += entry.format("2", "a visit to the doctor", guest.format("Dr Heron", "heron"))
    calendar = f"BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n"
    await api("POST", "people-import", {"kind": "meetings", "content": calendar})
    home = plnd.home.data.parent
    assert bytes_with(home, "hooks") == ["data/meetings.json"]
    for word in ("zebrafinch", "mailto", "doctor", "heron"):
        assert bytes_with(home, word) == [], word


async def test_another_file_is_refused_with_what_to_do(api: Api) -> None:
    wanted = {"kind": "linkedin", "content": "a,b\n1,2\n"}
    answer = await api("POST", "people-import", wanted, status=400)
    assert "Connections.csv" in answer["error"]["hint"]


# -- caches -------------------------------------------------------------------------------------


async def test_what_is_kept_in_memory_is_what_the_stores_say(plnd: Plnd, clock: Clock) -> None:
    """The caches equal newly read ones, whatever comes, in any order and late."""
    dice = random.Random(5)
    for name in ("ana", "ben", "cleo"):
        handles = [Handle(network="x", handle=name)]
        plnd.people.add(PersonRequest(name=name, handles=handles, cadence=Cadence(ideal_days=30)))
    looks: list[dict[str, Any]] = []
    for _ in range(150):
        clock.forward(dice.choice((0, MINUTE, HOUR, DAY, 20 * DAY)))
        at, handle = clock.now - dice.choice((0, HOUR, 80 * DAY)), dice.choice(("ana", "@BEN", "x"))
        what = dice.randrange(5)
        if what == 0:
            await plnd.record(typed(batch(act(at, handle=handle))))
        elif what == 1:
            looks.append(visit(at - 2 * MINUTE, 90, page="profile", handle=handle))
            await plnd.record(typed(batch(looks[-1])))
        elif what == 2 and looks:
            looks[-1] = {**looks[-1], "end": looks[-1]["end"] + 20_000}
            await plnd.record(typed(batch(looks[-1])))
        elif what == 3:
            plnd.people.meetings.add(MeetingRequest(person=dice.choice(("ana", "cleo")), at=at))
        else:
            plnd.people.change("ben", PersonChange(note=str(at)))
        fresh = People(plnd._context)
        assert plnd.people.views() == fresh.views()
        assert plnd.people.relationships.summary() == fresh.relationships.summary()


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "people", {"name": "Ben", "cadence": {}}, "cadence.worst_days"),
        ("PATCH", "people/Ana", {"cadence": {}}, "cadence.worst_days"),
        ("PUT", "cadences", {"tag": "mentor"}, "worst_days"),
    ],
)
async def test_a_worst_gap_is_no_shorter_than_the_ideal_one(
    api: Api, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    await api("POST", "people", {"name": "Ana"})

    def with_gaps(worst: int) -> dict[str, Any]:
        gaps = {"ideal_days": 14, "worst_days": worst}
        return {**body, "cadence": gaps} if "cadence" in body else {**body, **gaps}

    refused = await api(method, path, with_gaps(13), status=400)
    assert (refused["error"]["code"], refused["error"]["field"]) == ("invalid", field)
    await api(method, path, with_gaps(14))
