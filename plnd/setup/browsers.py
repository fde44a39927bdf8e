"""The browsers that plnd knows, and where each looks for native messaging hosts."""

import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from plnd.words.messages import ENGLISH, Words

HOST_NAME = "org.plnd.host"
MANIFEST_NAME = f"{HOST_NAME}.json"

PACKAGES = {"flatpak": "Flatpak", "snap": "Snap"}


class Browser(NamedTuple):
    """A browser: what it is called, which form of manifest it reads, and where it lives.

    `package` is "flatpak" or "snap" for one that is packed so. `keys` are those of the Windows
    registry, below HKEY_CURRENT_USER, that it looks in instead of a folder.
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
    def found(self) -> bool:
        """Whether this user has it: it has been started once, or can be."""
        return self.config.is_dir() or any(map(_on_path, self.commands))

    @property
    def manifest(self) -> Path:
        """Where it looks for our manifest; on Windows, where its registry key points."""
        return self.manifests / MANIFEST_NAME

    def hindrance(self, words: Words = ENGLISH) -> str:
        """Why it cannot start plnd, however it is registered; "" when it can."""
        if not self.package or self.form == "firefox":
            return ""
        return words.say("browser_hindered", package=PACKAGES[self.package])

    def condition(self, words: Words = ENGLISH) -> str:
        """What must be there beside the manifest; "" when that is enough."""
        if not self.package or self.form != "firefox":
            return ""
        return words.say("browser_conditional", package=PACKAGES[self.package])


def _on_path(command: str) -> bool:
    """Whether a command is there that is not a Snap's: that one is another browser here."""
    found = shutil.which(command)
    return found is not None and not found.startswith("/snap/")


class _Family(NamedTuple):
    """A member of Chromium's family: below which folder it lives, by system and package."""

    id: str
    name: str
    commands: tuple[str, ...]
    linux: str  # below ~/.config
    macos: str  # below ~/Library/Application Support
    windows: str  # below AppData
    keys: tuple[str, ...]  # below HKEY_CURRENT_USER\Software
    flatpak: str = ""
    snap: str = ""


# Members of the family read Chrome's key as well as their own, or only that.
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
    user: Path | None = None, platform: str = sys.platform, host: Path | None = None
) -> list[Browser]:
    """Every browser that plnd knows, for the user whose home folder is `user`.

    Args:
        host: the folder for the manifests on Windows, whose browsers take them from anywhere.
    """
    user = user or Path.home()
    if platform == "darwin":
        return _macos(user / "Library" / "Application Support")
    if platform == "win32":
        return _windows(user / "AppData", host or user / "AppData" / "Local" / "plnd")
    return _linux(user)


def _linux(user: Path) -> list[Browser]:
    # Not $XDG_CONFIG_HOME: the browsers do not go by it for these folders.
    found = [_chromium(one, user / ".config" / one.linux) for one in _CHROMIUM_FAMILY]
    hosts = user / ".mozilla" / "native-messaging-hosts"
    fox = Browser(
        "firefox", "Firefox", "firefox", user / ".mozilla" / "firefox", hosts,
        ("firefox", "firefox-esr"),
    )  # fmt: skip
    found.append(fox)
    for one in _CHROMIUM_FAMILY:
        if one.flatpak:
            config = user / ".var" / "app" / one.flatpak / "config" / one.linux
            found.append(_packed(_chromium(one, config), "flatpak"))
        if one.snap:
            config = user / "snap" / one.snap
            found.append(_packed(_chromium(one, config), "snap"))
    # The portal looks where a Firefox that is not packed looks.
    packed = {"flatpak": ".var/app/org.mozilla.firefox", "snap": "snap/firefox"}
    found += [_packed(fox._replace(config=user / at), name) for name, at in packed.items()]
    return found


def _packed(browser: Browser, package: str) -> Browser:
    name = f"{browser.name} ({PACKAGES[package]})"
    return browser._replace(name=name, package=package, commands=())


def _macos(support: Path) -> list[Browser]:
    fox = Browser(
        "firefox", "Firefox", "firefox", support / "Firefox",
        support / "Mozilla" / "NativeMessagingHosts", ("firefox",),
    )  # fmt: skip
    return [*(_chromium(one, support / one.macos) for one in _CHROMIUM_FAMILY), fox]


def _windows(data: Path, host: Path) -> list[Browser]:
    """One manifest of each form, to which every browser's key points."""

    def keys(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(rf"Software\{name}\NativeMessagingHosts\{HOST_NAME}" for name in names)

    family = [
        Browser(
            one.id, one.name, "chromium", data / one.windows, host / "chromium", (),
            keys=keys(one.keys),
        )
        for one in _CHROMIUM_FAMILY
    ]  # fmt: skip
    fox = Browser(
        "firefox", "Firefox", "firefox", data / "Roaming" / "Mozilla" / "Firefox",
        host / "firefox", (), keys=keys(("Mozilla",)),
    )  # fmt: skip
    return [*family, fox]


def _chromium(one: _Family, config: Path) -> Browser:
    manifests = config / "NativeMessagingHosts"
    return Browser(one.id, one.name, "chromium", config, manifests, one.commands)
