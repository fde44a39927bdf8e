"""One desktop for all browser tests, and one profile that went through the real dialog."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright
from support.browsers import (
    CHROMIUM,
    AnyBrowser,
    Browser,
    Desktop,
    Web,
    copy_profile,
    desktop_with_web,
    plnd,
)
from support.dashboard import DashboardApp, fill
from support.firefox import Firefox

ALL = "x facebook linkedin mastodon"


@pytest.fixture(scope="session")
def desktop_and_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desktop, Web]]:
    with desktop_with_web(tmp_path_factory.mktemp("desktop")) as found:
        yield found


@pytest.fixture
def desktop(desktop_and_web: tuple[Desktop, Web], tmp_path: Path) -> Iterator[Desktop]:
    """The desktop, with a home of plnd that is this test's own."""
    desktop, _ = desktop_and_web
    before = desktop.env
    desktop.env = {**before, "PLND_HOME": str(tmp_path / "plnd")}
    desktop.forget_notices()
    yield desktop
    plnd(desktop, "stop", codes=(0, 1))
    desktop.env = before


@pytest.fixture
def fake_web(desktop_and_web: tuple[Desktop, Web]) -> Web:
    return desktop_and_web[1]


class Granted(dict[str, Path]):
    """Profiles by the networks to which the user said yes, made when they are first wanted."""

    def __init__(self, make: Callable[[str], Path]) -> None:
        self._make = make

    def __missing__(self, picked: str) -> Path:
        self[picked] = self._make(picked)
        return self[picked]


@pytest.fixture(scope="session")
def granted(
    desktop_and_web: tuple[Desktop, Web], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Profiles in which the user said yes to networks, in the browser's own dialog."""
    desktop, fake_web = desktop_and_web

    def make(picked: str) -> Path:
        profile = tmp_path_factory.mktemp("granted") / "profile"
        browser = Browser(desktop, fake_web, profile, headless=False)
        try:
            browser.pick(picked.split())
        finally:
            browser.close()
        return profile

    return Granted(make)


@pytest.fixture
def start(
    desktop: Desktop, fake_web: Web, granted: dict[str, Path], tmp_path: Path
) -> Iterator[Callable[..., Browser]]:
    """Starts Chromium with these networks picked and the native host registered."""
    started: list[Browser] = []

    def start(picked: str = ALL, *, headless: bool = True) -> Browser:
        profile = copy_profile(granted[picked], tmp_path / f"profile-{len(started)}")
        plnd(desktop, "install", "--manifest-dir", str(profile / "NativeMessagingHosts"))
        started.append(Browser(desktop, fake_web, profile, headless=headless))
        return started[-1]

    yield start
    for browser in started:
        browser.close()


@pytest.fixture
def start_firefox(
    desktop: Desktop, fake_web: Web, tmp_path: Path
) -> Iterator[Callable[..., Firefox]]:
    """Starts Firefox, registers plnd as a user does, and picks these networks in its dialog."""
    started: list[Firefox] = []

    def start(picked: str = ALL) -> Firefox:
        # Firefox finds native hosts below the user's home, wherever its profile lies.
        desktop.env = {**desktop.env, "HOME": str(tmp_path / "user")}
        said = plnd(desktop, "install")
        assert f"firefox: {tmp_path}/user/.mozilla/native-messaging-hosts/" in said
        started.append(Firefox(desktop, fake_web, tmp_path / f"firefox-{len(started)}"))
        started[-1].pick(picked.split())
        return started[-1]

    yield start
    for browser in started:
        browser.close()


@pytest.fixture(params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> AnyBrowser:
    """Each browser in turn, with all networks picked."""
    starts = {"chromium": "start", "firefox": "start_firefox"}
    found: AnyBrowser = request.getfixturevalue(starts[request.param])()
    return found


@pytest.fixture
def served(fake_web: Web) -> Iterator[dict[str, str]]:
    yield fake_web.pages
    fake_web.pages.clear()


# -- the dashboard ------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def year(chromium: Chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DashboardApp]:
    """A daemon with a year of life, for the tests that change nothing for good."""
    dashboard = DashboardApp(tmp_path_factory.mktemp("year"), chromium)
    fill(dashboard)
    yield dashboard
    dashboard.end()


@pytest.fixture
def dashboard(year: DashboardApp) -> Iterator[DashboardApp]:
    """The year, looked at without a fault: no error, no warning, no request to elsewhere."""
    yield year
    faults = list(year.faults)
    year.clear()
    assert not faults


@pytest.fixture
def fresh(chromium: Chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DashboardApp]:
    """A home in which nothing has happened yet."""
    dashboard = DashboardApp(tmp_path_factory.mktemp("fresh"), chromium)
    yield dashboard
    faults = list(dashboard.faults)
    dashboard.clear()
    dashboard.end()
    assert not faults
