"""Which addresses a browser has to let through, so that no rule of a network misses an act.

A filter for requests knows no regular expressions, only stars. So of each rule's `url` a text is
looked for that stands in the path or the query of every address that it matches, a needle: of
`^https://x\\.com/i/api/graphql/[^/]+/CreateTweet` that is `/CreateTweet`. Whatever is not
understood counts as anything: an address too many costs a moment, an address too few an act.

Chromium compares every address of every site with each pattern, one after the other. One that
names its host costs an address elsewhere 0.2 µs, one for all hosts 0.6 µs, and 1.1 µs if its path
may begin with anything. So hosts are named, few of them, and needles are few.
"""

import functools
import itertools
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

# A shorter text stands in too many addresses that are no act.
LEAST = 5
# The texts that one place of a rule may be spelled as.
MOST_SPELLINGS = 16
# More names of hosts than this, and all hosts are let through.
MOST_HOSTS = 3
# Of more needles than this, those that have much in common become what they have in common.
MOST_NEEDLES = 12
MUCH = 7

START = "^https://"
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class Unknown(NamedTuple):
    """Anything, nothing included; `slash` says whether a slash may be in it."""

    slash: bool


class Group(NamedTuple):
    """One of several: each is a list of nodes, in order."""

    options: list[list[Any]]


Node = str | Unknown | Group  # a string is one letter


class Place(NamedTuple):
    """Where needles are looked for: on which hosts, and whether at the beginning of the path."""

    hosts: tuple[str, ...]
    at_start: bool


def patterns(network: dict[str, Any]) -> list[str]:
    """The addresses at which one of the network's rules can fit, as patterns of a filter."""
    needles: dict[Place, list[str]] = {}
    for rule in network["interactions"]:
        place, texts = _of_rule(_parsed(rule["url"]), network)
        needles.setdefault(place, []).extend(texts)
    return sorted(
        f"https://{host}/{'' if at_start else '*'}{text}*"
        for (hosts, at_start), texts in needles.items()
        for text in (_without_longer(texts) if at_start else _fewer(_shortest(texts)))
        for host in hosts
    )


def _of_rule(nodes: list[Node], network: dict[str, Any]) -> tuple[Place, list[str]]:
    """Where a rule's addresses lie, and the texts of which one stands in each of them."""
    slash = nodes.index("/") if "/" in nodes else 0
    before, path = nodes[:slash], nodes[slash + 1 :]
    hosts = _hosts(before, network)
    # Without a slash inside the host, the one that was found is the first of the path.
    is_first = bool(before) and not _may_have_slash(before)
    beginnings = _without_longer(next(_pieces(path))) if is_first else [""]
    best = _best(path)
    is_one = len(beginnings) == 1 and len(beginnings[0]) >= LEAST
    if not best or (hosts == ("*",) and is_one):
        return Place(hosts, at_start=True), beginnings
    return Place(hosts, at_start=False), best


def _hosts(before: list[Node], network: dict[str, Any]) -> tuple[str, ...]:
    """The hosts that the nodes before the path can be, as few names as can be.

    Hosts of the user's own are known to nobody here: then it is all, and what the user granted is
    the gate.
    """
    tail = _tail(before)
    domain = tail[tail.find(".") + 1 :]
    spelled = [text.partition("/")[0] for text in _spelled(before)]
    if spelled and all(map(HOST.fullmatch, spelled)):
        names = spelled
    elif HOST.fullmatch(domain):
        names = [f"*.{domain}"]
    elif network.get("own_hosts"):
        names = ["*"]
    else:
        names = [one for one in network["write_hosts"] if one.startswith("*") or one.endswith(tail)]
    alike: dict[str, set[str]] = {}
    for name in names:
        alike.setdefault(".".join(name.split(".")[-2:]), set()).add(name)
    few = tuple(one.pop() if len(one) == 1 else f"*.{domain}" for domain, one in alike.items())
    return few if len(few) <= MOST_HOSTS else ("*",)


def _tail(before: list[Node]) -> str:
    """How the hosts end, whatever stands before that."""
    if _may_have_slash(before):
        return ""
    letters = itertools.takewhile(lambda node: isinstance(node, str), reversed(before))
    return "".join(map(str, letters))[::-1]


def _may_have_slash(nodes: list[Node]) -> bool:
    return any(
        any(map(_may_have_slash, node.options)) if isinstance(node, Group)
        else node.slash if isinstance(node, Unknown)
        else node == "/"
        for node in nodes
    )  # fmt: skip


# -- fewer needles ---------------------------------------------------------------------------


def _shortest(texts: list[str]) -> list[str]:
    """The texts without those in which another of them stands."""
    return [
        one for one in dict.fromkeys(texts) if not any(two in one for two in texts if two != one)
    ]


def _without_longer(texts: list[str]) -> list[str]:
    """The texts without those that begin with another of them."""
    return [
        one
        for one in dict.fromkeys(texts)
        if not any(one.startswith(two) for two in texts if two != one)
    ]


def _fewer(texts: list[str]) -> list[str]:
    while len(texts) > MOST_NEEDLES:
        shared = max((_shared(*pair) for pair in itertools.combinations(texts, 2)), key=len)
        if len(shared) < MUCH:
            break
        texts = [*(text for text in texts if shared not in text), shared]
    return texts


@functools.cache
def _shared(one: str, other: str) -> str:
    """The longest text that stands in both."""
    found = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return one[found.a : found.a + found.size]


# -- what a rule can be spelled as -----------------------------------------------------------


def _best(nodes: list[Node]) -> list[str]:
    """The texts of which one stands in whatever the nodes match: the longest, then the fewest."""
    found = [_shortest(piece) for piece in _pieces(nodes)]
    best = max(found, key=lambda one: (min(map(len, one)), -len(one)))
    return best if min(map(len, best)) >= LEAST else []


def _pieces(nodes: list[Node]) -> Iterator[list[str]]:
    """The stretches that can only be spelled in a few ways, each as these; the first from the
    beginning."""
    stretch: list[Node] = []
    for node in nodes:
        if _spelled([*stretch, node]):
            stretch.append(node)
            continue
        yield _spelled(stretch)
        stretch = [node] if _spelled([node]) else []
        if isinstance(node, Group) and not stretch:
            each = [_best(option) for option in node.options]
            yield [text for one in each for text in one] if all(each) else [""]
    yield _spelled(stretch)


def _spelled(nodes: list[Node]) -> list[str]:
    """Every text that the nodes can be; none when these are too many."""
    found = [""]
    for node in nodes:
        if isinstance(node, Unknown):
            return []
        ends = [node] if isinstance(node, str) else _spelled_group(node)
        if not 0 < len(found) * len(ends) <= MOST_SPELLINGS:
            return []
        found = [text + end for text in found for end in ends]
    return found


def _spelled_group(group: Group) -> list[str]:
    each = [_spelled(option) for option in group.options]
    return [text for one in each for text in one] if all(each) else []


# -- regular expressions, as far as rules use them -------------------------------------------

_TOKEN = re.compile(
    r"""(?P<open>\((?!\?)|\(\?:)
      | (?P<close>\))
      | (?P<or>\|)
      | (?P<maybe>\?\??)
      | (?P<more>\+\??)
      | (?P<any>(?:\*|\{[0-9]+(?:,[0-9]*)?\})\??)
      | (?P<unknown>\[(?:\\.|[^\]\\])+\]|\.|\$|\\[dDsSwW])
      | \\(?P<escaped>[./?+*$^()\[\]{}|-])
      | (?P<letter>[A-Za-z0-9/:%@=&_,~-])""",
    re.VERBOSE,
)


def _parsed(url: str) -> list[Node]:
    """The nodes after the scheme; none when something in it is not understood."""
    open_groups = [Group([[]])]
    at = len(START) if url.startswith(START) else len(url)
    while at < len(url):
        token = _TOKEN.match(url, at)
        if not token or not _take(str(token.lastgroup), token, open_groups):
            return []
        at = token.end()
    whole = open_groups[0].options
    return whole[0] if len(open_groups) == len(whole) == 1 else []


def _take(kind: str, token: re.Match[str], open_groups: list[Group]) -> bool:
    """Add a token to the innermost group that is open; whether it can stand there."""
    nodes = open_groups[-1].options[-1]
    match kind:
        case "letter" | "escaped":
            nodes.append(token[kind])
        case "unknown":
            nodes.append(Unknown(slash=bool(re.fullmatch(token[0], "/"))))
        case "open":
            open_groups.append(Group([[]]))
        case "or":
            open_groups[-1].options.append([])
        case "close" if len(open_groups) > 1:
            group = open_groups.pop()
            open_groups[-1].options[-1].append(group)
        case "maybe" if nodes:
            nodes.append(Group([[nodes.pop()], []]))
        case "more" if nodes:  # it stands there once, and what follows may be it again
            nodes.append(Unknown(_may_have_slash(nodes[-1:])))
        case "any" if nodes:
            nodes.append(Unknown(_may_have_slash([nodes.pop()])))
        case _:
            return False
    return True
