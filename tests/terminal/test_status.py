"""What `plnd status` says, from the figures of a day."""

from typing import Any

import pytest

from plnd.terminal import status


def network(name: str = "X", minutes: int = 20, **given: Any) -> dict[str, Any]:
    return {
        "id": name.lower(),
        "name": name,
        "spent_seconds": minutes * 60,
        "budget_minutes": None,
        "state": "under",
        "taking_part_seconds": minutes * 6,
        "interactions": {},
        "about": [],
        "page_seconds": {"feed": minutes * 60},
        **given,
    }


def profile(**given: Any) -> dict[str, Any]:
    return {
        "network": "x",
        "handle": "me",
        "last_post_at": 1,
        "days_silent": 3,
        "freshness": "fresh",
        "mode": "active",
        **given,
    }


def today(minutes: int = 31, budget: int | None = 60, **given: Any) -> dict[str, Any]:
    state = "off" if budget is None else "over" if minutes > budget else "under"
    return {
        "day": "2026-11-23",
        "spent_seconds": minutes * 60,
        "budget_minutes": budget,
        "left_seconds": None if budget is None else max(0, budget - minutes) * 60,
        "state": state,
        "now": 1_795_435_200_000,
        "chat_seconds": 0,
        "next_chat": None,
        "networks": [],
        "profiles": [],
        **given,
    }


def test_the_budget_has_one_line() -> None:
    assert status.plain(today()).splitlines() == [
        "2026-11-23  31 of 60 min used, 29 min left  under",
        "  nothing yet today",
    ]


@pytest.mark.parametrize(
    ("minutes", "budget", "words"),
    [
        (31, None, "31 min, no budget set  off"),
        (75, 60, "75 of 60 min used, 15 min over  over"),
        (5, 0, "5 of 0 min used, 5 min over  over"),
        (0, 60, "0 of 60 min used, 60 min left  under"),
    ],
)
def test_the_other_states(minutes: int, budget: int | None, words: str) -> None:
    assert status.plain(today(minutes, budget)).splitlines()[0] == f"2026-11-23  {words}"


def test_used_and_left_make_the_budget_between_whole_minutes() -> None:
    line = status.plain(today(spent_seconds=31 * 60 + 30, left_seconds=28 * 60 + 30))
    assert "31 of 60 min used, 29 min left" in line


def test_over_by_less_than_a_minute_is_over() -> None:
    line = status.plain(today(60, state="over", left_seconds=0)).splitlines()[0]
    assert line == "2026-11-23  60 of 60 min used, over  over"


def test_networks_are_sorted_worst_first() -> None:
    rows = [
        network("Mastodon", 5),
        network("X", 20),
        network("LinkedIn", 3, state="over", budget_minutes=2),
        network("Facebook", 4, state="near", budget_minutes=5),
    ]
    lines = status.plain(today(networks=rows)).splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["LinkedIn", "Facebook", "X", "Mastodon"]
    assert "3 min of 2  over" in lines[0]
    assert {line.index("min") for line in lines[2:]} == {lines[2].index("min")}


def test_the_line_of_a_network() -> None:
    row = network(interactions={"post": 1, "reply": 2, "react": 3})
    line = status.plain(today(networks=[row], profiles=[profile()])).splitlines()[1]
    assert "20 min  under  taking part 10 %" in line
    assert "  1 post, 2 replies, 3 reactions" in line
    unsure = status.plain(today(networks=[{**row, "about": ["react"]}]))
    assert "  about 1 post, 2 replies, 3 reactions" in unsure
    whole = status.plain(today(networks=[row], profiles=[profile()]))
    assert "last post 3 days ago" in whole


@pytest.mark.parametrize(
    ("profiles", "words"),
    [
        ([profile(freshness="stale", days_silent=92)], "your last post on x (@me) was 92 days ago"),
        ([profile(freshness="stale", days_silent=92, mode="reading")], ""),
        ([profile(freshness="ageing", days_silent=61)], ""),
    ],
)
def test_only_stale_active_profiles_have_a_remark(
    profiles: list[dict[str, Any]], words: str
) -> None:
    lines = status.plain(today(networks=[network()], profiles=profiles)).splitlines()
    assert [line.strip() for line in lines[2:]] == ([words] if words else [])


def test_a_full_day_fits_a_terminal() -> None:
    """Nothing is cut off, and no line is longer than 80 columns."""
    acts = {"post": 12, "reply": 34, "share": 5, "react": 67, "follow": 8, "message": 9, "save": 1}
    rows = [
        network(name, 1440, state="over", budget_minutes=1440, interactions=acts)
        for name in ("Facebook", "LinkedIn", "Mastodon", "X")
    ]
    profiles = [profile(freshness="stale", days_silent=120, handle="h" * 20)]
    text = status.plain(today(1440, 60, networks=rows, profiles=profiles))
    assert max(len(line) for line in text.splitlines()) <= 80
    assert text.count("67 reactions") == 4
    assert "last post 120 days ago" in text


def test_only_states_have_a_colour() -> None:
    """The colour is separate from the text: no text can contain one."""
    rows = [
        network("\x1b[31mover\x1b[0m", state=state) for state in ("over", "near", "under", "off")
    ]
    parts = status.coloured(today(networks=rows))
    assert {text for text, colour in parts if colour} == {"over", "near", "under"}
    assert "".join(text for text, _ in parts) == status.plain(today(networks=rows))


EVIL = "<b>a</b> &lt;\n  X  0 min\u2028\u202e\x1b[8m"


def test_untrusted_text_stays_on_its_line() -> None:
    start = today()["now"] + 600_000
    chat = {"tag": EVIL, "network": "x", "starts_at": start, "ends_at": start + 3_600_000}
    silent = profile(freshness="stale", days_silent=92, handle=EVIL)
    day = today(networks=[network(EVIL)], profiles=[silent], next_chat=chat)
    assert status.plain(day).count("\n") == 3
    assert "\u2028" not in status.plain(day)


def test_waybar_gets_no_markup_and_no_control_characters() -> None:
    """The tooltip is Pango markup, and the text has to be shown unchanged."""
    tooltip = status.waybar(today(networks=[network(EVIL)]))["tooltip"]
    assert not {*"<>\x1b\u202e\u2028"} & {*tooltip}
    assert "&lt;b&gt;a&lt;/b&gt; &amp;lt;" in tooltip


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (today(31), "31/60m"),
        (today(50, state="near"), "50/60m!"),
        (today(61), "61/60m!!"),
        (today(31, None), "31m"),
    ],
)
def test_the_short_form(day: dict[str, Any], words: str) -> None:
    assert status.short(day) == words


@pytest.mark.parametrize(
    ("day", "kind", "percentage"),
    [
        (today(31), "under", 51),
        (today(61), "over", 100),
        (today(200), "over", 100),
        (today(5, None), "off", 0),
        (today(0, 0), "under", 0),
        (today(1, 0), "over", 100),
    ],
)
def test_waybar_gets_its_four_fields(day: dict[str, Any], kind: str, percentage: int) -> None:
    assert status.waybar(day) == {
        "text": status.short(day),
        "tooltip": status.plain(day),
        "class": kind,
        "percentage": percentage,
    }


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (today(31), 0),
        (today(50, state="near"), 0),
        (today(61), 150),
        (today(31, profiles=[profile(freshness="stale")]), 151),
        (today(61, profiles=[profile(freshness="stale")]), 150),
        (today(31, profiles=[profile(freshness="stale", mode="retired")]), 0),
    ],
)
def test_the_code_of_a_check(day: dict[str, Any], code: int) -> None:
    assert status.check(day) == code


# -- chats ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead_minutes", "words"),
    [
        (10, "#edchat begins in 10 min"),
        (125, "#edchat begins in 2 h 5 min"),
        (-20, "#edchat runs, for another 40 min"),
        (13 * 60, None),
    ],
)
def test_a_chat_that_begins_soon_has_a_remark(ahead_minutes: int, words: str | None) -> None:
    day = today()
    start = day["now"] + ahead_minutes * 60_000
    day["next_chat"] = {
        "tag": "edchat",
        "network": "x",
        "starts_at": start,
        "ends_at": start + 3_600_000,
    }
    last = status.plain(day).splitlines()[-1].strip()
    assert (last == words) if words else "edchat" not in last


def test_chats_can_be_excluded_from_used_time() -> None:
    day = today(50, chat_seconds=1800, left_seconds=2400, state="under")
    assert "20 of 60 min used, 40 min left" in status.plain(day)
    assert status.short(day) == "20/60m"
    over = today(100, chat_seconds=1800, left_seconds=0, state="over")
    assert "70 of 60 min used, 10 min over" in status.plain(over)
    # With chats counted in, what is over says so.
    counted = today(70, chat_seconds=1800, left_seconds=0, state="over")
    assert "70 of 60 min used, 10 min over" in status.plain(counted)
