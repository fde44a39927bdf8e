"""One desktop for all browser tests, and one profile that went through the real dialog."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from machine import Browser, Desktop, Web, copy_profile, machine, plnd


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desktop, Web]]:
    with machine(tmp_path_factory.mktemp("desktop")) as found:
        yield found


@pytest.fixture
def desktop(surroundings: tuple[Desktop, Web], tmp_path: Path) -> Iterator[Desktop]:
    """The desktop, with a home of plnd that is this test's own."""
    desktop, _ = surroundings
    before = desktop.env
    desktop.env = {**before, "PLND_HOME": str(tmp_path / "plnd")}
    desktop.forget_notices()
    yield desktop
    plnd(desktop, "stop", codes=(0, 1))
    desktop.env = before


@pytest.fixture
def world(surroundings: tuple[Desktop, Web]) -> Web:
    return surroundings[1]


@pytest.fixture(scope="session")
def granted(
    surroundings: tuple[Desktop, Web], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Profiles in which the user said yes to networks, in the browser's own dialog."""
    desktop, world = surroundings
    made = {}
    for picked in ("x facebook linkedin mastodon", "x"):
        profile = tmp_path_factory.mktemp("granted") / "profile"
        browser = Browser(desktop, world, profile, headless=False)
        try:
            pick(browser, picked.split())
        finally:
            browser.close()
        made[picked] = profile
    return made


def pick(browser: Browser, networks: list[str]) -> None:
    """Pick networks on the welcome page and accept the browser's question."""
    welcome = browser.tab("welcome")
    for network in networks:
        welcome.check(f"input[name={network}]")
    welcome.bring_to_front()
    welcome.click("button[type=submit]", no_wait_after=True)
    # The dialog is drawn into the same window and tells nobody that it is there; and at first it
    # takes no keys, lest somebody agrees by mistake. "Deny" has the focus, "Allow" is a Tab away.
    for name in ("Tab", "Return"):
        welcome.wait_for_timeout(1500)
        browser.desktop.key(name)
    browser.until(lambda: origins(browser), 20, "the dialog accepted")


def origins(browser: Browser) -> list[str]:
    """The hosts that the user has granted."""
    found: list[str] = browser.worker.evaluate(
        "async () => (await chrome.permissions.getAll()).origins"
    )
    return found


@pytest.fixture
def start(
    desktop: Desktop, world: Web, granted: dict[str, Path], tmp_path: Path
) -> Iterator[Callable[..., Browser]]:
    """Starts Chromium with these networks picked and the native host registered."""
    started: list[Browser] = []

    def start(picked: str = "x facebook linkedin mastodon", *, headless: bool = True) -> Browser:
        profile = copy_profile(granted[picked], tmp_path / f"profile-{len(started)}")
        plnd(desktop, "install", "--manifest-dir", str(profile / "NativeMessagingHosts"))
        started.append(Browser(desktop, world, profile, headless=headless))
        return started[-1]

    yield start
    for browser in started:
        browser.close()
