"""scripts/check-networks: what it prints of a page's requests, and what it never does."""

import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import ROOT
from support.browsers import NAMES, Web

SCRIPT = ROOT / "scripts" / "check-networks"
FINDING = runpy.run_path(str(SCRIPT), run_name="check_networks")["finding"]
FORM = "application/x-www-form-urlencoded"


def finding(url: str, body: Any, kind: str = "application/json", *show: str) -> str | None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    found: str | None = FINDING("POST", url, content, kind, list(show))
    return found


def test_bodies_and_queries_are_reduced_to_names() -> None:
    """Dotted as a rule has them; of a list the first; nothing of what was written."""
    url = "https://x.com/i/api/graphql/abc/NewThing?text=secret&id=12345678"
    body = {"variables": {"text": "secret", "media": [{"id": "secret"}, {"b": 1}]}, "on": True}
    line = finding(url, body)
    assert line is not None
    assert line.split() == [
        *("x", "POST", "https://x.com/i/api/graphql/abc/NewThing?text", "id"),
        *("variables.text", "variables.media.0.id", "on"),
    ]
    assert "secret" not in line


def test_a_value_is_shown_where_it_is_asked_for() -> None:
    """The field that names the operation is no secret; of forms and multipart the names."""
    url = "https://www.facebook.com/api/graphql/"
    form = b"fb_api_req_friendly_name=NewThing&variables=%7B%22text%22%3A%22secret%22%7D"
    line = finding(url, form, FORM, "fb_api_req_friendly_name")
    assert line is not None
    assert line.endswith("fb_api_req_friendly_name=NewThing variables")
    multipart = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nsecret\r\n--b--'
    line = finding("https://app.slack.com/api/new.thing", multipart, "multipart/form-data; b=b")
    assert line is not None
    assert line.endswith("new.thing  text")


def test_what_a_rule_knows_and_what_is_no_write_is_passed_over() -> None:
    """As are other hosts; a body that cannot be read has no names."""
    assert finding("https://x.com/i/api/graphql/abc/FavoriteTweet", {}) is None
    assert finding("https://example.org/write", {}) is None
    assert FINDING("GET", "https://x.com/anything", None, "", []) is None
    blob = finding("https://x.com/upload", b"\xff\xfe", "application/octet-stream")
    assert blob is not None
    assert blob.endswith("(no readable body)")


@pytest.fixture
def world() -> Iterator[Web]:
    web = Web()
    yield web
    web.close()


@pytest.mark.browser
def test_a_page_is_watched(world: Web, tmp_path: Path) -> None:
    """A real browser, a page that writes twice what no rule knows, once what one does."""
    world.pages["x.com/watched"] = """<!doctype html><title>x</title><script>
        const send = (path, body) => fetch(path, {method: "POST", body: JSON.stringify(body),
            headers: {"Content-Type": "application/json"}});
        send("/i/api/graphql/abc/FavoriteTweet", {variables: {tweet_id: "secret"}});
        send("/i/api/graphql/abc/NewThing", {variables: {text: "secret one"}});
        send("/i/api/graphql/abc/NewThing", {variables: {text: "secret two"}});
    </script>"""
    rules = ",".join(f"MAP {name} 127.0.0.1:{world.port}" for name in NAMES)
    given = (
        *("--no-sandbox", "--ignore-certificate-errors", "--disable-background-networking"),
        f"--host-resolver-rules={rules},MAP * ~NOTFOUND,EXCLUDE 127.0.0.1",
    )
    done = subprocess.run(
        [
            *(sys.executable, SCRIPT, "--headless", "--seconds", "3"),
            *("--profile", str(tmp_path / "profile")),
            *(f"--chromium-arg={one}" for one in given),
            "https://x.com/watched",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.split() == [
        *("x", "POST", "https://x.com/i/api/graphql/abc/NewThing", "variables.text"),
    ]
    assert done.stderr.endswith("kinds of request that match no rule: 1\n")
    assert "POST x.com/i/api/graphql/abc/FavoriteTweet" in world.asked
