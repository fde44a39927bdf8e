"""Networks in a real browser: own hosts, own files, uncertain acts, what the popup says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.browsers import Browser, Desktop, Web, plnd, send, status
from support.harness import Daemon

pytestmark = pytest.mark.browser

Start = Callable[..., Browser]
TOOT = "https://example.org/api/v1/statuses"


def acts(desktop: Desktop) -> dict[str, Any]:
    rows = status(desktop)["networks"]
    return {row["id"]: row["interactions"] for row in rows if row["interactions"]}


def reported(desktop: Desktop) -> list[str]:
    """The networks that the extension last said it may see."""
    running = Path(desktop.env["PLND_HOME"]) / "state" / "daemon.json"
    if not running.exists():
        return []
    sources = Daemon(json.loads(running.read_text())).ask("GET", "sources")["sources"]
    return [name for one in sources for name in one["networks"]]


def welcome_of(browser: Browser) -> Page:
    page = browser.page(f"chrome-extension://{browser.id}/welcome/welcome.html")
    page.wait_for_selector("input[name=mastodon]")
    return page


def look_at(page: Page, network: str, host: str) -> None:
    """Type a host of one's own and press the button; the browser may ask."""
    page.evaluate(
        "id => { document.getElementById(id).closest('details').open = true }", f"own-{network}"
    )
    page.fill(f"#own-{network}", host)
    page.locator(f".own:has(#own-{network}) .row button").click(no_wait_after=True)


def said(page: Page, network: str) -> str:
    return page.locator(f".own:has(#own-{network}) .message").inner_text()


def allow(browser: Browser, page: Page) -> None:
    """Accept the browser's own dialog: "Deny" has the focus, and at first it takes no keys."""
    for name in ("Tab", "Return"):
        page.wait_for_timeout(1500)
        browser.desktop.key(name)


def test_an_own_host_is_looked_at_then_counted(
    start: Start, desktop: Desktop, fake_web: Web
) -> None:
    """Asked for alone; kept once it shows what it is; gone with its permission."""
    fake_web.pages["example.org/api/v2/instance"] = json.dumps(
        {"source_url": "https://example.org/source"}
    )
    browser = start("x", headless=False)
    page = welcome_of(browser)
    look_at(page, "mastodon", "https://Example.org/@me")
    allow(browser, page)
    browser.until(lambda: "is Mastodon" in said(page, "mastodon"), 20, "the look")
    origins = browser.worker.evaluate("async () => (await chrome.permissions.getAll()).origins")
    assert "https://example.org/*" in origins
    assert not {"https://*/*", "https://mastodon.social/*"} & set(origins)
    # The browser asks no more, as it has said yes; but this is no forum.
    look_at(page, "discourse", "example.org")
    browser.until(lambda: "not Discourse" in said(page, "discourse"), 20, "the other look")
    profile = browser.page("https://example.org/@ana")
    send(profile, TOOT, {"status": "secret"})
    browser.until(lambda: acts(desktop) == {"mastodon": {"post": 1}}, 40, "the act")
    page.bring_to_front()
    page.click("text=Remove example.org")
    browser.until(lambda: "no longer" in said(page, "mastodon"), 10, "the end of it")
    assert "https://example.org/*" not in browser.worker.evaluate(
        "async () => (await chrome.permissions.getAll()).origins"
    )


def test_what_is_no_such_network_is_not_kept(start: Start, fake_web: Web) -> None:
    """Its permission is given back, and what is no host name is not even asked for."""
    fake_web.pages.pop("example.org/api/v2/instance", None)
    browser = start("x", headless=False)
    page = welcome_of(browser)
    look_at(page, "mastodon", "*.org")
    assert "no host name" in said(page, "mastodon")
    look_at(page, "mastodon", "example.org")
    allow(browser, page)
    browser.until(lambda: "not Mastodon" in said(page, "mastodon"), 20, "the look")
    kept = browser.worker.evaluate(
        "async () => [await chrome.permissions.getAll(), await chrome.storage.local.get()]"
    )
    assert "https://example.org/*" not in kept[0]["origins"]
    assert "own_hosts" not in kept[1]


def test_networks_are_found_and_uncertain_ones_marked(start: Start) -> None:
    """By name or by host; the choice about uncertain acts is kept at once."""
    browser = start("x")
    page = welcome_of(browser)
    assert page.locator(".network:visible").count() == 24
    page.fill("#find", "stackoverflow.com")
    assert page.locator(".network:visible .name").all_inner_texts() == ["Stack Exchange"]
    assert page.inner_text("#found") == "1 shown"
    page.fill("#find", "")
    for network, marked in (("quora", True), ("mastodon", False)):
        row = page.locator(f".network:has(input[name={network}])")
        assert row.locator(".unsure").is_visible() == marked
    row = page.locator(".network:has(input[name=quora])")
    row.locator("summary").click()
    row.get_by_label("Count these all the same").uncheck()
    browser.until(
        lambda: (
            page.evaluate("async () => (await chrome.storage.local.get()).unsure_off") == ["quora"]
        ),
        5,
        "the choice",
    )
    page.reload()
    page.wait_for_selector("input[name=quora]")
    row.locator("summary").click()
    assert not row.get_by_label("Count these all the same").is_checked()


def test_a_vote_by_a_plain_get_counts(start: Start, desktop: Desktop) -> None:
    """Sent as a picture, as Hacker News does; a page that is only read is no act. What comes back
    is no picture, and the browser may break that off: its status was the answer."""
    browser = start("x", headless=False)
    page = welcome_of(browser)
    page.check("input[name=hackernews]")
    page.click("button[type=submit]", no_wait_after=True)
    allow(browser, page)
    browser.until(
        lambda: page.is_visible(".network:has(input[name=hackernews]) .granted"), 20, "yes"
    )
    # The worker listens anew and reports at the same word from the browser.
    browser.until(lambda: "hackernews" in reported(desktop), 20, "the worker to know")
    item = browser.page("https://news.ycombinator.com/item?id=1")
    item.evaluate("() => { new Image().src = '/vote?id=1&how=up&auth=a'; }")
    browser.until(lambda: acts(desktop) == {"hackernews": {"react": 1}}, 40, "the vote")


def test_the_name_under_which_somebody_posts_is_suggested(start: Start, desktop: Desktop) -> None:
    browser = start("tumblr")
    front = browser.page("https://www.tumblr.com/dashboard")
    send(front, "https://www.tumblr.com/api/v2/blog/my-blog/posts", {"content": "secret"})

    def suggested() -> list[tuple[str, str]]:
        said = json.loads(plnd(desktop, "profile", "suggest", "--json"))
        return [(one["network"], one["handle"]) for one in said["suggestions"]]

    browser.until(lambda: suggested() == [("tumblr", "my-blog")], 20, "the suggestion")


def test_an_own_file_reaches_the_extension(start: Start, desktop: Desktop) -> None:
    """The popup says by which rule a page is counted, and whose file that is."""
    browser = start("x")
    front = browser.page("https://x.com/nasa")
    popup = browser.context.new_page()
    front.bring_to_front()
    popup.goto(f"chrome-extension://{browser.id}/popup/popup.html")
    front.bring_to_front()
    shown = "document.querySelector('#rule').textContent"
    rule = r"By the rule x#/pages/\d+"
    popup.reload()
    browser.until(lambda: "x#/pages/" in popup.evaluate(shown), 10, rule)
    folder = Path(desktop.env["PLND_HOME"]) / "data" / "networks"
    folder.mkdir(mode=0o700)
    file = json.loads(plnd(desktop, "network", "show", "x", "--json"))
    file |= {"pages": [{"page": "article", "path": "^/"}], "examples": []}
    (folder / "x.json").write_text(json.dumps(file))

    def own_rule() -> bool:
        popup.reload()
        popup.wait_for_timeout(300)
        return "x#/pages/0, from your own file" in popup.evaluate(shown)

    browser.until(own_rule, 15, "the own file")
