"""Every line of the doctor, as the terminal has it, and that German has one of its own for each."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from plnd.daemon import lock
from plnd.errors import PlndError
from plnd.setup import doctor, manifests
from plnd.setup.browsers import Browser
from plnd.setup.doctor import desktop, extension, registration
from plnd.setup.doctor import home as home_links
from plnd.setup.doctor.check import Ask, Check
from plnd.setup.doctor.daemon import check_clock, check_daemon, check_port, check_time_zone
from plnd.setup.doctor.desktop import check_last_notice, check_notice, check_notifier
from plnd.setup.doctor.extension import DAY_MS, check_extensions
from plnd.setup.doctor.home import (
    check_disk,
    check_documents,
    check_home,
    check_leftovers,
    check_stores,
)
from plnd.setup.doctor.registration import check_host, check_launcher, check_manifests
from plnd.store import unfinished
from plnd.system.files import Home, home
from plnd.words.messages import CATALOGUES, ENGLISH, Words

GERMAN = CATALOGUES["de"]
NOW = 1_795_435_200_000  # Monday 23 November 2026, 12:00 UTC
MINUTE = 60_000
WORDLESS = re.compile(r"|/\S+|plnd (start|install)|chmod \S+ '[^']+'")
"""Paths and commands are the same in every language."""
PATH = re.compile(r"'?/\S+")
ENGLISH_WORD = re.compile(
    r"\b(the|this|your?|is|are|and|of|with|not|by|it|there|none|ago|last|runs?|then|open|days"
    r"|minutes|hours|nothing|another|others|mended|taken|one|ever|any)\b"
)


class World:
    """An empty home, and a browser that has been started once."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        patch.setenv("PLND_HOME", str(folder / "home"))
        patch.setenv("PLND_PORT", "0")
        patch.setenv("HOME", str(folder))
        self.patch, self.folder = patch, folder
        self.home: Home = home()
        config = folder / ".config" / "chromium"
        config.mkdir(parents=True)
        hosts = config / "NativeMessagingHosts"
        self.browser = Browser("chromium", "Chromium", "chromium", config, hosts, ())

    @property
    def launcher(self) -> Path:
        return self.home.host / "plnd-host"

    def install(self) -> None:
        manifests.install(self.home, browsers=[self.browser])

    def script(self, text: str) -> None:
        """Replace plnd's launcher with another one."""
        self.launcher.write_text(f"#!/bin/sh\n{text}\n")


class Case(NamedTuple):
    """A check, and its lines in English."""

    look: Callable[[Words], list[Check]]
    says: list[str]


Set = Callable[[World], Iterator[Case]]
SETS: list[Set] = []


def each(cases: Set) -> Set:
    """A set of cases; each is checked before the next one is made."""
    SETS.append(cases)
    return cases


def answering(**answers: Any) -> Ask:
    """Answers of a daemon, by the last part of the path."""
    return lambda method, path: answers[path.rpartition("/")[2]]


# ---- the home


@each
def folders(world: World) -> Iterator[Case]:
    root, free = world.folder / "home", "ok   privacy: files and folders are open to you alone"
    yield Case(
        lambda words: check_home(world.home, words),
        [f"warn home: {root} is not there yet\n     -> plnd start makes it", free],
    )
    world.home.make()
    yield Case(lambda words: check_home(world.home, words), [f"ok   home: {root}", free])
    part = world.home.data
    part.chmod(0o750)
    others = f"others of this machine can get at {part}\n     -> chmod go= '{part}'"
    yield Case(lambda words: check_home(world.home, words)[1:], [f"fail privacy: {others}"])
    part.chmod(0o500)
    world.patch.setattr(home_links.os, "access", lambda path, mode: path != part)
    shut = f"fail home: {part} is not writable\n     -> "
    yield Case(lambda words: check_home(world.home, words)[:1], [f"{shut}chmod 700 '{part}'"])
    part.chmod(0o700)
    fix = f"its mode allows it: ls -ld '{part}' says whose it is, chattr -i '{part}' unlocks it"
    yield Case(lambda words: check_home(world.home, words)[:1], [shut + fix])
    mounted = SimpleNamespace(f_flag=home_links.os.ST_RDONLY)
    world.patch.setattr(home_links.os, "statvfs", lambda path: mounted)
    fix = "its file system is mounted read-only: mount it writable again (remount,rw)"
    yield Case(lambda words: check_home(world.home, words)[:1], [shut + fix])


@each
def disk(world: World) -> Iterator[Case]:
    room = SimpleNamespace(free=60 * 1024**2)
    world.patch.setattr(home_links.shutil, "disk_usage", lambda path: room)
    said = f"MB free at {world.folder}"
    yield Case(lambda words: [check_disk(world.home, words)], [f"ok   disk: 60 {said}"])
    room.free = 49 * 1024**2
    fix = "free some space; browsers keep their events until then"
    yield Case(
        lambda words: [check_disk(world.home, words)], [f"fail disk: 49 {said}\n     -> {fix}"]
    )


@each
def left_over(world: World) -> Iterator[Case]:
    world.home.make()
    yield Case(lambda words: [check_leftovers(world.home, words)], ["ok   left over: nothing"])
    half = world.home.data / ".plnd-0123456789abcdef.new"
    half.touch()
    said = f"{half} is of a process that was killed\n     -> plnd start clears it away"
    yield Case(lambda words: [check_leftovers(world.home, words)], [f"warn left over: {said}"])
    unfinished.save(world.home, unfinished.Unfinished(busy=["events.db"]))
    said = (
        "events.db still holds what was forgotten: another program has it open\n"
        "     -> close that program; plnd tries again each minute"
    )
    yield Case(lambda words: [check_leftovers(world.home, words)], [f"warn left over: {said}"])
    unfinished.save(world.home, unfinished.Unfinished())
    held = lock.take(world.home)
    yield Case(
        lambda words: [check_leftovers(world.home, words)],
        ["ok   left over: nothing: a daemon runs"],
    )
    held.release()
    aside = world.home.data / "people.json.damaged-20261123-120000"
    aside.touch()
    said = f"a damaged file was set aside: {aside}"
    fix = "look at it, or restore your own copy of it"
    yield Case(
        lambda words: [check_leftovers(world.home, words)],
        [f"warn left over: {said}\n     -> {fix}"],
    )
    link = world.home.data / "link.json"
    link.symlink_to(half)
    said = f"{link} is a link, a pipe or the like: plnd uses files and folders only"
    yield Case(
        lambda words: [check_leftovers(world.home, words)],
        [f"warn left over: {said}\n     -> move it away"],
    )


@each
def stores(world: World) -> Iterator[Case]:
    unseen = "not looked at: the daemon does not run\n     -> plnd start"
    yield Case(lambda words: [check_stores(None, None, words)], [f"warn stores: {unseen}"])
    yield Case(lambda words: [check_stores(None, list, words)], ["ok   stores: both open"])
    aside = "a damaged file was set aside: budgets.json.damaged"
    fix = "look at it, or restore your own copy of it"
    yield Case(
        lambda words: [check_stores({"damaged": ["budgets.json.damaged"]}, None, words)],
        [f"warn stores: {aside}\n     -> {fix}"],
    )


@each
def documents(world: World) -> Iterator[Case]:
    yield Case(lambda words: check_documents(world.home, None, None, words), [])
    why = "people.json: document 2, name: Expected `str`, got `int`"
    health = {"left_out": [{"file": "people.json", "message": why}]}
    path = world.home.data / "people.json"
    fix = f"mend that document in an editor while plnd is stopped, or take it out: {path}"
    yield Case(
        lambda words: check_documents(world.home, health, None, words),
        [f"warn documents: left out, as it cannot be used: {why}\n     -> {fix}"],
    )


# ---- the daemon


@each
def running(world: World) -> Iterator[Case]:
    world.home.make()
    yield Case(
        lambda words: [check_daemon(world.home, None, words)[1]],
        ["fail daemon: it does not run\n     -> plnd start"],
    )
    held = lock.take(world.home)
    said = "it holds its lock, but does not say where it answers"
    yield Case(
        lambda words: [check_daemon(world.home, None, words)[1]],
        [f"fail daemon: {said}\n     -> plnd stop, then plnd start"],
    )
    ask = answering(health={"version": "0.1.0", "pid": 77})
    yield Case(
        lambda words: [check_daemon(world.home, ask, words)[1]],
        ["ok   daemon: plnd 0.1.0, process 77"],
    )
    held.release()


@each
def port(world: World) -> Iterator[Case]:
    world.home.make()
    yield Case(lambda words: [check_port(world.home, words)], ["ok   port: any that is free"])
    fix = "\n     -> plnd takes the next free one; or set PLND_PORT"
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        world.patch.setenv("PLND_PORT", str(number))
        taken = f"warn port: {number} is taken by another program"
        yield Case(lambda words: [check_port(world.home, words)], [taken + fix])
        held = lock.take(world.home)
        found = {"url": "http://127.0.0.1:7"}
        (world.home.state / "daemon.json").write_text(json.dumps(found))
        yield Case(
            lambda words: [check_port(world.home, words)],
            [f"{taken}; plnd is at http://127.0.0.1:7{fix}"],
        )
        held.release()
    yield Case(lambda words: [check_port(world.home, words)], [f"ok   port: {number} is free"])


@each
def clock(world: World) -> Iterator[Case]:
    yield Case(lambda words: [check_clock(NOW, words)], ["ok   clock: 2026-11-23 12:00 UTC"])
    said = "it says 1970-01-01 00:00 UTC\n     -> set this machine's clock"
    yield Case(lambda words: [check_clock(0, words)], [f"fail clock: {said}"])


@each
def time_zone(world: World) -> Iterator[Case]:
    unseen = "not looked at: the daemon does not run\n     -> plnd start"
    yield Case(lambda words: [check_time_zone(None, words)], [f"warn time zone: {unseen}"])
    today, chosen = {"time_zone": "Asia/Kathmandu"}, {"settings": {"time_zone": "Asia/Kathmandu"}}
    offset = f"{datetime.now().astimezone():%z}"
    said = f"days are counted in Asia/Kathmandu, but this machine's clock is at {offset}"
    yield Case(
        lambda words: [check_time_zone(answering(today=today, settings=chosen), words)],
        [f"warn time zone: {said}\n     -> plnd settings time_zone null follows it"],
    )
    told = {"settings": {"time_zone": None}}
    fix = "plnd stop, then plnd start; or name yours: plnd settings time_zone Europe/London"
    yield Case(
        lambda words: [check_time_zone(answering(today=today, settings=told), words)],
        [f"warn time zone: {said}\n     -> {fix}"],
    )


# ---- browsers


@each
def no_browser(world: World) -> Iterator[Case]:
    said = "no browser was found\n     -> start your browser once, then plnd install"
    yield Case(lambda words: check_manifests(world.home, [], words), [f"warn browsers: {said}"])


@each
def manifests_of_browsers(world: World) -> Iterator[Case]:
    found, manifest = [world.browser], world.browser.manifest
    fail, fix = f"fail Chromium: {manifest}", "\n     -> plnd install"

    def look(words: Words) -> list[Check]:
        return check_manifests(world.home, found, words)

    yield Case(look, [f"{fail} is not there{fix}"])
    world.install()
    yield Case(look, [f"ok   Chromium: {manifest}"])
    said = json.loads(manifest.read_text())
    manifest.write_text("{")
    yield Case(look, [f"{fail} cannot be read{fix}"])
    manifest.write_text(json.dumps({**said, "path": "/elsewhere"}))
    yield Case(look, [f"{fail} names another launcher: /elsewhere{fix}"])
    manifest.write_text(json.dumps({**said, "type": "pipe"}))
    yield Case(look, [f"{fail}: type is not stdio{fix}"])


@each
def packed(world: World) -> Iterator[Case]:
    snap = world.browser._replace(package="snap")
    fix = "install it from your distribution's or its maker's packages to use plnd with it"
    said = "it runs as a Snap, which starts no program of this machine"
    yield Case(
        lambda words: check_manifests(world.home, [snap], words),
        [f"warn Chromium: {said}\n     -> {fix}"],
    )
    fox = snap._replace(name="Firefox", form="firefox", package="flatpak")
    manifests.install(world.home, browsers=[fox])
    said = (
        f"{fox.manifest}; it runs as a Flatpak, which starts plnd only through the desktop's"
        " WebExtensions portal; Ubuntu's desktop has it, and asks you the first time"
    )
    yield Case(lambda words: check_manifests(world.home, [fox], words), [f"ok   Firefox: {said}"])


@each
def launcher(world: World) -> Iterator[Case]:
    def look(words: Words) -> list[Check]:
        return [check_launcher(world.home, words)]

    fix = "\n     -> plnd install"
    yield Case(look, [f"fail launcher: {world.launcher} is not there{fix}"])
    world.install()
    yield Case(look, [f"ok   launcher: {world.launcher}"])
    world.script("exit 3")
    yield Case(look, [f"warn launcher: {world.launcher} is for another installation of plnd{fix}"])
    world.launcher.chmod(0o600)
    world.patch.setattr(registration.os, "access", lambda path, mode: False)
    yield Case(look, [f"fail launcher: {world.launcher} cannot be run{fix}"])


@each
def host(world: World) -> Iterator[Case]:
    def look(words: Words) -> list[Check]:
        return [check_host(world.home, words, running=True)]

    fail, fix = "fail native host:", "\n     -> plnd install"
    yield Case(look, [f"{fail} {world.launcher} cannot be run{fix}"])
    world.install()
    world.script("cat > /dev/null; exit 3")
    yield Case(look, [f"{fail} it did not answer: status None, exit 3{fix}"])
    world.script(r"""cat > /dev/null; printf '\017\0\0\0{"status": 200}'""")
    yield Case(look, ["ok   native host: it answers"])
    world.script(r"""cat > /dev/null; printf '\017\0\0\0{"status": 400}'""")
    yield Case(
        lambda words: [check_host(world.home, words, running=False)],
        ["ok   native host: it answers by itself"],
    )
    world.script("exec sleep 30")
    world.patch.setattr(registration, "HOST_SECONDS", 0.05)
    yield Case(look, [f"{fail} {world.launcher} does not end{fix}"])


# ---- what is heard


@each
def nothing_heard(world: World) -> Iterator[Case]:
    unseen = "not looked at: the daemon does not run\n     -> plnd start"
    yield Case(lambda words: check_extensions(world.home, None, words), [f"warn events: {unseen}"])
    ask = answering(today={"now": NOW, "sources": []}, sources={"sources": []})
    fix = "add the extension to your browser and pick the networks in it"
    yield Case(
        lambda words: check_extensions(world.home, ask, words),
        [f"warn events: no browser has ever sent any\n     -> {fix}"],
    )


@each
def extensions(world: World) -> Iterator[Case]:
    shipped = extension.shipped_version()
    source = {"browser": "firefox", "extension": shipped, "networks": ["x", "facebook"]}
    source["heard_at"] = NOW - MINUTE
    proc = world.folder / "proc"
    ask = answering(today={"now": NOW, "sources": []}, sources={"sources": [source]})

    def look(words: Words) -> list[Check]:
        return check_extensions(world.home, ask, words, proc)[:1]

    name = "extension in firefox:"
    yield Case(look, [f"ok   {name} {shipped}, heard of 1 minute ago: sees x, facebook"])
    source["heard_at"] = NOW - 3 * 60 * MINUTE
    said = f"{shipped}, heard of 3 hours ago"
    process = proc / "7"
    process.mkdir(parents=True)
    (process / "environ").write_text(f"HOME={world.folder}\0")
    (process / "cmdline").write_text("firefox\0")
    (process / "stat").write_text("7 (firefox) S 1 7")
    (process / "exe").symlink_to("/usr/lib/firefox/firefox")
    fix = "click plnd's icon in firefox, which wakes it; else switch it off and on again"
    yield Case(look, [f"warn {name} {said}: firefox runs, the extension does not\n     -> {fix}"])
    (process / "exe").unlink()
    source["networks"] = []
    fix = "open plnd's popup in firefox, then Networks, and pick some"
    yield Case(look, [f"warn {name} {said}: it may see no network\n     -> {fix}"])
    source |= {"networks": ["x"], "extension": "0.0.1", "heard_at": NOW - 5 * DAY_MS}
    said, fix = (
        f"0.0.1, heard of 5 days ago: plnd has {shipped}",
        "load the extension in firefox anew",
    )
    yield Case(look, [f"warn {name} {said}\n     -> {fix}"])


@each
def events(world: World) -> Iterator[Case]:
    source = {"browser": "firefox", "extension": "0.0.1", "networks": [], "heard_at": NOW}
    never = answering(today={"now": NOW, "sources": []}, sources={"sources": [source]})
    fix = "open a network that you picked in firefox; its popup says what plnd makes of it"
    yield Case(
        lambda words: check_extensions(world.home, never, words)[1:],
        [f"warn events from firefox: none ever\n     -> {fix}"],
    )
    last = {"browser": "edge", "last_event_at": NOW - 50 * MINUTE}
    ask = answering(today={"now": NOW, "sources": [last]}, sources={"sources": []})

    def look(words: Words) -> list[Check]:
        return check_extensions(world.home, ask, words)

    yield Case(look, ["ok   events from edge: the last one 50 minutes ago"])
    last["last_event_at"] = NOW - 3 * DAY_MS
    fix = "is the extension on in edge? Its popup says what is wrong"
    yield Case(look, [f"warn events from edge: none for 3 days\n     -> {fix}"])
    last["last_event_at"] = NOW + DAY_MS
    said = "the last one lies in the future\n     -> set this machine's clock"
    yield Case(look, [f"warn events from edge: {said}"])


# ---- the desktop


@each
def notifiers(world: World) -> Iterator[Case]:
    def look(words: Words) -> list[Check]:
        return [check_notifier(words)]

    with world.patch.context() as elsewhere:
        elsewhere.setattr(desktop.platforms, "CURRENT", "darwin")
        yield Case(look, ["ok   notifier: the system's own"])
    with world.patch.context() as without:
        without.setattr(desktop.importlib.util, "find_spec", lambda name: None)
        without.setenv("PATH", "/nowhere")
        said = "neither notify-send nor D-Bus for Python is there"
        fix = "install notify-send (Debian and Ubuntu: apt install libnotify-bin)"
        yield Case(look, [f"warn notifier: {said}\n     -> {fix}"])


@each
def notices(world: World) -> Iterator[Case]:
    untried = "warn notice: not tried: the daemon does not run\n     -> plnd start"
    yield Case(
        lambda words: [check_notice(None, words), check_last_notice(None, words)], [untried] * 2
    )
    answer: dict[str, Any] = {"shown": True, "at": NOW, "error": None}
    trial: dict[str, Any] = {"notices": [], "trial": answer}
    ask = answering(test=answer, notices=trial)

    def look(words: Words) -> list[Check]:
        return [check_notice(ask, words), check_last_notice(ask, words)]

    first, last = "the desktop took it", "the desktop took the last one"
    yield Case(look, [f"ok   notice: {first}", f"ok   notice: {last}"])
    answer |= {"shown": False, "error": "NoBus"}
    fix = (
        "\n     -> start plnd from within your desktop; the badge and plnd status say it meanwhile"
    )
    said = "fail notice: the desktop did not show"
    yield Case(look, [f"{said} it: NoBus{fix}", f"{said} the last one: NoBus{fix}"])
    trial["trial"] = None
    none = "warn notice: none was shown yet\n     -> show a trial notice: plnd doctor"
    yield Case(lambda words: [check_last_notice(ask, words)], [none])


@each
def mended(world: World) -> Iterator[Case]:
    def refuses() -> None:
        raise PlndError("/x/y", "plnd install")

    broken = [
        Check("launcher", "fail", "/a/b", "plnd install", list),
        Check("home", "fail", "/x/y", "plnd install", refuses),
    ]
    yield Case(
        lambda words: doctor.mend(broken, words),
        ["ok   launcher: mended: /a/b", "fail home: not mended: /x/y\n     -> plnd install"],
    )


# ---- in each language


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


@pytest.mark.parametrize("cases", SETS, ids=lambda cases: cases.__name__)
def test_the_english_lines(world: World, cases: Set) -> None:
    """Exactly, because people and programs search for them."""
    for look, says in cases(world):
        assert [check.line() for check in look(ENGLISH)] == says


@pytest.mark.parametrize("cases", SETS, ids=lambda cases: cases.__name__)
def test_the_german_lines(world: World, cases: Set) -> None:
    """Names, paths and commands stay the same."""
    for look, _ in cases(world):
        for one, other in zip(look(ENGLISH), look(GERMAN), strict=True):
            assert (one.name, one.status, bool(one.fix)) == (
                other.name, other.status, bool(other.fix)
            )  # fmt: skip
            for english, german in ((one.message, other.message), (one.fix, other.fix)):
                assert (english == german) == bool(WORDLESS.fullmatch(english)), english
                assert not ENGLISH_WORD.search(PATH.sub("", german)), german


class Noting(Words):
    """Messages that record which of them were used."""

    def __init__(self) -> None:
        super().__init__("de")
        self.said: set[str] = set()

    def say(self, key: str, **values: object) -> str:
        self.said.add(key)
        return super().say(key, **values)


def test_every_message_of_the_doctor_is_tested(tmp_path: Path) -> None:
    words = Noting()
    for cases in SETS:
        with pytest.MonkeyPatch.context() as patch:
            for look, _ in cases(World(tmp_path / cases.__name__, patch)):
                look(words)
    own = ("doctor_", "browser_")
    assert words.said >= {key for key in ENGLISH.texts if key.startswith(own)}
