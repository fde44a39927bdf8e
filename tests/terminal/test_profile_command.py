"""`plnd profile`, as people and scripts use it, with the daemon and without."""

from typing import Any

from support.builders import DAY, act, batch
from support.harness import Daemon, RunPlnd

from plnd.core.plnd import now_ms
from plnd.model.feeds import Request
from plnd.store.book.book import Book
from plnd.system.files import home


def post(daemon: Daemon, days_ago: float) -> None:
    at = now_ms() - int(days_ago * DAY)
    daemon.ask("POST", "events", batch(act(at, "post")))


def test_a_profile_from_add_to_retire(run_plnd: RunPlnd, daemon: Daemon) -> None:
    added = run_plnd("profile", "add", "x", "@me", "--json").json["profile"]
    assert (added["handle"], added["freshness"], added["mode"]) == ("me", "unknown", "active")
    post(daemon, 100)
    (row,) = run_plnd("profile", "list", "--json").json["profiles"]
    assert (row["freshness"], row["days_silent"], row["silence"]) == ("stale", 100, "abandoned")
    shown = run_plnd("profile", "show", "x", "me").out
    assert "last post 100 days ago" in shown
    assert "known from your own posts" in shown
    assert run_plnd("status", "--check", code=151).out.count("your last post on x (@me)") == 1
    closing = run_plnd("profile", "set", "x", "me", "close").out
    assert "https://x.com/settings/deactivate" in closing
    assert "[x] export" in run_plnd("profile", "step", "x", "me", "export").out
    assert "a reading account" in run_plnd("profile", "set", "x", "me", "reading").out
    run_plnd("status", "--check")
    assert "retired" in run_plnd("profile", "retire", "x", "me").out
    undone = run_plnd("profile", "undo", "x", "me", "--json").json["profile"]
    assert undone["mode"] == "reading"


def test_the_worst_of_several_is_named(run_plnd: RunPlnd, daemon: Daemon) -> None:
    run_plnd("profile", "add", "x", "me")
    run_plnd("profile", "add", "linkedin", "me")
    post(daemon, 100)
    at = now_ms() - 200 * DAY
    daemon.ask("POST", "events", batch(act(at, "post", network="linkedin")))
    said = run_plnd("status").out
    assert "your last post on linkedin (@me) was 200 days ago, and 1 more" in said


def test_it_works_without_the_daemon(run_plnd: RunPlnd) -> None:
    assert "no profile is kept" in run_plnd("profile").out
    assert "last post not known yet" in run_plnd("profile", "add", "mastodon", "me").out
    assert run_plnd("profile", "suggest").out == "nothing to suggest\n"
    assert run_plnd("profile", "afford").out.startswith("learning")
    assert run_plnd("profile", "requests", "--json").json == {"requests": []}
    off = run_plnd("profile", "feed", "mastodon", "me", "off", "--json").json
    assert off["profile"]["feed"]["on"] is False


def test_the_receipt_lists_requests_with_their_purpose(run_plnd: RunPlnd) -> None:
    """For a feed of a profile or a person, or for an article."""
    assert "no request has left" in run_plnd("receipt").err
    place = home()
    place.make()
    requests = Book(place.data).requests
    for name, network, handle in (("1", "x", "ana"), ("2", None, None)):
        requests.put(
            Request(
                id=name,
                at=now_ms(),
                network=network,
                handle=handle,
                host="a.example",
                outcome="200",
                bytes=1,
            )
        )
    article, feed = run_plnd("receipt").out.splitlines()
    assert feed.endswith("plnd asked a.example for the feed of ana on x: 200.")
    assert article.endswith("plnd asked a.example for an article: 200.")


def said(found: Any) -> str:
    return str(found.err)


def test_errors_have_two_lines(run_plnd: RunPlnd) -> None:
    assert "unknown network" in said(run_plnd("profile", "add", "moon", "me", code=1))
    assert "no profile" in said(run_plnd("profile", "show", "x", "me", code=1))
    run_plnd("profile", "set", "x", "me", "party", code=2)
    run_plnd("profile", "add", "mastodon", "me")
    assert "name@host" in said(run_plnd("profile", "feed", "mastodon", "me", "on", code=1))
