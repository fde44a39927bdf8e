"""The browsers that plnd supports, and where each looks for native messaging hosts."""

import shutil
from pathlib import Path
from typing import NamedTuple

from plnd.system import platforms
from plnd.words.messages import ENGLISH, Words

HOST_NAME = "org.plnd.host"
MANIFEST_NAME = f"{HOST_NAME}.json"

PACKAGES = {"flatpak": "Flatpak", "snap": "Snap"}


class Browser(NamedTuple):
    """A browser: its name, the form of manifest that it reads, and its folders.

    `package` is "flatpak" or "snap" for a browser in such a package. `keys` are the keys of the
    Windows registry, below HKEY_CURRENT_USER, that it reads instead of a folder.
    """

    id: str
    name: str
    form: str
    config: Path
    manifests: Path
    commands: tuple[str, ...]
    package: str = ""
    keys: tuple[str, ...] = ()

    @property
    def is_installed(self) -> bool:
        """Whether this user has it: it was started before, or is on the PATH."""
        return self.config.is_dir() or any(map(_on_path, self.commands))

    @property
    def manifest(self) -> Path:
        """Where it looks for our manifest; on Windows, the path for its registry key."""
        return self.manifests / MANIFEST_NAME

    def why_unusable(self, words: Words = ENGLISH) -> str:
        """Why it cannot start plnd even with a manifest; "" when it can."""
        if not self.package or self.form == "firefox":
            return ""
        return words.say("browser_hindered", package=PACKAGES[self.package])

    def requirement(self, words: Words = ENGLISH) -> str:
        """What it needs besides the manifest; "" when it needs nothing."""
        if not self.package or self.form != "firefox":
            return ""
        return words.say("browser_conditional", package=PACKAGES[self.package])


def _on_path(command: str) -> bool:
    """Whether a command exists that is not a Snap's, which is listed as a browser of its own."""
    found = shutil.which(command)
    return found is not None and not found.startswith("/snap/")


class _Family(NamedTuple):
    """A browser of Chromium's family, with its folder for each system and package."""

    id: str
    name: str
    commands: tuple[str, ...]
    linux: str  # below ~/.config
    macos: str  # below ~/Library/Application Support
    windows: str  # below AppData
    keys: tuple[str, ...]  # below HKEY_CURRENT_USER\Software
    flatpak: str = ""
    snap: str = ""


# Some browsers of the family read Chrome's key as well as their own, or only Chrome's.
_CHROME_KEY = r"Google\Chrome"
_CHROMIUM_FAMILY = (
    _Family(
        "chromium", "Chromium", ("chromium", "chromium-browser"), "chromium", "Chromium",
        "Local/Chromium/User Data", ("Chromium",),
        "org.chromium.Chromium", "chromium",
    ),
    _Family(
        "chrome", "Google Chrome", ("google-chrome", "google-chrome-stable"), "google-chrome",
        "Google/Chrome", "Local/Google/Chrome/User Data", (_CHROME_KEY,),
        "com.google.Chrome",
    ),
    _Family(
        "brave", "Brave", ("brave-browser", "brave"), "BraveSoftware/Brave-Browser",
        "BraveSoftware/Brave-Browser", "Local/BraveSoftware/Brave-Browser/User Data",
        (r"BraveSoftware\Brave-Browser", _CHROME_KEY), "com.brave.Browser", "brave",
    ),
    _Family(
        "edge", "Microsoft Edge", ("microsoft-edge", "microsoft-edge-stable"), "microsoft-edge",
        "Microsoft Edge", "Local/Microsoft/Edge/User Data", (r"Microsoft\Edge",),
        "com.microsoft.Edge",
    ),
    _Family(
        "vivaldi", "Vivaldi", ("vivaldi", "vivaldi-stable"), "vivaldi", "Vivaldi",
        "Local/Vivaldi/User Data", ("Vivaldi", _CHROME_KEY), "com.vivaldi.Vivaldi", "vivaldi",
    ),
    _Family(
        "opera", "Opera", ("opera",), "opera", "com.operasoftware.Opera",
        "Roaming/Opera Software/Opera Stable", ("Opera Software", _CHROME_KEY),
        "com.opera.Opera", "opera",
    ),
)  # fmt: skip


def browsers(
    user: Path | None = None, platform: str = platforms.CURRENT, host: Path | None = None
) -> list[Browser]:
    """Every browser that plnd supports, for the user whose home folder is `user`.

    Args:
        host: the folder for the manifests on Windows, where keys may point to any folder.
    """
    user = user or Path.home()
    if platform == platforms.MACOS:
        return _macos(user / "Library" / "Application Support")
    if platform == platforms.WINDOWS:
        return _windows(user / "AppData", host or user / "AppData" / "Local" / "plnd")
    return _linux(user)


def _linux(user: Path) -> list[Browser]:
    # Not $XDG_CONFIG_HOME: browsers ignore it for these folders.
    found = [_chromium(one, user / ".config" / one.linux) for one in _CHROMIUM_FAMILY]
    hosts = user / ".mozilla" / "native-messaging-hosts"
    firefox = Browser(
        "firefox", "Firefox", "firefox", user / ".mozilla" / "firefox", hosts,
        ("firefox", "firefox-esr"),
    )  # fmt: skip
    found.append(firefox)
    for one in _CHROMIUM_FAMILY:
        if one.flatpak:
            config = user / ".var" / "app" / one.flatpak / "config" / one.linux
            found.append(_packaged(_chromium(one, config), "flatpak"))
        if one.snap:
            config = user / "snap" / one.snap
            found.append(_packaged(_chromium(one, config), "snap"))
    # The portal looks in the same folder as a Firefox without a package.
    packages = {"flatpak": ".var/app/org.mozilla.firefox", "snap": "snap/firefox"}
    found += [_packaged(firefox._replace(config=user / at), name) for name, at in packages.items()]
    return found


def _packaged(browser: Browser, package: str) -> Browser:
    name = f"{browser.name} ({PACKAGES[package]})"
    return browser._replace(name=name, package=package, commands=())


def _macos(support: Path) -> list[Browser]:
    firefox = Browser(
        "firefox", "Firefox", "firefox", support / "Firefox",
        support / "Mozilla" / "NativeMessagingHosts", ("firefox",),
    )  # fmt: skip
    return [*(_chromium(one, support / one.macos) for one in _CHROMIUM_FAMILY), firefox]


def _windows(data: Path, host: Path) -> list[Browser]:
    """The browsers of Windows: there is one manifest of each form, and their keys point to it."""

    def keys(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(rf"Software\{name}\NativeMessagingHosts\{HOST_NAME}" for name in names)

    family = [
        Browser(
            one.id, one.name, "chromium", data / one.windows, host / "chromium", (),
            keys=keys(one.keys),
        )
        for one in _CHROMIUM_FAMILY
    ]  # fmt: skip
    firefox = Browser(
        "firefox", "Firefox", "firefox", data / "Roaming" / "Mozilla" / "Firefox",
        host / "firefox", (), keys=keys(("Mozilla",)),
    )  # fmt: skip
    return [*family, firefox]


def _chromium(one: _Family, config: Path) -> Browser:
    manifests = config / "NativeMessagingHosts"
    return Browser(one.id, one.name, "chromium", config, manifests, one.commands)
