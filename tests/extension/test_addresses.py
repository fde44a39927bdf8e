"""The addresses that the extension listens at: no act of any network lies elsewhere."""

import json
import re
import runpy
import string
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT

from plnd.catalogue.addresses import host_matches
from plnd.catalogue.patterns import pattern
from plnd.system.resources import extension_dir

SCRIPT = ROOT / "scripts" / "url_filters.py"
URL_FILTERS: Callable[[dict[str, Any]], list[str]] = runpy.run_path(str(SCRIPT))["url_filters"]
FOLDER = extension_dir() / "catalogue"
FILES: dict[str, Any] = {
    name: json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for name in json.loads((FOLDER / "index.json").read_text())
}
# What a browser leaves as it is in an address, but for the mark of a fragment: no act has one.
IN_ADDRESSES = st.sampled_from(string.ascii_letters + string.digits + "-._~/?%&=@:,+!$'()*;")


def lets_through(one: str, address: str) -> bool:
    """Whether a pattern of a filter fits: a star in the host is a domain and all below it, one
    in the path anything; a query belongs to the path."""
    found = re.fullmatch(r"https://([^/]+)(/.*)", one)
    assert found, one
    host, slash, path = address.removeprefix("https://").partition("/")
    glob = ".*".join(map(re.escape, found[2].split("*")))
    is_host = found[1] == "*" or host_matches(host, (found[1],))
    return is_host and re.fullmatch(glob, slash + path) is not None


@pytest.fixture(scope="module")
def addresses() -> dict[str, list[str]]:
    """What the extension is shipped with."""
    module = json.dumps((extension_dir() / "lib" / "url-filters.js").as_uri())
    code = f"import {{ URL_FILTERS }} from {module}; console.log(JSON.stringify(URL_FILTERS));"
    words = ["node", "--input-type=module", "--eval", code]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_example_of_an_act_is_let_through(name: str, addresses: dict[str, list[str]]) -> None:
    acts = [example for example in FILES[name]["examples"] if example.get("action")]
    assert acts
    for example in acts:
        assert any(lets_through(one, example["request"]) for one in addresses[name]), example


def test_what_a_page_loads_is_not_let_through(addresses: dict[str, list[str]]) -> None:
    """Filters that let everything through would pass all other tests."""
    asked = [
        ("x", "https://x.com/i/api/graphql/abc/HomeTimeline?variables=%7B%7D"),
        ("x", "https://x.com/i/api/1.1/jot/client_event.json"),
        ("x", "https://example.org/i/api/graphql/abc/CreateTweet"),
        ("youtube", "https://www.youtube.com/youtubei/v1/player?key=a"),
        ("mastodon", "https://mastodon.social/api/v1/timelines/home"),
        ("linkedin", "https://www.linkedin.com/voyager/api/graphql?queryId=voyagerFeedDashMain.a"),
        ("github", "https://github.com/torvalds/linux/tree/master"),
    ]
    for name, address in asked:
        assert not any(lets_through(one, address) for one in addresses[name]), address
    assert max(map(len, addresses.values())) <= 30


def in_reach(network: dict[str, Any], url: str, address: str) -> Iterator[str]:
    """The address on hosts where the network's rules hold: its own ones, or any that has the form
    of one where the user may add some."""
    host, _, path = address.removeprefix("https://").partition("/")
    for other in [host, *(name.replace("*", "sub") for name in network["write_hosts"])]:
        moved = f"https://{other}/{path}"
        is_name = re.fullmatch(r"[a-z0-9.-]+", other) is not None
        known = network.get("own_hosts") or host_matches(other, tuple(network["write_hosts"]))
        if is_name and known and pattern(url).search(moved):
            yield moved


def matching(url: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern(url), alphabet=IN_ADDRESSES)


RULES = sorted({(name, rule["url"]) for name in FILES for rule in FILES[name]["interactions"]})


@pytest.mark.parametrize(("name", "url"), RULES)
def test_whatever_a_rule_matches_is_let_through(
    name: str, url: str, addresses: dict[str, list[str]]
) -> None:
    seen = 0

    @settings(max_examples=20, deadline=None, database=None)
    @given(matching(url))
    def check(address: str) -> None:
        nonlocal seen
        for moved in in_reach(FILES[name], url, address):
            seen += 1
            assert any(lets_through(one, moved) for one in addresses[name]), moved

    check()
    assert seen


# -- rules that nobody has written yet --------------------------------------------------------

LETTERS = st.text("ab/-_=%&", min_size=1, max_size=6)
ATOMS = LETTERS | st.sampled_from(
    [
        r"\.",
        r"\?",
        "[^/]+",
        "[0-9]",
        "[a-z/]*",
        ".*",
        r"\d{2}",
        "a+",
        "b{1,2}",
        "a?",
        "(%40|@)",
        "$",
        "(ab|/b)*",
        "(?:a|b-)+",
    ]
)
HOSTS = ["x\\.org", "(www|m)\\.x\\.org", "[^/]+", "[a-z]+\\.x\\.org", "([a-z]+\\.)?x\\.org"]
HOSTS += [
    "(?:sub\\.y\\.org/)?[a-z]+\\.x\\.org",
    "(?:x\\.org/i|api\\.x\\.org)",
    ".*",
    "[^?]+",
    "(www|m|n)?\\.?[a-z]*x\\.org",
]


def groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    options = st.lists(inner, min_size=1, max_size=3).map("|".join)
    ends = st.sampled_from(["", "?", "??"])  # more, one in the other, and no end to matching
    return st.lists(
        inner | st.tuples(st.sampled_from(["(", "(?:"]), options, ends).map(
            lambda one: f"{one[0]}{one[1]}){one[2]}"
        ),
        max_size=4,
    ).map("".join)  # fmt: skip


URLS = st.builds("^https://{}/{}".format, st.sampled_from(HOSTS), st.recursive(ATOMS, groups))


@settings(max_examples=200, deadline=None)
@given(URLS, st.booleans(), st.data())
def test_whatever_any_rule_would_match_is_let_through(
    url: str, own: bool, data: st.DataObject
) -> None:
    network = {
        "write_hosts": ["x.org", "www.x.org", "api.x.org", "*.y.org"],
        "own_hosts": [{}] if own else None,
        "interactions": [{"url": url}],
    }
    found = URL_FILTERS(network)
    for moved in in_reach(network, url, data.draw(matching(url))):
        assert any(lets_through(one, moved) for one in found), (moved, found)


def test_what_is_not_understood_lets_all_hosts_through() -> None:
    """A look-ahead, a word boundary, no scheme, alternatives of the whole."""
    for url in ("^https://x\\.org/(?!a)bcdefg", "x\\.org/abcdef", "^https://x\\.org/\\babcdef"):
        network = {"write_hosts": ["x.org", "*.y.org"], "interactions": [{"url": url}]}
        assert URL_FILTERS(network) == ["https://*.y.org/*", "https://x.org/*"]
        assert URL_FILTERS({**network, "own_hosts": [{}]}) == ["https://*/*"]
    url = "^https://x\\.org/abcdef|bcdefg"
    assert URL_FILTERS({"write_hosts": ["x.org"], "interactions": [{"url": url}]}) == [
        "https://x.org/*"
    ]
