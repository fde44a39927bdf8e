"""A network's file as data, and the checks that it has to pass.

extension/lib/check.js makes the same checks in the same order; a test compares their answers.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from plnd.catalogue.pattern_cost import rejection_reason
from plnd.catalogue.patterns import HINT, pattern
from plnd.words.messages import TranslatedError

if TYPE_CHECKING:
    from plnd.model.networks import Certainty

TESTS = ("exists", "absent", "equals", "matches")
BODY_TYPES = ("json", "form", "any")
GROUPS = ("talk", "forum", "writing", "media")
CERTAINTIES = ("high", "medium", "low")
LANGUAGES = ("en", "de")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PAGES = (
    *("feed", "profile", "post", "group", "tag", "search", "messages", "notifications"),
    *("compose", "article", "settings", "other"),
)
ACTIONS = ("post", "reply", "share", "react", "follow", "message", "save")

_ID = re.compile(r"[a-z][a-z0-9]{0,31}\Z")
# At least two labels after a star, so that no file can claim a whole top-level domain.
_HOST = re.compile(r"(\*\.[a-z0-9-]+|[a-z0-9-]+)(\.[a-z0-9-]+)+\Z")


class PageRule(NamedTuple):
    """What kind of page an address is; `handle` and `tag` number groups of `path`.

    With a `host`, a pattern, the rule applies only to hosts that match it.
    """

    page: str
    path: str
    handle: int | None
    tag: int | None
    host: str | None


class BodyTest(NamedTuple):
    """A rule's test on a request's body; without a `path`, on the whole text."""

    type: str
    path: str | None
    test: str
    value: object


class InteractionRule(NamedTuple):
    """What a request does; `undo` cancels one of the acts in `of` and is no event itself.

    `once`: one act may send several such requests, which differ. `own_handle` numbers the group of
    `url` that holds the user's own handle.
    """

    action: str
    of: tuple[str, ...]
    method: str
    url: str
    own_handle: int | None
    body: BodyTest | None
    once: bool
    certainty: str


class Network(NamedTuple):
    """One network as its catalogue file describes it.

    `refused_as_200`: the server may answer a refused write like a successful one, so counts of
    acts can be too high.
    """

    id: str
    name: str
    group: str
    hosts: tuple[str, ...]
    write_hosts: tuple[str, ...]
    profile_url: str
    reserved: frozenset[str]
    handle_from_host: str | None
    refused_as_200: bool
    pages: tuple[PageRule, ...]
    interactions: tuple[InteractionRule, ...]


def unsure_acts(network: Network) -> frozenset[str]:
    """The kinds of act whose counts may be too high: uncertain, or refused without a sign of it."""
    if network.refused_as_200:
        return frozenset(ACTIONS)
    return frozenset(rule.action for rule in network.interactions if rule.certainty == "low")


def certainty(network: Network) -> dict[str, Certainty]:
    """How certain each kind of act is: as its least certain rule."""
    found: dict[str, Certainty] = {}
    for rule in network.interactions:
        if rule.action in ACTIONS:
            worst = max(rule.certainty, found.get(rule.action, "high"), key=CERTAINTIES.index)
            found[rule.action] = cast("Certainty", worst)
    return found


def parse_network(path: Path, file: Any, *, compile_patterns: bool = False) -> Network:
    """The network that `file`, the parsed content of `path`, describes.

    `compile_patterns`: also compile and check every pattern, which takes longer than the rest.

    Raises:
        PlndError: something in the file is wrong; it names the file and the field.
    """
    part = _JsonObject(path, "", file, compile_patterns)
    part.check_keys(
        *(
            "id",
            "name",
            "group",
            "reason",
            "note",
            "hosts",
            "write_hosts",
            "profile_url",
            "reserved",
        ),
        *("handle_from_host", "own_hosts", "refused_as_200", "pages", "interactions", "examples"),
    )
    if part.text("id") != path.stem or not _ID.match(path.stem):
        raise part.field_error("id", "file_id", id=path.stem)
    name = part.text("name")
    group = part.choice("group", GROUPS)
    _check_reason(part)
    part.optional_text("note")
    hosts, write_hosts = part.hosts("hosts"), part.hosts("write_hosts")
    profile_url, reserved = part.text("profile_url"), frozenset(part.texts("reserved"))
    handle_from_host = part.pattern("handle_from_host", groups=1, optional=True)
    if part.value("own_hosts") is not None:
        for lookup in part.children("own_hosts"):
            _check_lookup(lookup)
    refused_as_200 = part.flag("refused_as_200")
    pages = tuple(_page_rule(rule) for rule in part.children("pages"))
    interactions = tuple(_interaction_rule(rule) for rule in part.children("interactions"))
    if part.value("examples") is not None:
        part.children("examples")
    return Network(
        *(path.stem, name, group, hosts, write_hosts, profile_url, reserved),
        *(handle_from_host, refused_as_200, pages, interactions),
    )


def _check_reason(part: _JsonObject) -> None:
    """The reason for asking the browser for the hosts, in each of the extension's languages."""
    reason = part.child("reason")
    if reason is None:
        raise part.field_error("reason", "file_object")
    reason.check_keys(*LANGUAGES)
    for language in LANGUAGES:
        reason.text(language)


def _check_lookup(lookup: _JsonObject) -> None:
    lookup.check_keys("path", "then", "test")
    if not lookup.text("path").startswith("/"):
        raise lookup.field_error("path", "file_slash")
    lookup.optional_text("then")
    if _body_test(lookup, "test") is None:
        raise lookup.field_error("test", "file_object")


def _page_rule(rule: _JsonObject) -> PageRule:
    rule.check_keys("page", "path", "handle", "tag", "host", "note")
    page = rule.choice("page", PAGES)
    handle, tag = rule.group_number("handle"), rule.group_number("tag")
    path = rule.pattern("path", groups=max(handle or 0, tag or 0)) or ""
    host = rule.pattern("host", optional=True)
    rule.optional_text("note")
    return PageRule(page, path, handle, tag, host)


def _interaction_rule(rule: _JsonObject) -> InteractionRule:
    rule.check_keys(
        *("action", "of", "method", "url", "own_handle", "body", "once", "certainty", "as_of"),
        "note",
    )
    action = rule.choice("action", (*ACTIONS, "undo"))
    of = rule.texts("of") if action == "undo" else ()
    if action != "undo" and rule.value("of") is not None:
        raise rule.field_error("of", "file_undo")
    if any(one not in ACTIONS for one in of):
        raise rule.field_error("of", "file_choices", choices=" ".join(ACTIONS))
    method = rule.choice("method", METHODS)
    own_handle = rule.group_number("own_handle")
    url = rule.pattern("url", groups=own_handle or 0) or ""
    body, once = _body_test(rule, "body"), rule.flag("once")
    certainty = rule.choice("certainty", CERTAINTIES)
    rule.optional_text("as_of")
    rule.optional_text("note")
    return InteractionRule(action, of, method, url, own_handle, body, once, certainty)


def _body_test(rule: _JsonObject, name: str) -> BodyTest | None:
    part = rule.child(name)
    if part is None:
        return None
    part.check_keys("type", "path", "test", "value")
    kind, path = part.choice("type", BODY_TYPES), part.optional_text("path")
    test = part.choice("test", TESTS)
    value = part.pattern("value") if test == "matches" else part.value("value")
    return BodyTest(kind, path, test, value)


def file_error(path: Path, field: str, key: str, **values: str | int) -> TranslatedError:
    """The error for a field of a network's file ("" for the whole); `key` is its text's."""
    where = f"{path}: {field}" if field else str(path)
    return TranslatedError(key, HINT, code="catalogue", field=field, where=where, **values)


class _JsonObject:
    """One object of a network's file, with its path in the file for error messages."""

    def __init__(self, path: Path, where: str, value: object, compile_patterns: bool) -> None:
        if not isinstance(value, dict):
            raise file_error(path, where, "file_object")
        self._path, self._where, self._value = path, where, value
        self._compile_patterns = compile_patterns

    def check_keys(self, *names: str) -> None:
        """Reject unknown keys, so that a misspelt one is not ignored."""
        for name in self._value:
            if name not in names:
                raise self.field_error(name, "file_unknown", names=" ".join(names))

    def text(self, name: str) -> str:
        value = self._value.get(name)
        if not isinstance(value, str) or not value:
            raise self.field_error(name, "file_text")
        return value

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in choices:
            raise self.field_error(name, "file_choice", choices=" ".join(choices))
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self._value.get(name) is None else self.text(name)

    def flag(self, name: str) -> bool:
        value = self._value.get(name, False)
        if not isinstance(value, bool):
            raise self.field_error(name, "file_yes")
        return value

    def group_number(self, name: str) -> int | None:
        value = self._value.get(name)
        if value is not None and (type(value) is not int or value < 1):
            raise self.field_error(name, "file_group")
        return value

    def pattern(self, name: str, *, groups: int = 0, optional: bool = False) -> str | None:
        """A regular expression with at least so many groups, checked if patterns are compiled."""
        text = self.optional_text(name) if optional else self.text(name)
        if text is None or not self._compile_patterns:
            return text
        try:
            found = pattern(text)
        except TranslatedError as error:
            raise self.field_error(name, f"file_{error.key}", **error.values) from error
        if reason := rejection_reason(text):
            raise self.field_error(name, f"file_pattern_{reason}", pattern=text)
        if found.groups < groups:
            raise self.field_error(name, "file_groups", groups=groups)
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._value.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.field_error(name, "file_texts")
        return tuple(value)

    def hosts(self, name: str) -> tuple[str, ...]:
        value = self.texts(name)
        if not value or not all(_HOST.match(one) for one in value):
            raise self.field_error(name, "file_hosts")
        return value

    def children(self, name: str) -> list[_JsonObject]:
        value = self._value.get(name)
        if not isinstance(value, list):
            raise self.field_error(name, "file_list")
        return [self._make_child(f"{name}/{index}", one) for index, one in enumerate(value)]

    def child(self, name: str) -> _JsonObject | None:
        value = self._value.get(name)
        return None if value is None else self._make_child(name, value)

    def _make_child(self, name: str, value: object) -> _JsonObject:
        return _JsonObject(self._path, f"{self._where}/{name}", value, self._compile_patterns)

    def value(self, name: str) -> object:
        return self._value.get(name)

    def field_error(self, name: str, key: str, **values: str | int) -> TranslatedError:
        return file_error(self._path, f"{self._where}/{name}", key, **values)
