"""Recognises pages and requests by the rules of the networks."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from plnd.catalogue.addresses import host_matches, split_address
from plnd.catalogue.bodies import Body, body_matches
from plnd.catalogue.patterns import pattern
from plnd.catalogue.rules import InteractionRule, Network, PageRule
from plnd.catalogue.shipped import load

LONGEST_NAME = 256
EXPLAINED_FIELDS = ("network", "page", "handle", "tag", "action", "rule")

Networks = Mapping[str, Network]


class Recognised(NamedTuple):
    """What an address or a request was recognised as, and by which rule ("x#/pages/3").

    `of` are the acts that an `undo` may cancel; `certainty` is that of the rule: high, medium or
    low; `once`: several such requests may be one act; `own_handle` is the user's own handle, where
    the request's address has it.
    """

    network: str
    page: str | None
    handle: str | None
    tag: str | None
    action: str | None
    rule: str
    of: tuple[str, ...] = ()
    certainty: str | None = None
    once: bool = False
    own_handle: str | None = None


def network_of(host: str, networks: Networks | None = None) -> Network | None:
    """The network that a host name belongs to."""
    every = (load() if networks is None else networks).values()
    return next((network for network in every if host_matches(host.lower(), network.hosts)), None)


def recognise_page(url: str, networks: Networks | None = None) -> Recognised | None:
    """What kind of page an address is; None for one that no rule matches.

    `networks` default to the shipped ones.
    """
    found = split_address(url)
    network = network_of(found[0], networks) if found else None
    if found is None or network is None:
        return None
    host, path = found
    for index, rule in enumerate(network.pages):
        match = _match(rule, host, path)
        handle = _group(match, rule.handle) if match else None
        if not match or _is_reserved(handle, network):
            continue
        if rule.handle is None:
            handle = _handle_in_host(host, network)
        tag, where = _group(match, rule.tag), f"{network.id}#/pages/{index}"
        return Recognised(network.id, rule.page, handle, tag, None, where)
    return None


def _match(rule: PageRule, host: str, path: str) -> re.Match[str] | None:
    if rule.host is not None and not pattern(rule.host).search(host):
        return None
    return pattern(rule.path).search(path)


def _is_reserved(handle: str | None, network: Network) -> bool:
    return handle is not None and handle.lower() in network.reserved


def _handle_in_host(host: str, network: Network) -> str | None:
    """The handle in the host name itself, as in somebody.tumblr.com."""
    if network.handle_from_host is None:
        return None
    found = pattern(network.handle_from_host).search(host)
    handle = _group(found, 1) if found else None
    return None if _is_reserved(handle, network) else handle


def recognise_request(
    method: str, url: str, body: Body | None = None, networks: Networks | None = None
) -> Recognised | None:
    """What a request does; None for one that no rule matches.

    A `body` of None could not be read: no rule with a test on the body matches.
    """
    every = load() if networks is None else networks
    for network, index, rule, found in _candidates(method, url, every):
        if rule.body is None or (body is not None and body_matches(rule.body, body)):
            where = f"{network.id}#/interactions/{index}"
            how = (rule.of, rule.certainty, rule.once, _group(found, rule.own_handle))
            return Recognised(network.id, None, None, None, rule.action, where, *how)
    return None


def explain(
    url: str, method: str = "GET", body: str | None = None, networks: Networks | None = None
) -> dict[str, str | None]:
    """What `recognise` gives, as `plnd explain --json` prints it.

    Every value is None where no rule matches.
    """
    found = recognise(url, method, body, networks)
    return {name: getattr(found, name, None) for name in EXPLAINED_FIELDS}


def recognise(
    url: str, method: str = "GET", body: str | None = None, networks: Networks | None = None
) -> Recognised | None:
    """Recognise an address as a page, or (with another method or a body) a request as an act.

    `body` is JSON, also for the fields of a form, or any other text; an address without a scheme
    means https. A GET is a page, unless a rule for requests matches it.
    """
    address = url if _HAS_SCHEME.match(url) else f"https://{url}"
    sent = None if body is None else Body.of(body)
    act = recognise_request(method.upper(), address, sent, networks)
    if act or method.upper() != "GET" or body is not None:
        return act
    return recognise_page(address, networks)


_HAS_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")


def _candidates(
    method: str, url: str, networks: Networks
) -> Iterator[tuple[Network, int, InteractionRule, re.Match[str]]]:
    """The rules that match by host, method and address, in order, with their match."""
    parts = split_address(url)
    if parts is None:
        return
    for network in networks.values():
        if not host_matches(parts[0], network.write_hosts):
            continue
        for index, rule in enumerate(network.interactions):
            if rule.method == method and (found := pattern(rule.url).search(url)):
                yield network, index, rule, found


def _group(found: re.Match[str] | None, number: int | None) -> str | None:
    """The text of a group, percent-decoded; None when there is none, or it is too long."""
    text = None if number is None or found is None else found[number]
    if text is None:
        return None
    name = unquote(text, errors="replace")
    return name if len(name) <= LONGEST_NAME else None
