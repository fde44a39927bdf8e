"""Patterns of networks: those that could take very long are rejected by their form, in Python and
JavaScript alike, and the others take a bounded time on every address."""

import asyncio
import json
import multiprocessing
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from support import ROOT
from support.harness import Daemon, RunPlnd, running_daemon

from plnd.catalogue import recognise, sandbox, shipped
from plnd.catalogue.addresses import split_address
from plnd.catalogue.bodies import LONGEST_MATCHED, Body, body_matches
from plnd.catalogue.examples import check_network
from plnd.catalogue.own_files import effective
from plnd.catalogue.pattern_cost import LONGEST_ADDRESS, rejection_reason
from plnd.catalogue.patterns import pattern
from plnd.catalogue.recognise import explain
from plnd.catalogue.rules import BodyTest
from plnd.core.plnd import Plnd
from plnd.errors import PlndError
from plnd.system.files import Home
from plnd.words.messages import CATALOGUES

DRIVER = ROOT / "tests" / "extension" / "parity.mjs"
FOLDER = shipped.shipped_folder()
FILES = {name: json.loads((FOLDER / f"{name}.json").read_text()) for name in shipped.load()}

REFUSED = {
    "^/((?:[a-z0-9]+)+)$": "ambiguous",
    "(a|a)*$": "ambiguous",
    "(a|ab)*c": "ambiguous",
    r"(\w+\s?)*$": "ambiguous",
    "(x+x+)+y": "ambiguous",
    r"^(([a-z])+.)+[A-Z]([a-z])+$": "ambiguous",
    "(?:a{1,30}){1,30}": "ambiguous",
    "(?:a|[^b])+$": "ambiguous",
    "^(?:a|a?b)(|a|)$": "ambiguous",
    "(?:.*)+": "empty",
    "(a*)*": "empty",
    "(a?){50}": "empty",
    "(?:a|)*": "empty",
    "(?=a*)*": "empty",
    "^*": "empty",
    "^.*.*.*$": "slow",
    "^.*a.*b.*c$": "slow",
    ".*.*!": "slow",
    r"\s*\s*\s*x": "slow",
    "^" + "a?" * 40 + "$": "slow",
    "^" + "(a|a)" * 40 + "$": "slow",
    "^" + "(?:a|aa)" * 40 + "$": "slow",
    r"(.)\1": "reference",
    r"\0": "reference",
    "a{1000}": "large",
    "a{2,100000000000}": "large",
    "(?:(?:ab){900}c){900}": "large",
    "a" * 2001: "large",
    "(" * 60 + "a" + ")" * 60: "large",
    "(?:(?=.*b)a)*": "look",
    "(?:a(?!b+))+": "look",
    **dict.fromkeys(
        ["a{,5}", "[]a]", "[^]", "x*+", "(?<=a)b", "a**", "{", "(", ")", "[a", "\\", r"\q"],
        "syntax",
    ),
    **dict.fromkeys([r"[a-\d]", "[z-a]", r"\x4", r"\u12", "a{3,2}", "(?i)a", "(?P<n>a)"], "syntax"),
}
TAKEN = [
    *("(?:/[^/]+)*", "^/(?:[^/]+/)+[0-9]+$", "(?:a|b|c)+d", r"^(\d+)(?:\.\d+)?$", "([0-9]{4}-){3}"),
    *("^.*a.*b$", r"^/(?:p|reel)/[\w-]+(?:[/?#]|$)", "^(?!www\\.)[a-z0-9-]+\\.example$", "", "a}"),
    *(r"^(?:[a-z]+=[^&]*&)*id=[0-9]+$", r"^/@?([A-Za-z0-9_.-]{1,30})/?(?:\?.*)?$", "[\\]\\-^]"),
]  # fmt: skip


def in_js(patterns: list[str]) -> list[str | None]:
    sent = "".join(json.dumps({"pattern": one}) + "\n" for one in patterns)
    done = subprocess.run(
        ["node", DRIVER], input=sent, capture_output=True, text=True, check=True, timeout=120
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def patterns_in(value: object, name: str = "") -> set[str]:
    """The patterns of a shipped file."""
    if isinstance(value, list):
        return set().union(*(patterns_in(one, name) for one in value))
    if not isinstance(value, dict):
        return set()
    found = {value[key] for key in ("url", "host", "handle_from_host") if value.get(key)}
    if "page" in value:
        found.add(value["path"])
    if value.get("test") == "matches":
        found.add(value["value"])
    return found.union(*(patterns_in(one, key) for key, one in value.items() if key != "examples"))


SHIPPED = sorted(set().union(*map(patterns_in, FILES.values())))


def test_what_we_ship_passes_in_both_languages() -> None:
    assert len(SHIPPED) > 500
    assert {one: fault for one in SHIPPED if (fault := rejection_reason(one))} == {}
    assert not any(in_js(SHIPPED))


def test_what_is_known_to_be_bad_is_refused_and_what_is_common_is_not() -> None:
    assert {one: rejection_reason(one) for one in REFUSED} == REFUSED
    assert [one for one in TAKEN if rejection_reason(one)] == []
    assert in_js([*REFUSED, *TAKEN]) == [*REFUSED.values(), *[None] * len(TAKEN)]


ATOMS = [
    *("a", "b", "[ab]", "[^b]", ".", r"\w", r"\d", "[a-c1]", "/", "[^/]", r"[^\s]", r"\S", "-"),
    *(r"\s", "$", "^", r"\b", "é", "\U0001f600", r"\x61", r"[\u0061-\u0063]", r"\.", "[+*-]"),
]


def generated(dice: random.Random, depth: int = 5) -> str:
    kind = dice.random()
    if depth <= 0 or kind < 0.35:
        return dice.choice(ATOMS if dice.random() < 0.3 else ATOMS[:10])
    inner = [generated(dice, depth - 1) for _ in range(dice.randint(1, 4))]
    if kind < 0.6:
        return "".join(inner)
    if kind < 0.72:
        return f"(?:{'|'.join(inner)})"
    if kind < 0.76:
        return f"{dice.choice(['(?=', '(?!'])}{inner[0]})"
    times = dice.choice(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "{3,40}", "{,3}", "{1001}"])
    return (inner[0] if inner[0] in ATOMS else f"({inner[0]})") + times


def many(seed: int, count: int) -> list[str]:
    dice = random.Random(seed)
    begins, ends = ["", "^", "^/"], ["", "$", "!", "(/|$|\\?)", "\\"]
    return [
        dice.choice(begins) + generated(dice) + dice.choice(ends[:4] * 5 + ends)
        for _ in range(count)
    ]


def test_both_languages_refuse_the_same_generated_patterns() -> None:
    patterns = many(1, 6000)
    verdicts = [rejection_reason(one) for one in patterns]
    assert in_js(patterns) == verdicts
    assert {None, "ambiguous", "empty", "slow", "look", "syntax", "large"} <= set(verdicts)


def test_what_one_language_cannot_read_is_refused() -> None:
    """Accepted patterns compile in both, and have a bounded size."""
    for one in many(2, 3000):
        if rejection_reason(one) is None:
            pattern(one)


HOSTILE = [
    (unit * LONGEST_ADDRESS)[: LONGEST_ADDRESS - 1] + end
    for unit in ("a", "b", "ab", "/", "a/", "1", "aab", "ba1/", "a-", "a=1&", "é", " ", "")
    for end in ("!", "\n", "")
]
SLOWEST_SECONDS = 3.0


def _search(patterns: list[str], slowest: Any) -> None:
    for one in patterns:
        found = pattern(one)
        for text in HOSTILE:
            start = time.process_time()
            found.search(text)
            slowest.value = max(slowest.value, time.process_time() - start)


def test_what_is_let_through_takes_a_bounded_time() -> None:
    """In a process that can be killed. The limit is for a slow machine: exponential or cubic time
    would take minutes at least."""
    patterns = [one for one in [*many(3, 1500), *SHIPPED, *TAKEN] if rejection_reason(one) is None]
    assert len(patterns) > 1000
    slowest = multiprocessing.Value("d", 0.0)
    process = multiprocessing.Process(target=_search, args=(patterns, slowest))
    process.start()
    process.join(300)
    process.kill()
    assert process.exitcode == 0
    assert slowest.value < SLOWEST_SECONDS


# -- files ---------------------------------------------------------------------------------

X = FILES["x"]


@pytest.mark.parametrize("field", ["pages/0/path", "pages/0/host", "interactions/0/url"])
@pytest.mark.parametrize("language", CATALOGUES)
def test_a_refused_pattern_is_named_with_its_field_and_shown(field: str, language: str) -> None:
    for slow, kind in REFUSED.items():
        if kind in ("ambiguous", "empty", "slow", "look", "reference", "large"):
            file = json.loads(json.dumps(X))
            part, index, name = field.split("/")
            file[part][int(index)].update({name: slow})
            with pytest.raises(PlndError) as caught:
                check_network(Path("x.json"), file)
            assert caught.value.field == f"/{field}"
            assert slow in CATALOGUES[language].of(caught.value)


# -- addresses and bodies -----------------------------------------------------------------------


def long(count: int) -> str:
    base = "https://x.com/nasa?"
    return base + "a" * (count - len(base))


def test_an_address_of_more_than_2048_characters_is_none_of_ours() -> None:
    """In both languages; also when it is that long only after the browser's encoding."""
    addresses = [
        *(long(2048), long(2049), "https://x.com/nasa?" + "ü" * 500),
        *("https://x.com/nasa?" + "\U0001f600" * 1100, "https://x.com/nasa?" + "é" * 100),
    ]
    known = [recognise.recognise_page(one) is not None for one in addresses]
    assert known == [True, False, False, False, True]
    post = "https://x.com/i/api/graphql/abc/CreateTweet?"
    requests = [post + "a" * (2048 - len(post)), post + "a" * (2049 - len(post))]
    acts = [recognise.recognise_request("POST", one, Body("{}")) is not None for one in requests]
    assert acts == [True, False]
    questions = [
        *({"url": one} for one in addresses),
        *({"method": "POST", "request": one, "body": {"text": "{}"}} for one in requests),
    ]
    done = subprocess.run(
        ["node", DRIVER],
        input="".join(json.dumps(one) + "\n" for one in questions),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert [line != "null" for line in done.stdout.splitlines()] == known + acts
    assert explain(long(2049))["network"] is None
    assert split_address(long(2049)) is None


def test_patterns_look_at_the_beginning_of_a_body_only() -> None:
    there, beyond = ("a" * (LONGEST_MATCHED - 1) + "x", "a" * LONGEST_MATCHED + "x")
    for kind, path, wrap in (
        ("any", None, str),
        ("json", "t", lambda text: json.dumps({"t": text})),
    ):
        test = BodyTest(kind, path, "matches", "x")
        assert body_matches(test, Body(wrap(there)))
        assert not body_matches(test, Body(wrap(beyond)))


# -- own files, with the real daemon ---------------------------------------------------------


def own(path: str, url: str, **given: object) -> str:
    """A file of a network at evil.example."""
    page = {"page": "profile", "path": path, "handle": 1}
    fields = {
        **{"id": "evil", "name": "Evil", "group": "talk", "reason": {"en": "r", "de": "r"}},
        **{"hosts": ["evil.example"], "write_hosts": ["evil.example"], "reserved": []},
        **{"profile_url": "https://evil.example/{handle}", "pages": [page], "interactions": []},
        "examples": [{"url": url, "page": "profile", "handle": "ana"}],
    }
    return json.dumps({**fields, **given})


EVIL = "^/((?:[a-z0-9]+)+)$"
HARMLESS = "https://evil.example/ana"
CRAFTED = "https://evil.example/" + "a" * 40 + "!"


def test_an_imported_pattern_hangs_nothing(daemon: Daemon, run_plnd: RunPlnd) -> None:
    """Its examples are harmless; a crafted address is not."""
    line = json.dumps({"type": "network", "id": "evil", "text": own(EVIL, HARMLESS)})
    answer = daemon.ask("POST", "import", {"lines": [line]})
    assert [one["field"] for one in answer["rejected"]] == ["text/pages/0/path"]
    assert EVIL in answer["rejected"][0]["message"]
    assert "nothing of this" in run_plnd("explain", CRAFTED).out
    with pytest.raises(PlndError):
        daemon.ask("POST", "profiles", {"network": "evil", "handle": CRAFTED})


@pytest.mark.parametrize("url", [HARMLESS, CRAFTED])
def test_a_pattern_put_there_by_hand_is_named_and_what_we_ship_stays(
    daemon: Daemon, run_plnd: RunPlnd, home: Home, url: str
) -> None:
    """Also at the next start, for the commands, and in the place of a shipped network."""
    folder = home.data / "networks"
    folder.mkdir()
    (folder / "evil.json").write_text(own(EVIL, url))
    (folder / "x.json").write_text(own(EVIL, url, id="x", hosts=["x.com"]))
    for _ in range(2):
        found = {one["id"]: one for one in daemon.ask("GET", "networks")["networks"]}
        assert found["evil"]["source"] is None
        assert found["x"]["source"] == "plnd"
        for one in (found["evil"], found["x"]):
            assert one["fault"]["field"] == "/pages/0/path"
            assert EVIL in one["fault"]["message"]
        run_plnd("stop")
        run_plnd("start")
        daemon.about.update(running_daemon().about)
    assert EVIL in run_plnd("network").out
    explained = run_plnd("explain", "https://x.com/nasa")
    assert "profile" in explained.out
    assert "not used" in explained.err


def test_a_slow_file_is_a_fault_and_costs_no_other_its_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow file whose form is accepted here: the process is killed by its time limit, and the
    results for the other files are cached."""
    monkeypatch.setattr(sandbox, "TIMEOUT_SECONDS", 3.0)
    monkeypatch.setattr(sandbox, "_run_sandbox", run_without_form_check)
    (tmp_path / "evil.json").write_text(own(EVIL, CRAFTED))
    (tmp_path / "good.json").write_text(own("^/([a-z]+)$", HARMLESS, id="good"))
    found = effective(tmp_path)
    assert list(found.own) == ["good"]
    assert "takes too long" in found.faults["evil"].message
    monkeypatch.setattr(sandbox, "_run_sandbox", None)
    assert list(effective(tmp_path).own) == ["good"]


def run_without_form_check(files: list[tuple[str, str]], patience: float) -> list[Any]:
    """The sandbox, without the check of the patterns' form."""
    program = (
        "import resource; resource.setrlimit = lambda *_: None\n"
        "from plnd.catalogue import rules, sandbox\n"
        "rules.rejection_reason = lambda _: None\n"
        "sandbox.main()"
    )
    return REAL_RUN(files, 1.0, (sys.executable, "-c", program))


REAL_RUN = sandbox._run_sandbox


def test_a_draft_is_tried_apart(run_plnd: RunPlnd, home: Home, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    file = json.dumps({**X, "pages": [{"page": "feed", "path": EVIL}], "examples": []})
    (tmp_path / "file").write_text(file)
    editor.write_text(f'#!/bin/sh\ncp {tmp_path / "file"} "$1"\n')
    editor.chmod(0o755)
    ran = run_plnd("network", "edit", "x", env={"EDITOR": str(editor)}, code=1)
    assert EVIL in ran.err
    assert not (home.data / "networks" / "x.json").exists()


async def test_the_event_loop_goes_on_while_files_are_tried(
    plnd: Plnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = plnd.home.data / "networks"
    folder.mkdir()
    (folder / "evil.json").write_text(own("^/([a-z]+)$", HARMLESS))
    began, go_on = threading.Event(), threading.Event()

    def slowly(files: list[tuple[str, str]], patience: float) -> list[Any]:
        began.set()
        assert go_on.wait(20)
        return REAL_RUN(files, patience)

    monkeypatch.setattr(sandbox, "_run_sandbox", slowly)
    task = asyncio.create_task(plnd.networks.entries())
    while not began.is_set():
        await asyncio.sleep(0.01)
    assert not task.done()
    go_on.set()
    found = {one.id: one.source for one in await task}
    assert found["evil"] == "own"
