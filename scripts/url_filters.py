"""Computes a network's URL filters: the match patterns of all addresses that its rules can match.

The browser's request filters know no regular expressions, only stars. So each rule's `url` is
searched for a literal, a text that the path or the query of every matching address contains: for
`^https://x\\.com/i/api/graphql/[^/]+/CreateTweet` that is `/CreateTweet`. Syntax that is not
understood counts as any text: an address too many costs a moment, an address too few loses an
interaction.

Chromium compares every address of every site with each filter, one after the other. A filter that
names its host costs an address of another host 0.2 µs; one for all hosts 0.6 µs, or 1.1 µs if its
path may begin with any text. So filters name hosts, few of them, and have few literals.
"""

import functools
import itertools
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

# Too many addresses that are no interaction contain a shorter literal.
SHORTEST_LITERAL = 5
# The number of texts that a part of a rule may expand to.
MOST_EXPANSIONS = 16
# With more hosts than this, the filter is for all hosts.
MOST_HOSTS = 3
# With more literals than this, those that share a text of SHORTEST_SHARED are replaced by it.
MOST_LITERALS = 12
SHORTEST_SHARED = 7

START = "^https://"
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class AnyText(NamedTuple):
    """Any text, also an empty one; `slash` tells whether it may contain a slash."""

    slash: bool


class Group(NamedTuple):
    """Alternatives: each is a list of nodes, in order."""

    options: list[list[Any]]


Node = str | AnyText | Group  # a string is one character


class Position(NamedTuple):
    """Where literals are searched for: on which hosts, and whether only at the path's start."""

    hosts: tuple[str, ...]
    at_start: bool


def url_filters(network: dict[str, Any]) -> list[str]:
    """The match patterns of all addresses that the network's interaction rules can match."""
    literals: dict[Position, list[str]] = {}
    for rule in network["interactions"]:
        position, texts = _literals_of_rule(_parse(rule["url"]), network)
        literals.setdefault(position, []).extend(texts)
    return sorted(
        f"https://{host}/{'' if at_start else '*'}{text}*"
        for (hosts, at_start), texts in literals.items()
        for text in (_shortest_prefixes(texts) if at_start else _reduce(_shortest_infixes(texts)))
        for host in hosts
    )


def _literals_of_rule(nodes: list[Node], network: dict[str, Any]) -> tuple[Position, list[str]]:
    """The position and the literals of a rule: each matching address contains one of them."""
    slash = nodes.index("/") if "/" in nodes else 0
    before, path = nodes[:slash], nodes[slash + 1 :]
    hosts = _hosts(before, network)
    # If nothing before it may contain a slash, the slash that was found begins the path.
    is_start = bool(before) and not _may_have_slash(before)
    prefixes = _shortest_prefixes(next(_expanded_runs(path))) if is_start else [""]
    best = _best_literals(path)
    is_single = len(prefixes) == 1 and len(prefixes[0]) >= SHORTEST_LITERAL
    if not best or (hosts == ("*",) and is_single):
        return Position(hosts, at_start=True), prefixes
    return Position(hosts, at_start=False), best


def _hosts(before: list[Node], network: dict[str, Any]) -> tuple[str, ...]:
    """The hosts that the nodes before the path can match, as few as possible.

    The user's own hosts are unknown here. So a network that may have some gets a filter for all
    hosts, and the permissions that the user granted limit it.
    """
    suffix = _host_suffix(before)
    domain = suffix[suffix.find(".") + 1 :]
    expanded = [text.partition("/")[0] for text in _expand(before)]
    if expanded and all(map(HOST.fullmatch, expanded)):
        names = expanded
    elif HOST.fullmatch(domain):
        names = [f"*.{domain}"]
    elif network.get("own_hosts"):
        names = ["*"]
    else:
        names = [
            one for one in network["write_hosts"] if one.startswith("*") or one.endswith(suffix)
        ]
    by_domain: dict[str, set[str]] = {}
    for name in names:
        by_domain.setdefault(".".join(name.split(".")[-2:]), set()).add(name)
    hosts = tuple(
        one.pop() if len(one) == 1 else f"*.{domain}" for domain, one in by_domain.items()
    )
    return hosts if len(hosts) <= MOST_HOSTS else ("*",)


def _host_suffix(before: list[Node]) -> str:
    """The known text at the end of the host."""
    if _may_have_slash(before):
        return ""
    letters = itertools.takewhile(lambda node: isinstance(node, str), reversed(before))
    return "".join(map(str, letters))[::-1]


def _may_have_slash(nodes: list[Node]) -> bool:
    return any(
        any(map(_may_have_slash, node.options)) if isinstance(node, Group)
        else node.slash if isinstance(node, AnyText)
        else node == "/"
        for node in nodes
    )  # fmt: skip


# -- fewer literals --------------------------------------------------------------------------


def _shortest_infixes(texts: list[str]) -> list[str]:
    """The texts without those that contain another of them."""
    return [
        one for one in dict.fromkeys(texts) if not any(two in one for two in texts if two != one)
    ]


def _shortest_prefixes(texts: list[str]) -> list[str]:
    """The texts without those that begin with another of them."""
    return [
        one
        for one in dict.fromkeys(texts)
        if not any(one.startswith(two) for two in texts if two != one)
    ]


def _reduce(texts: list[str]) -> list[str]:
    """At most MOST_LITERALS texts, if enough of them share a long text."""
    while len(texts) > MOST_LITERALS:
        shared = max((_longest_shared(*pair) for pair in itertools.combinations(texts, 2)), key=len)
        if len(shared) < SHORTEST_SHARED:
            break
        texts = [*(text for text in texts if shared not in text), shared]
    return texts


@functools.cache
def _longest_shared(one: str, other: str) -> str:
    """The longest text that both contain."""
    found = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return one[found.a : found.a + found.size]


# -- the texts that a rule can match ---------------------------------------------------------


def _best_literals(nodes: list[Node]) -> list[str]:
    """The best literals, of which every match contains one: the longest, then the fewest."""
    found = [_shortest_infixes(texts) for texts in _expanded_runs(nodes)]
    best = max(found, key=lambda one: (min(map(len, one)), -len(one)))
    return best if min(map(len, best)) >= SHORTEST_LITERAL else []


def _expanded_runs(nodes: list[Node]) -> Iterator[list[str]]:
    """The texts of each run of nodes that expands to a few only; the first run is at the start."""
    run: list[Node] = []
    for node in nodes:
        if _expand([*run, node]):
            run.append(node)
            continue
        yield _expand(run)
        run = [node] if _expand([node]) else []
        if isinstance(node, Group) and not run:
            each = [_best_literals(option) for option in node.options]
            yield [text for one in each for text in one] if all(each) else [""]
    yield _expand(run)


def _expand(nodes: list[Node]) -> list[str]:
    """Every text that the nodes can match; an empty list if these are too many."""
    found = [""]
    for node in nodes:
        if isinstance(node, AnyText):
            return []
        ends = [node] if isinstance(node, str) else _expand_group(node)
        if not 0 < len(found) * len(ends) <= MOST_EXPANSIONS:
            return []
        found = [text + end for text in found for end in ends]
    return found


def _expand_group(group: Group) -> list[str]:
    each = [_expand(option) for option in group.options]
    return [text for one in each for text in one] if all(each) else []


# -- parsing the regular expressions that rules use ------------------------------------------

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


def _parse(url: str) -> list[Node]:
    """The nodes after the scheme; an empty list if any syntax is not understood."""
    open_groups = [Group([[]])]
    at = len(START) if url.startswith(START) else len(url)
    while at < len(url):
        token = _TOKEN.match(url, at)
        if not token or not _add_token(str(token.lastgroup), token, open_groups):
            return []
        at = token.end()
    whole = open_groups[0].options
    return whole[0] if len(open_groups) == len(whole) == 1 else []


def _add_token(kind: str, token: re.Match[str], open_groups: list[Group]) -> bool:
    """Add a token to the innermost open group; False if it is not allowed there."""
    nodes = open_groups[-1].options[-1]
    match kind:
        case "letter" | "escaped":
            nodes.append(token[kind])
        case "unknown":
            nodes.append(AnyText(slash=bool(re.fullmatch(token[0], "/"))))
        case "open":
            open_groups.append(Group([[]]))
        case "or":
            open_groups[-1].options.append([])
        case "close" if len(open_groups) > 1:
            group = open_groups.pop()
            open_groups[-1].options[-1].append(group)
        case "maybe" if nodes:
            nodes.append(Group([[nodes.pop()], []]))
        case "more" if nodes:  # once for sure, then perhaps again
            nodes.append(AnyText(_may_have_slash(nodes[-1:])))
        case "any" if nodes:
            nodes.append(AnyText(_may_have_slash([nodes.pop()])))
        case _:
            return False
    return True
