"""Profiles: added, read, decided about, suggested, and notices about them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from support.builders import DAY, HOUR, MINUTE, NOON, act, batch, typed, visit
from support.harness import Clock
from support.harness import Desktop as FakeDesktop
from support.outside_web import FakeWeb, rss
from support.profile_pages import SHAPES, Post, page, posts
from support.session_bus import Bus

from plnd.core.plnd import Plnd
from plnd.core.profiles.addresses import fill_template
from plnd.errors import Conflict, Invalid, NotFound, PlndError
from plnd.model.feeds import FeedChange
from plnd.model.own_data import ForgetRequest
from plnd.model.people import Handle, Person, PersonChange, PersonRequest
from plnd.model.profiles import ProfileRequest
from plnd.model.readings import ReadingRequest
from plnd.reading.network_rules import load
from plnd.system.files import Home
from plnd.words.messages import ENGLISH


def keep(plnd: Plnd, network: str = "x", handle: str = "me") -> None:
    plnd.profiles.add(ProfileRequest(network=network, handle=handle))


def view(plnd: Plnd, network: str = "x", handle: str = "me") -> Any:
    return plnd.profile_views.view(plnd.profiles.get(network, handle))


async def read(plnd: Plnd, html: str, network: str = "x", handle: str = "me", **given: Any) -> Any:
    return await plnd.page_readings.read(
        ReadingRequest(
            network=network,
            handle=handle,
            url=given.get("url", SHAPES[network].url),
            taken_at=given.get("taken_at", plnd.clock()),
            html=html,
        )
    )


# ---- reading


@pytest.mark.parametrize(
    ("network", "given", "kept"),
    [
        ("x", " @Me ", "Me"),
        ("x", "https://x.com/Me", "Me"),
        ("linkedin", "https://www.linkedin.com/in/some-body/", "some-body"),
        ("mastodon", "@me@fosstodon.org", "me@fosstodon.org"),
        ("mastodon", "https://fosstodon.org/@me", "me@fosstodon.org"),
    ],
)
def test_a_profile_is_kept_under_its_handle(
    plnd: Plnd, network: str, given: str, kept: str
) -> None:
    assert plnd.profiles.add(ProfileRequest(network=network, handle=given)).handle == kept
    assert plnd.profiles.get(network, kept.upper()).handle == kept
    with pytest.raises(Conflict):
        keep(plnd, network, kept.lower())


@pytest.mark.parametrize(
    ("network", "handle", "field"),
    [
        ("moon", "me", "network"),
        ("x", "", "handle"),
        ("x", "@", "handle"),
        ("x", "two words", "handle"),
        ("x", "a/b", "handle"),
        ("x", "https://www.linkedin.com/in/me/", "handle"),
    ],
)
def test_what_is_no_profile_is_refused(plnd: Plnd, network: str, handle: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        keep(plnd, network, handle)
    assert caught.value.field == field
    assert plnd.profiles.all() == []


async def test_own_acts_say_when_the_last_post_was(plnd: Plnd, clock: Clock) -> None:
    """A reply counts; a reaction, or an act on another network, does not."""
    keep(plnd)
    await plnd.record(
        typed(
            batch(
                act(NOON - 3 * DAY, "reply"),
                act(NOON - DAY, "react"),
                act(NOON - HOUR, "post", network="linkedin"),
            )
        )
    )
    (row,) = plnd.today().profiles
    assert (row.last_post_at, row.days_silent, row.freshness) == (NOON - 3 * DAY, 3, "fresh")
    await plnd.record(typed(batch(act(NOON - MINUTE, "post"), act(NOON - 9 * DAY, "post"))))
    assert view(plnd).last_post_at == NOON - MINUTE
    assert view(plnd).origin == "acts"


async def test_acts_of_before_the_start_are_known(
    home: Home, clock: Clock, desktop: FakeDesktop
) -> None:
    first = Plnd(home, clock=clock, notify=desktop)
    await first.record(typed(batch(act(NOON - 5 * DAY, "share"), act(NOON - 8 * DAY, "post"))))
    keep(first)
    await first.close()
    second = Plnd(home, clock=clock, notify=desktop)
    assert view(second).last_post_at == NOON - 5 * DAY
    await second.close()


async def test_the_best_origin_wins_and_each_is_kept(plnd: Plnd) -> None:
    keep(plnd)
    await plnd.record(typed(batch(act(NOON - 9 * DAY, "post"))))
    made = page("x", posts(4))
    answer = await read(plnd, made.html)
    assert (answer.last_post_at, answer.posts_seen, answer.found_by) == (
        made.last_post_at,
        4,
        "time[datetime]",
    )
    found = view(plnd)
    assert found.origin == "page"
    assert found.last_post_at == made.last_post_at
    assert found.usual_gap_days == 3
    assert set(found.last_posts) == {"acts", "page"}


async def test_a_page_that_shows_less_takes_nothing_away(plnd: Plnd) -> None:
    """A page seen logged out, an empty page or another tab does not replace a later post."""
    keep(plnd)
    made = page("x", posts(4))
    await read(plnd, made.html)
    for html in (page("x", []).html, page("x", [Post(NOON - 80 * DAY)]).html):
        await read(plnd, html)
    assert view(plnd).last_post_at == made.last_post_at


async def test_what_is_rough_gives_way_to_what_is_exact(plnd: Plnd) -> None:
    """ "3mo" may be up to four months: an exact 100 days is better, and 80 days is newer."""
    keep(plnd, "facebook")
    await read(plnd, page("facebook", [Post(NOON - 100 * DAY)]).html, "facebook")
    rough = view(plnd, "facebook")
    assert rough.rough
    assert rough.days_silent == 90
    await plnd.record(typed(batch(act(NOON - 100 * DAY, "post", network="facebook"))))
    assert not view(plnd, "facebook").rough
    assert view(plnd, "facebook").days_silent == 100


async def test_nothing_of_a_page_is_stored(plnd: Plnd, home: Home) -> None:
    keep(plnd)
    await read(plnd, page("x", posts(3, words="a secret word")).html)
    await read(plnd, page("x", posts(3, words="a secret word")).html, handle="nobody")
    for path in Path(home.data).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"secret" not in content
            assert b"nobody" not in content
            assert b"https://" not in content


async def test_a_paused_plnd_keeps_no_reading(plnd: Plnd) -> None:
    keep(plnd)
    plnd.pauses.begin()
    await read(plnd, page("x", posts(3)).html)
    assert view(plnd).last_post_at is None


async def test_a_page_that_costs_too_much_is_unknown_and_costs_nothing_else(plnd: Plnd) -> None:
    keep(plnd)
    answer = await read(plnd, "<div>" * 400_000)
    assert answer.last_post_at is None
    assert "too long" in answer.note
    assert (await read(plnd, page("x", posts(1)).html)).posts_seen == 1


@pytest.mark.parametrize("taken_at", [NOON + HOUR, 0])
async def test_a_page_of_no_sensible_time_is_refused(plnd: Plnd, taken_at: int) -> None:
    with pytest.raises(Invalid) as caught:
        await read(plnd, "", taken_at=taken_at)
    assert caught.value.field == "taken_at"


async def test_a_mastodon_profile_is_known_by_its_host(plnd: Plnd) -> None:
    """The server comes from the page's address when the handle does not name it."""
    keep(plnd, "mastodon", "me@mastodon.social")
    await read(plnd, page("mastodon", posts(2)).html, "mastodon")
    assert view(plnd, "mastodon", "me@mastodon.social").days_silent == 5


# ---- decisions


async def aged(plnd: Plnd, clock: Clock, days: int = 100) -> None:
    """A profile whose last post was 10 days before `days` passed."""
    keep(plnd)
    await read(plnd, page("x", [Post(clock.now - 10 * DAY)]).html)
    clock.forward((days - 10) * DAY)


async def test_a_stale_profile_asks_for_a_decision(plnd: Plnd, clock: Clock) -> None:
    await aged(plnd, clock)
    found = view(plnd)
    assert (found.freshness, found.card, found.silence) == ("stale", True, "abandoned")
    await plnd.record(typed(batch(visit(clock.now - DAY))))
    assert view(plnd).silence == "listening"


@pytest.mark.parametrize(
    ("choice", "mode", "peace_days"),
    [
        ("revive", "active", 7),
        ("not_now", "active", 30),
        ("reading", "reading", None),
        ("retired", "retired", None),
    ],
)
async def test_a_decision_is_kept_with_its_date_and_can_be_undone(
    plnd: Plnd, clock: Clock, choice: Any, mode: str, peace_days: int | None
) -> None:
    await aged(plnd, clock)
    plnd.profiles.decide("x", "me", choice)
    found = view(plnd)
    assert (found.mode, found.card) == (mode, False)
    assert found.decisions[-1].at == clock.now
    assert found.compose_url == "https://x.com/compose/post"
    assert found.peace_until == (clock.now + peace_days * DAY if peace_days else None)
    clock.forward(DAY)
    plnd.profiles.undo_decision("x", "me")
    found = view(plnd)
    assert (found.mode, found.card) == ("active", True)
    assert found.decisions[-1].undone_at == clock.now
    with pytest.raises(Conflict):
        plnd.profiles.undo_decision("x", "me")


async def test_peace_ends(plnd: Plnd, clock: Clock) -> None:
    await aged(plnd, clock)
    plnd.profiles.decide("x", "me", "revive")
    clock.forward(7 * DAY - 1)
    assert not view(plnd).card
    clock.forward(1)
    assert view(plnd).card


async def test_closing_is_a_list_of_steps_at_whose_end_the_profile_rests(
    plnd: Plnd, clock: Clock
) -> None:
    await aged(plnd, clock)
    with pytest.raises(Conflict):
        plnd.profiles.mark_step("x", "me", "export", done=True)
    plnd.profiles.decide("x", "me", "close")
    found = view(plnd)
    assert [(one.step, one.url) for one in found.closing] == [
        ("export", "https://x.com/settings/download_your_data"),
        ("note", "https://x.com/compose/post"),
        ("delete", "https://x.com/settings/deactivate"),
    ]
    assert found.card
    plnd.profiles.mark_step("x", "me", "export", done=True)
    plnd.profiles.mark_step("x", "me", "note", done=True)
    plnd.profiles.mark_step("x", "me", "note", done=False)
    plnd.profiles.mark_step("x", "me", "delete", done=True)
    assert view(plnd).mode == "active"
    with pytest.raises(NotFound):
        plnd.profiles.mark_step("x", "me", "party", done=True)
    plnd.profiles.mark_step("x", "me", "note", done=True)
    found = view(plnd)
    assert (found.mode, found.card, found.days_silent) == ("retired", False, 100)
    assert plnd.today().profiles == []
    plnd.profiles.undo_decision("x", "me")
    assert view(plnd).mode == "active"


@pytest.mark.parametrize(
    ("template", "handle", "address"),
    [
        ("https://x.com/{handle}", "me", "https://x.com/me"),
        ("https://{host}/@{handle}", "me@mas.to", "https://mas.to/@me"),
        ("https://{host}/@{handle}", "me", None),
        ("https://a.example/{team}/{handle}", "me", None),
        ("https://x.com/{handle}", "ä&?=b", "https://x.com/%C3%A4%26%3F%3Db"),
        (None, "me", None),
    ],
)
def test_addresses_are_filled_in_whole_or_not_at_all(
    template: str | None, handle: str, address: str | None
) -> None:
    assert fill_template(template, handle) == address


def test_every_network_has_its_way_out() -> None:
    """Pages for export and deletion are on the network's own host, over https."""
    for network, clues in load().items():
        for url in (clues.export_url, clues.delete_account_url, clues.compose_url, clues.feed):
            assert url is None or url.startswith("https://"), network
    assert sum(clues.delete_account_url is not None for clues in load().values()) >= 20


# ---- suggestions


async def test_profiles_are_suggested_from_their_settings(plnd: Plnd) -> None:
    """The owner of an opened settings page is sure; the most visited profile is a guess."""
    looks = [visit(NOON - n * HOUR, page="profile", handle="me") for n in range(1, 4)]
    await plnd.record(
        typed(
            batch(
                *looks,
                visit(NOON - 5 * HOUR, page="profile", handle="nasa"),
                visit(NOON - 6 * HOUR, page="settings"),
                visit(NOON - 7 * HOUR, page="settings", network="mastodon", handle="ana"),
                visit(NOON - 8 * HOUR, page="feed", network="linkedin"),
            )
        )
    )
    found = {one.network: (one.handle, one.sure) for one in plnd.profiles.suggestions.all()}
    assert found == {"x": ("me", False), "mastodon": ("ana", True)}
    plnd.profiles.suggestions.refuse("mastodon", None)
    plnd.profiles.suggestions.refuse("x", "me")
    assert [(one.network, one.handle) for one in plnd.profiles.suggestions.all()] == [("x", None)]
    keep(plnd)
    assert plnd.profiles.suggestions.all() == []


async def test_nobody_is_remembered_where_nothing_may_be_recorded(plnd: Plnd) -> None:
    """No handle is remembered on a network that is not counted, or during a pause."""
    await plnd.networks.count("tumblr", counted=False)
    plnd.profiles.suggestions.note_own_handle(ProfileRequest("tumblr", "me"))
    await plnd.networks.count("tumblr", counted=True)
    plnd.pauses.begin()
    plnd.profiles.suggestions.note_own_handle(ProfileRequest("tumblr", "me"))
    assert plnd.profiles.suggestions.all() == []
    plnd.pauses.end()
    plnd.profiles.suggestions.note_own_handle(ProfileRequest("tumblr", "me"))
    assert [one.handle for one in plnd.profiles.suggestions.all()] == ["me"]


def test_a_profile_is_suggested_from_the_posts_under_its_name(plnd: Plnd) -> None:
    """Suggested until it is added or refused; an unknown network is refused."""
    for handle in ("my-blog", "My-Blog", "other"):
        plnd.profiles.suggestions.note_own_handle(ProfileRequest("tumblr", handle))
    plnd.profiles.suggestions.refuse("tumblr", "other")
    (found,) = plnd.profiles.suggestions.all()
    assert (found.network, found.handle, found.sure) == ("tumblr", "My-Blog", True)
    assert found.reason == "you posted on Tumblr as @My-Blog"
    with pytest.raises(Invalid) as caught:
        plnd.profiles.suggestions.note_own_handle(ProfileRequest("nowhere", "me"))
    assert caught.value.field == "network"
    plnd.profiles.add(ProfileRequest("tumblr", "my-blog"))
    assert plnd.profiles.suggestions.all() == []


def test_pages_of_profiles_that_are_not_retired_are_wanted(plnd: Plnd) -> None:
    keep(plnd)
    keep(plnd, "linkedin")
    plnd.profiles.decide("linkedin", "me", "retired")
    assert [(one.network, one.handle) for one in plnd.page_readings.wanted()] == [("x", "me")]


# ---- notices


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    folder = tmp_path / "bus"
    folder.mkdir()
    with Bus(folder) as found:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", found.address)
        found.serve_notifications()
        yield found


async def test_from_day_0_to_day_120_exactly_two_notices(
    home: Home, clock: Clock, bus: Bus
) -> None:
    """With a real notification server, a restart every day, and two checks a day."""
    first = Plnd(home, clock=clock)
    keep(first)
    await first.record(typed(batch(act(NOON, "post"))))
    keep(first, "linkedin", "reader")
    first.profiles.decide("linkedin", "reader", "reading")
    await first.record(typed(batch(act(NOON, "post", network="linkedin"))))
    await first.close()
    told: list[tuple[int, str]] = []
    for day in range(121):
        clock.now = NOON + day * DAY + HOUR
        plnd = Plnd(home, clock=clock)
        plnd.send_due_notices()
        plnd.send_due_notices()
        shown = list(plnd.notifier._tasks)
        for task in shown:
            await task
        await plnd.close()
        told += [(day, title) for title, _ in bus.notifications()[len(told) :]]
    assert told == [
        (60, "Your last post on X was 60 days ago"),
        (90, "Your last post on X was 90 days ago"),
    ]


async def told_on(
    plnd: Plnd, clock: Clock, desktop: FakeDesktop, days: range, start: int = NOON
) -> dict[int, str]:
    """The notices sent, by day."""
    found: dict[int, str] = {}
    for day in days:
        clock.now = start + day * DAY + HOUR
        before = len(desktop.shown)
        plnd.send_due_notices()
        for task in list(plnd.notifier._tasks):
            await task
        for title, _ in desktop.shown[before:]:
            assert day not in found
            found[day] = title
    return found


async def test_a_new_profile_has_a_week_of_peace(
    plnd: Plnd, clock: Clock, desktop: FakeDesktop
) -> None:
    """A profile that was stale when added gets its one notice after a week."""
    keep(plnd)
    await read(plnd, page("x", [Post(NOON - 200 * DAY)]).html)
    assert await told_on(plnd, clock, desktop, range(40)) == {
        7: "Your last post on X was 207 days ago"
    }


async def test_a_post_starts_the_days_anew(plnd: Plnd, clock: Clock, desktop: FakeDesktop) -> None:
    keep(plnd)
    await plnd.record(typed(batch(act(NOON, "post"))))
    assert list(await told_on(plnd, clock, desktop, range(70))) == [60]
    clock.now = NOON + 70 * DAY
    await plnd.record(typed(batch(act(clock.now, "post"))))
    assert list(await told_on(plnd, clock, desktop, range(71, 200))) == [130, 160]


async def test_several_are_told_of_together(plnd: Plnd, clock: Clock, desktop: FakeDesktop) -> None:
    for network in ("x", "linkedin", "facebook"):
        keep(plnd, network)
        await plnd.record(typed(batch(act(NOON, "post", network=network))))
    found = await told_on(plnd, clock, desktop, range(121))
    assert found == dict.fromkeys((60, 90), "3 of your profiles have gone quiet")


async def test_revived_and_left_again_is_told_after_its_week(
    plnd: Plnd, clock: Clock, desktop: FakeDesktop
) -> None:
    keep(plnd)
    await plnd.record(typed(batch(act(NOON, "post"))))
    await told_on(plnd, clock, desktop, range(88))
    plnd.profiles.decide("x", "me", "revive")
    assert list(await told_on(plnd, clock, desktop, range(88, 121))) == [94]


async def test_the_weekly_review_has_a_line_a_month(plnd: Plnd, clock: Clock) -> None:
    keep(plnd)
    await plnd.record(typed(batch(act(NOON, "post"))))
    said = []
    for day in range(0, 190, 7):
        clock.now = NOON + day * DAY
        if plnd.profiles.review_lines(clock.now - 7 * DAY):
            said.append(day)
    assert said == [126, 154, 182]


async def test_notices_about_profiles_can_be_switched_off(
    plnd: Plnd, clock: Clock, desktop: FakeDesktop
) -> None:
    plnd.settings.change({"notify_profiles": False})
    keep(plnd)
    await plnd.record(typed(batch(act(NOON, "post"))))
    assert await told_on(plnd, clock, desktop, range(121)) == {}


# ---- feeds

FEED = "mastodon.social/@me.rss"
NEWS = rss("Fri, 20 Nov 2026 12:00:00 GMT", "Mon, 16 Nov 2026 12:00:00 GMT")
ON = FeedChange(on=True)


@pytest.fixture
async def fake_web() -> AsyncIterator[FakeWeb]:
    async with FakeWeb() as found:
        yield found


@pytest.fixture
async def online_plnd(
    home: Home, clock: Clock, desktop: FakeDesktop, fake_web: FakeWeb
) -> AsyncIterator[Plnd]:
    """A plnd whose web is a server on loopback, with a profile on Mastodon."""
    made = Plnd(home, clock=clock, notify=desktop, make_fetch=fake_web.fetch)
    keep(made, "mastodon", "me@mastodon.social")
    yield made
    await made.close()


async def turn(plnd: Plnd, change: FeedChange = ON) -> Any:
    profile = plnd.profiles.get("mastodon", "me@mastodon.social")
    return await plnd.feeds.switch(profile, change)


async def test_no_request_leaves_before_a_feed_is_turned_on(
    online_plnd: Plnd, fake_web: FakeWeb, clock: Clock
) -> None:
    for _ in range(3):
        await online_plnd.feeds.refresh_due()
        clock.forward(2 * DAY)
    assert fake_web.asked == []
    assert online_plnd.requests.all() == []


async def test_a_feed_is_asked_once_a_day_and_conditionally(
    online_plnd: Plnd, fake_web: FakeWeb, clock: Clock
) -> None:
    fake_web.respond(FEED, NEWS, ETag='"7"')
    await turn(online_plnd)
    found = view(online_plnd, "mastodon", "me@mastodon.social")
    assert (found.origin, found.days_silent, found.feed.error) == ("feed", 3, None)
    for _ in range(24):
        clock.forward(HOUR - 1)
        await online_plnd.feeds.refresh_due()
    await turn(online_plnd, FeedChange(on=False))
    await turn(online_plnd)
    assert len(fake_web.asked) == 1
    fake_web.respond(FEED, status=304)
    clock.forward(HOUR)
    await online_plnd.feeds.refresh_due()
    assert len(fake_web.asked) == 2
    assert fake_web.asked[1][1]["If-None-Match"] == '"7"'
    found = view(online_plnd, "mastodon", "me@mastodon.social")
    assert (found.days_silent, found.feed.etag, found.feed.error) == (4, '"7"', None)
    assert [(one.host, one.outcome) for one in online_plnd.requests.all()] == [
        ("mastodon.social", "304"),
        ("mastodon.social", "200"),
    ]


@pytest.mark.parametrize("header", [b'ETag: "\xff"', b"Last-Modified: \xff", b"Retry-After: \xff"])
async def test_a_feed_whose_headers_are_no_text_is_read_all_the_same(
    online_plnd: Plnd, fake_web: FakeWeb, clock: Clock, header: bytes
) -> None:
    """The feed is read when it is turned on and each day after."""
    head = b"HTTP/1.1 200 OK\r\n" + header + b"\r\nContent-Length: %d\r\n\r\n" % len(NEWS)
    fake_web.respond_raw(FEED, head + NEWS.encode())
    await turn(online_plnd)
    clock.forward(DAY)
    await online_plnd.feeds.refresh_due()
    assert len(fake_web.asked) == 2
    found = view(online_plnd, "mastodon", "me@mastodon.social")
    assert (found.origin, found.feed.etag, found.feed.error) == ("feed", None, None)


async def test_a_feed_that_is_turned_off_is_not_asked(
    online_plnd: Plnd, fake_web: FakeWeb, clock: Clock
) -> None:
    fake_web.respond(FEED, NEWS)
    await turn(online_plnd)
    await turn(online_plnd, FeedChange(on=False))
    clock.forward(3 * DAY)
    await online_plnd.feeds.refresh_due()
    assert len(fake_web.asked) == 1


async def test_a_host_that_asks_for_patience_gets_it(
    online_plnd: Plnd, fake_web: FakeWeb, clock: Clock
) -> None:
    fake_web.respond(FEED, status=429, Retry_After=str(3 * 86_400))
    await turn(online_plnd)
    assert "patience" in view(online_plnd, "mastodon", "me@mastodon.social").feed.error
    clock.forward(3 * DAY - 1)
    await online_plnd.feeds.refresh_due()
    assert len(fake_web.asked) == 1
    clock.forward(1)
    await online_plnd.feeds.refresh_due()
    assert len(fake_web.asked) == 2


async def test_what_goes_wrong_is_said_and_costs_nothing_else(
    online_plnd: Plnd, fake_web: FakeWeb, clock: Clock
) -> None:
    """A page, a redirect to loopback, a bomb or nothing: one clear error; then a feed works."""
    bomb = "<!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>" + NEWS
    for answer, says in (
        ({"body": "<html><body>Log in</body></html>"}, "the page names none"),
        ({"status": 302, "Location": "https://127.0.0.1/"}, "not public"),
        ({"body": bomb}, "the page names none"),
        ({"status": 404}, "answers 404"),
        ({"body": b"\0" * 1000}, "the page names none"),
    ):
        fake_web.respond(FEED, **answer)  # type: ignore[arg-type]
        if fake_web.asked:
            clock.forward(DAY)
            await online_plnd.feeds.refresh_due()
        else:
            await turn(online_plnd)
        assert says in view(online_plnd, "mastodon", "me@mastodon.social").feed.error
        assert online_plnd.today().profiles[0].freshness == "unknown"
    fake_web.respond(FEED, NEWS)
    clock.forward(DAY)
    await online_plnd.feeds.refresh_due()
    assert view(online_plnd, "mastodon", "me@mastodon.social").feed.error is None
    assert view(online_plnd, "mastodon", "me@mastodon.social").origin == "feed"


async def test_a_feed_is_found_by_the_page_that_names_it(
    online_plnd: Plnd, fake_web: FakeWeb
) -> None:
    """The page of a blog with its own address links to its feed."""
    link = '<link rel="alternate" type="application/rss+xml" href="/posts.xml">'
    fake_web.respond("blog.example/", f"<html><head>{link}</head></html>")
    fake_web.respond("blog.example/posts.xml", NEWS)
    await turn(online_plnd, FeedChange(on=True, url="https://blog.example/"))
    found = view(online_plnd, "mastodon", "me@mastodon.social")
    assert found.feed.found == "https://blog.example/posts.xml"
    assert found.days_silent == 3


async def test_a_feed_that_cannot_be_known_has_to_be_named(online_plnd: Plnd) -> None:
    keep(online_plnd, "mastodon", "nowhere")
    with pytest.raises(Invalid) as caught:
        await online_plnd.feeds.switch(online_plnd.profiles.get("mastodon", "nowhere"), ON)
    assert caught.value.field == "url"


async def test_a_slow_feed_holds_nobody_up(
    online_plnd: Plnd, fake_web: FakeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plnd.core.readings.requests.ANSWER_SECONDS", 0.2)
    fake_web.hang(FEED)
    await turn(online_plnd)
    assert "too long" in view(online_plnd, "mastodon", "me@mastodon.social").feed.error


# ---- feeds of people

ANA = Handle(network="mastodon", handle="@ana@mastodon.social")
ANAS_FEED = "mastodon.social/@ana.rss"


def add_ana(plnd: Plnd, *more: Handle) -> Person:
    added = plnd.people.add(PersonRequest(name="Ana", handles=[ANA, *more]))
    return plnd.people.register.find(added.id)


async def turn_ana(plnd: Plnd, change: FeedChange = ON) -> None:
    feed = plnd.people.feeds.get(
        plnd.people.register.find("Ana"), "mastodon", "Ana@mastodon.social"
    )
    await plnd.feeds.switch(feed, change)


async def test_a_person_is_not_asked_about_before_the_user_says_so(
    online_plnd: Plnd, fake_web: FakeWeb, clock: Clock
) -> None:
    """Nothing is fetched for a person until the user turns their feed on, or after it is off."""
    add_ana(online_plnd)
    fake_web.respond(FEED, NEWS)
    await turn(online_plnd)
    clock.forward(2 * DAY)
    await online_plnd.feeds.refresh_due()
    assert [name for name, _ in fake_web.asked] == [FEED, FEED]
    await turn_ana(online_plnd, FeedChange(on=False))
    clock.forward(2 * DAY)
    await online_plnd.feeds.refresh_due()
    assert {name for name, _ in fake_web.asked} == {FEED}


async def test_a_persons_feed_is_asked_once_a_day_and_says_when_they_posted(
    online_plnd: Plnd, fake_web: FakeWeb, clock: Clock
) -> None:
    add_ana(online_plnd)
    fake_web.respond(ANAS_FEED, NEWS, ETag='"7"')
    await turn_ana(online_plnd)
    assert online_plnd.people.views()[0].silent_days == 3
    for _ in range(24):
        clock.forward(HOUR - 1)
        await online_plnd.feeds.refresh_due()
    await turn_ana(online_plnd, FeedChange(on=False))
    await turn_ana(online_plnd)
    assert len(fake_web.asked) == 1
    fake_web.respond(ANAS_FEED, status=304)
    clock.forward(HOUR)
    await online_plnd.feeds.refresh_due()
    assert fake_web.asked[1][1]["If-None-Match"] == '"7"'
    assert [(one.network, one.handle, one.outcome) for one in online_plnd.requests.all()] == [
        ("mastodon", "ana@mastodon.social", "304"),
        ("mastodon", "ana@mastodon.social", "200"),
    ]
    clock.forward(100 * DAY)
    assert [one.name for one in online_plnd.people.relationships.summary().gone_silent] == ["Ana"]


async def test_a_persons_feed_that_fails_is_said_and_gets_its_patience(
    online_plnd: Plnd, fake_web: FakeWeb, clock: Clock
) -> None:
    ana = add_ana(online_plnd)
    fake_web.respond(ANAS_FEED, status=429, Retry_After=str(3 * 86_400))
    await turn_ana(online_plnd)
    (kept,) = online_plnd.people.feeds.views(ana, ENGLISH)
    assert "patience" in str(kept.feed.error)
    clock.forward(3 * DAY - 1)
    await online_plnd.feeds.refresh_due()
    assert len(fake_web.asked) == 1
    clock.forward(1)
    fake_web.respond(ANAS_FEED, status=404)
    await online_plnd.feeds.refresh_due()
    (kept,) = online_plnd.people.feeds.views(ana, ENGLISH)
    assert "answers 404" in str(kept.feed.error)
    assert online_plnd.people.views()[0].silent_days is None


async def test_a_feed_goes_with_the_handle_and_stays_with_it_in_a_merge(
    online_plnd: Plnd, fake_web: FakeWeb, clock: Clock
) -> None:
    add_ana(online_plnd, Handle(network="x", handle="ana"))
    online_plnd.people.add(PersonRequest(name="Ana Maria"))
    fake_web.respond(ANAS_FEED, NEWS)
    await turn_ana(online_plnd)
    online_plnd.people.merges.merge("Ana Maria", "Ana")
    clock.forward(DAY)
    await online_plnd.feeds.refresh_due()
    assert len(fake_web.asked) == 2
    assert online_plnd.people.register.find("Ana Maria").posted_at
    handles = [Handle(network="x", handle="ana")]
    online_plnd.people.change("Ana Maria", PersonChange(handles=handles))
    clock.forward(DAY)
    await online_plnd.feeds.refresh_due()
    assert (len(fake_web.asked), online_plnd.people.feeds.all()) == (2, [])


async def test_who_is_removed_while_their_feed_is_asked_stays_removed(
    online_plnd: Plnd, fake_web: FakeWeb
) -> None:
    add_ana(online_plnd)

    async def slow(_: web.Request) -> web.Response:
        online_plnd.people.remove("Ana")
        return web.Response(text=NEWS)

    fake_web.pages[ANAS_FEED] = slow
    await turn_ana(online_plnd)
    assert (online_plnd.people.views(), online_plnd.people.feeds.all()) == ([], [])
    assert "ana" not in (online_plnd.home.data / "feeds.json").read_text()


async def test_each_feed_says_where_and_when_it_is_asked(
    online_plnd: Plnd, fake_web: FakeWeb, clock: Clock
) -> None:
    """Own profiles first, with or without a feed; then the people whose feed was turned on."""
    keep(online_plnd, "x", "me")
    ana = add_ana(online_plnd, Handle(network="x", handle="ana"))
    fake_web.respond(ANAS_FEED, NEWS)
    await turn_ana(online_plnd)
    known, page, hers = online_plnd.feeds.views(ENGLISH)
    assert (page.handle, page.on, page.address) == ("me", False, "https://x.com/me")
    assert known.address == "https://mastodon.social/@me.rss"
    assert (known.checked_at, known.next_at, known.resting) == (None, None, False)
    assert (hers.person, hers.person_name, hers.name) == (ana.id, "Ana", "Mastodon")
    assert (hers.on, hers.address, hers.error) == (True, f"https://{ANAS_FEED}", None)
    assert (hers.checked_at, hers.next_at) == (clock.now, clock.now + DAY)
    fake_web.respond(ANAS_FEED, status=404)
    clock.forward(DAY)
    await online_plnd.feeds.refresh_due()
    assert "answers 404" in str(online_plnd.feeds.views(ENGLISH)[2].error)
    await turn_ana(online_plnd, FeedChange(on=False))
    online_plnd.profiles.decide("x", "me", "retired")
    assert [(one.on, one.resting) for one in online_plnd.feeds.views(ENGLISH)] == [
        (False, False),
        (False, True),
        (False, False),
    ]
    assert online_plnd.feeds.views(ENGLISH)[2].next_at is None


async def test_a_persons_feed_that_cannot_be_known_has_to_be_named(online_plnd: Plnd) -> None:
    person = add_ana(
        online_plnd, Handle(network="x", handle="ana"), Handle(network="mastodon", handle="a")
    )
    with pytest.raises(Invalid) as caught:
        await online_plnd.feeds.switch(online_plnd.people.feeds.get(person, "mastodon", "a"), ON)
    assert caught.value.field == "url"
    with pytest.raises(NotFound):
        online_plnd.people.feeds.get(person, "linkedin", "ana")


async def test_a_persons_feed_is_exported_and_forgotten_with_the_handle(
    online_plnd: Plnd, fake_web: FakeWeb
) -> None:
    add_ana(online_plnd)
    fake_web.respond(ANAS_FEED, NEWS)
    await turn_ana(online_plnd)
    assert "feeds" in {line.get("collection") for line in online_plnd.own.export("documents").lines}
    await online_plnd.own.forget(ForgetRequest(handle="ana@mastodon.social"))
    assert online_plnd.people.feeds.all() == []
    assert "ana" not in (online_plnd.home.data / "feeds.json").read_text()


# ---- what an hour affords


async def test_an_hour_affords_what_fits(plnd: Plnd, clock: Clock) -> None:
    """Four weeks: two hours and ten acts a week on X, six hours and two acts on LinkedIn."""
    assert plnd.upkeep.affords().state == "learning"
    for week in range(4):
        start = NOON - (week * 7 + 3) * DAY
        hours = {"x": 2, "linkedin": 6}
        acts = {"x": 10, "linkedin": 2}
        events = []
        for number, network in enumerate(hours):
            begin = start + number * 8 * HOUR
            events.append(visit(begin, hours[network] * 3600, network=network))
            events += [act(begin + n * MINUTE, network=network) for n in range(acts[network])]
        await plnd.record(typed(batch(*events)))
    found = plnd.upkeep.affords()
    assert (found.state, found.weekly_budget_minutes, found.used_minutes) == ("ready", 420, 120)
    assert [(one.network, one.state, one.weekly_minutes) for one in found.networks] == [
        ("x", "fits", 120),
        ("linkedin", "rest", 360),
    ]
    assert found.networks[0].interactions_an_hour == 5


# -- articles, and people's pages -----------------------------------------------------------


async def test_an_article_is_asked_for_when_the_user_asks_only(
    online_plnd: Plnd, fake_web: FakeWeb
) -> None:
    fake_web.respond(
        "blog.example/hooks", "<title>What a hook is</title>", Content_Type="text/html"
    )
    found = await online_plnd.articles.read("https://blog.example/hooks")
    assert (found.title, found.author) == ("What a hook is", None)
    (request,) = online_plnd.requests.all()
    assert (request.host, request.network, request.handle) == ("blog.example", None, None)


async def test_an_article_that_is_not_there_is_said(online_plnd: Plnd, fake_web: FakeWeb) -> None:
    with pytest.raises(PlndError) as caught:
        await online_plnd.articles.read("https://blog.example/none")
    assert "404" in caught.value.message
    with pytest.raises(PlndError):
        await online_plnd.articles.read("https://127.0.0.1/")


async def test_a_persons_page_says_when_they_last_posted(plnd: Plnd) -> None:
    wanted = PersonRequest(name="Ana", handles=[Handle(network="x", handle="me")])
    added = plnd.people.add(wanted)
    assert [one.handle for one in plnd.page_readings.wanted("x")] == ["me"]
    assert plnd.page_readings.wanted("mastodon") == []
    await plnd.networks.count("x", counted=False)
    assert plnd.page_readings.wanted("x") == []
    made = page("x", posts(3))
    await read(plnd, made.html)
    assert plnd.people.register.find(added.id).posted_at is None
    await plnd.networks.count("x", counted=True)
    await read(plnd, made.html)
    assert plnd.people.register.find(added.id).posted_at == made.last_post_at
    await read(plnd, made.html, handle="somebody")
    assert plnd.profiles.all() == []
