"""Profiles that seem to be the user's own."""

from collections.abc import Callable

from plnd.core.context import DAY_MS, Context
from plnd.core.profiles.addresses import parse_handle
from plnd.measures.freshness import VISITED_DAYS
from plnd.model.names import profile_id
from plnd.model.profiles import NotMine, Profile, ProfileRequest, SeemsMine, Suggested
from plnd.words.messages import ENGLISH, Words

GUESS_FROM = 3
"""A profile that was visited so often may be the user's own."""


class ProfileSuggestions:
    """`profiles` gives the profiles that are stored already; `is_recording` is asked by network."""

    def __init__(
        self,
        context: Context,
        profiles: Callable[[], list[Profile]],
        is_recording: Callable[[str], bool],
    ) -> None:
        self._context = context
        self._book = context.book
        self._profiles = profiles
        self._is_recording = is_recording

    def all(self, words: Words = ENGLISH) -> list[Suggested]:
        """Profiles the user posted under, or whose settings the user opened.

        If a settings page does not name its profile, the most visited one is a guess.
        """
        stored = {one.network for one in self._profiles()}
        refused = {one.id for one in self._book.not_mine.all()}
        found: dict[str, Suggested] = {}
        for one in self._from_settings_pages(stored, refused, words):
            if one.network not in found or (one.sure and not found[one.network].sure):
                found[one.network] = one
        for seen in self._book.seems_mine.all():
            if seen.network not in stored and not {seen.network, seen.id} & refused:
                name = self._name(seen.network)
                found[seen.network] = Suggested(
                    network=seen.network,
                    name=name,
                    handle=seen.handle,
                    sure=True,
                    reason=words.say("posted_as", network=name, handle=seen.handle),
                )
        return list(found.values())

    def _from_settings_pages(
        self, stored: set[str], refused: set[str], words: Words
    ) -> list[Suggested]:
        since = self._context.clock() - VISITED_DAYS * DAY_MS
        guesses = self._most_visited(since, refused)
        found = []
        for network, handle, _ in self._context.log.queries.handles_visited("settings", since):
            named = handle or guesses.get(network)
            if network in stored or {network, profile_id(network, named or "")} & refused:
                continue
            name = self._name(network)
            found.append(
                Suggested(
                    network=network,
                    name=name,
                    handle=named,
                    sure=handle is not None,
                    reason=words.say("seems_yours", network=name),
                )
            )
        return found

    def _most_visited(self, since: int, refused: set[str]) -> dict[str, str]:
        """The handle of the most visited profile by network."""
        found: dict[str, str] = {}
        for network, handle, count in self._context.log.queries.handles_visited("profile", since):
            if handle and count >= GUESS_FROM and profile_id(network, handle) not in refused:
                found.setdefault(network, handle)
        return found

    def _name(self, network: str) -> str:
        return self._context.names.get(network, network)

    def note_own_handle(self, seen: ProfileRequest) -> None:
        """Remember the handle that the user posted under, if the network is being recorded.

        Raises:
            Invalid: the network is unknown, or the handle is none.
        """
        if not self._is_recording(seen.network):
            return
        self._context.check_network(seen.network)
        handle = parse_handle(seen.network, seen.handle)
        key, now = profile_id(seen.network, handle), self._context.clock()
        self._book.seems_mine.put(SeemsMine(id=key, network=seen.network, handle=handle, at=now))

    def refuse(self, network: str, handle: str | None) -> str:
        """Stop suggesting a profile; without a handle, any profile on that network."""
        self._context.check_network(network)
        key = profile_id(network, handle) if handle else network
        self._book.not_mine.put(NotMine(id=key, at=self._context.clock()))
        return key
