"""The commands, as processes of their own, without and with a daemon."""

from pathlib import Path

from support.builders import act, batch
from support.harness import Daemon, RunPlnd

from plnd.core.plnd import now_ms

CSV = """First Name,Last Name,URL,Connected On
Ana,Öz,https://www.linkedin.com/in/ana-oz,05 Mar 2024
,,,
"""


def test_people_from_the_command_line(run_plnd: RunPlnd, tmp_path: Path) -> None:
    added = run_plnd("person", "add", "Ana", "--handle", "x:@ana", "--every", "10", "--json").json
    assert added["person"]["handles"] == [{"network": "x", "handle": "ana"}]
    (one,) = run_plnd("person", "list", "--json").json["people"]
    assert {"id", "name", "handles", "last_touch"} <= set(one)
    assert one["last_touch"] is None
    file = tmp_path / "Connections.csv"
    file.write_text(CSV)
    preview = run_plnd("person", "import", str(file), "--dry-run")
    assert "would be added: Ana Öz" in preview.out
    assert "line 3: neither a name nor a profile" in preview.err
    assert run_plnd("person", "import", str(file), "--json").json["added"] == ["Ana Öz"]
    assert run_plnd("person", "import", str(file), "--json").json["same"] == 1
    failed = run_plnd("person", "import", str(tmp_path / "none.vcf"), code=1)
    assert "cannot read" in failed.err
    assert run_plnd("met", "Ana", "--at", "yesterday", "--note", "fair").out.startswith(
        "met Ana on"
    )
    shown = run_plnd("person", "show", "Ana", "--json").json
    assert shown["person"]["last_touch"]["kind"] == "met"
    merged = run_plnd("person", "merge", "Ana", "Ana Öz", "--json").json
    assert len(merged["person"]["handles"]) == 2
    run_plnd("person", "unmerge", merged["merge"])
    assert len(run_plnd("person", "list", "--json").json["people"]) == 2
    assert "fits several" in run_plnd("person", "remove", "an", code=1).err


def test_a_persons_feed_from_the_command_line(run_plnd: RunPlnd) -> None:
    """Off at first, refused without a known address, and shown with the person when it is on."""
    run_plnd("person", "add", "Ana", "--handle", "mastodon:ana", "--handle", "x:ana")
    assert run_plnd("person", "show", "Ana", "--json").json["feeds"] == []
    assert "name@host" in run_plnd("person", "feed", "mastodon:ana", "on", code=1).err
    assert "nobody is called" in run_plnd("person", "feed", "x:zoe", "on", code=1).err
    assert "asked" not in run_plnd("person", "feed", "x:@ana", "off").out
    # Refused before anything is asked: there is no way into the house.
    named = ("person", "feed", "x:ana", "on", "--url", "https://127.0.0.1/feed")
    assert "x:ana  its feed is asked once a day: " in run_plnd(*named).out
    off = run_plnd("person", "feed", "x:ana", "off", "--json").json
    assert [(one["handle"], one["feed"]["on"]) for one in off["feeds"]] == [("ana", False)]


def test_a_reply_over_the_daemon_moves_the_last_touch(run_plnd: RunPlnd, daemon: Daemon) -> None:
    run_plnd("person", "add", "Ana", "--handle", "x:ana")
    at = now_ms() - 60_000
    events = [act(at - n, "reply", handle="zoe") for n in range(4)]
    daemon.ask("POST", "events", batch(act(at, "reply", handle="ana"), *events))
    (ana,) = run_plnd("person", "list", "--json").json["people"]
    assert ana["last_touch"] == {"at": at, "kind": "reply", "network": "x"}
    assert "x:zoe  you replied to @zoe 4 times" in run_plnd("person", "suggest").out
    run_plnd("person", "accept", "x:zoe", "--name", "Zoë")
    assert "Zoë" in run_plnd("person", "list").out
    assert daemon.ask("GET", "ties")["counts"]["weak"] == 2


def test_chats_from_the_command_line(run_plnd: RunPlnd, tmp_path: Path) -> None:
    words = ("chat", "add", "#Own", "--network", "x", "--weekday", "wed", "--start", "20:00")
    chat = run_plnd(*words, "--zone", "America/New_York", "--json").json["chat"]
    assert (chat["id"], chat["followed"], chat["time_zone"]) == ("own", True, "America/New_York")
    assert "unknown time zone" in run_plnd(*words[:2], "b", *words[3:], "--zone", "X/Y", code=1).err
    assert "--start" in run_plnd("chat", "follow", "agchat", code=1).err
    run_plnd("chat", "follow", "tlskychat")
    followed = run_plnd("chat", "list", "--followed", "--json").json["chats"]
    assert [one["id"] for one in followed] == ["own", "tlskychat"]
    path = run_plnd("chat", "calendar").out.strip()
    assert Path(path).read_text().count("BEGIN:VEVENT") == 2
    run_plnd("chat", "unfollow", "own")
    run_plnd("chat", "remove", "own")
    assert "certainty" in run_plnd("chat", "list").out


def test_learning_from_the_command_line(run_plnd: RunPlnd) -> None:
    run_plnd("learned", "what a hook is", "--from", "Ana", "--link", "https://example.org/a")
    run_plnd("taught", "what a net is", "--minutes", "30")
    entries = run_plnd("journal", "list", "--json").json["entries"]
    assert {one["kind"] for one in entries} == {"learned", "taught"}
    found = run_plnd("journal", "list", "hook", "--json").json["entries"]
    assert found[0]["person_name"] == "Ana"
    run_plnd("journal", "edit", found[0]["id"], "--text", "what a line is")
    assert "what a line is" in run_plnd("journal").out
    log = run_plnd("cpd", "--json").json
    assert log["hours"] == 0.5
    row = next(one for one in log["rows"] if one["hours"])
    assert "(struck)" in run_plnd("cpd", "strike", row["id"]).out
    head = run_plnd("cpd", "--csv").out.splitlines()[0]
    assert head == '"date","hours","topic","evidence","reflection"'
    assert run_plnd("review").out.startswith("# Week ")
    assert len(run_plnd("review", "--json").json["lights"]) == 4
    assert "is not a week" in run_plnd("review", "--week", "soon", code=1).err
    run_plnd("plan", "--keep")
    assert run_plnd("ledger", "--html").out.startswith("<!doctype html>")
    assert run_plnd("ledger", "--json").json["names"] is None
