"""Profiles: kept, read, judged, decided upon."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import get_args
from urllib.parse import quote, urlsplit

from msgspec.structs import replace

from plnd.catalogue import recognise, shipped
from plnd.core.context import Context, worded
from plnd.errors import Conflict, Invalid, NotFound
from plnd.measures.field_checks import check_handle
from plnd.measures.freshness import (
    DAY_MS,
    PEACE_MS,
    VISITED_DAYS,
    ProfileStatus,
    best_last_post,
    days_silent,
    latest_decision,
    median_gap_days,
    out_of_rhythm,
    peace_until,
    silence,
)
from plnd.model.day import ProfileToday
from plnd.model.names import profile_id
from plnd.model.notices import Notice
from plnd.model.profiles import (
    STEPS,
    Choice,
    CloseStep,
    Decision,
    LastPost,
    NotMine,
    Origin,
    Profile,
    ProfileRequest,
    ProfileView,
    SeemsMine,
    Silence,
    StepName,
    Suggested,
)
from plnd.model.readings import Wanted
from plnd.notices.profiles import monthly_lines, profile_notice
from plnd.reading import network_rules
from plnd.store.log.log import Log, Sums
from plnd.words.messages import ENGLISH, Words

log = logging.getLogger("plnd")

OWN_POSTS = ("post", "reply", "share")
RHYTHM_DAYS = 730
GUESS_FROM = 3


class Profiles:
    """The user's own profiles. `changed` is called when today's figures are other ones."""

    def __init__(self, context: Context, changed: Callable[[], None]) -> None:
        self._context = context
        self._book = context.book
        self._changed = changed
        self.take_store()

    def take_store(self, acts: dict[str, int] | None = None) -> None:
        """Take up what the log holds: `acts`, where `last_posts` was asked already."""
        self._acts = last_posts(self._context.log) if acts is None else acts

    # -- kept --------------------------------------------------------------------

    def all(self) -> list[Profile]:
        return self._book.profiles.all()

    def get(self, network: str, handle: str) -> Profile:
        """Raises:
        NotFound: no such profile is kept.
        """
        found = self._book.profiles.get(profile_id(network, handle))
        if found is None:
            raise NotFound(f"no profile {handle!r} on {network}", "`plnd profile list` lists them")
        return found

    def put(self, profile: Profile) -> Profile:
        self._book.profiles.put(profile)
        self._changed()
        return profile

    def add(self, wanted: ProfileRequest) -> Profile:
        """Keep a profile; the handle may be given as the profile's address.

        Raises:
            Invalid: the network is unknown, or the handle is none.
            Conflict: it is kept already.
        """
        self._context.check_network(wanted.network)
        handle = _handle(wanted.network, wanted.handle)
        key = profile_id(wanted.network, handle)
        if self._book.profiles.get(key):
            raise Conflict(
                f"{handle!r} on {wanted.network} is kept already",
                f"`plnd profile set {wanted.network} {handle} active` takes it up again",
                field="handle",
            )
        log.info("a profile on %s is kept from now on", wanted.network)
        now = self._context.clock()
        return self.put(Profile(id=key, network=wanted.network, handle=handle, added_at=now))

    # -- decided -----------------------------------------------------------------

    def decide(self, network: str, handle: str, choice: Choice) -> Profile:
        """Decide upon a profile; what was decided before stays in its list."""
        profile, now = self.get(network, handle), self._context.clock()
        lasting = PEACE_MS.get(choice)
        decision = Decision(
            choice=choice,
            at=now,
            was=profile.mode,
            until=now + lasting if lasting else None,
        )
        mode = choice if choice in ("reading", "retired", "active") else profile.mode
        if choice == "revive":
            mode = "active"
        log.info("a profile on %s: %s", network, choice)
        changed = replace(profile, mode=mode, decisions=[*profile.decisions, decision])
        return self.put(replace(changed, steps_done={}) if choice == "close" else changed)

    def undo(self, network: str, handle: str) -> Profile:
        """Take the latest decision back; the one before it holds again.

        Raises:
            Conflict: nothing was decided.
        """
        profile, now = self.get(network, handle), self._context.clock()
        decided = latest_decision(profile.decisions)
        if decided is None:
            raise Conflict("nothing was decided of this profile", "there is nothing to undo")
        decisions = [
            replace(one, undone_at=now) if one is decided else one for one in profile.decisions
        ]
        return self.put(replace(profile, mode=decided.was, decisions=decisions))

    def step(self, network: str, handle: str, step: str, *, done: bool) -> Profile:
        """Mark a step of closing; with the last of them the profile is retired.

        Raises:
            NotFound: there is no such step.
            Conflict: the profile is not being closed.
        """
        profile, now = self.get(network, handle), self._context.clock()
        if step not in get_args(StepName):
            raise NotFound(f"no step {step!r}", "one of " + ", ".join(STEPS))
        if not _closing(profile):
            raise Conflict(
                "this profile is not being closed", f"plnd profile set {network} {handle} close"
            )
        steps = {name: at for name, at in profile.steps_done.items() if name != step}
        if done:
            steps[step] = profile.steps_done.get(step, now)  # type: ignore[index, call-overload]
        profile = self.put(replace(profile, steps_done=steps))
        return profile if len(steps) < len(STEPS) else self.decide(network, handle, "retired")

    # -- judged ------------------------------------------------------------------

    def acts_changed(self, quarters: Mapping[int, Sums]) -> None:
        """After a commit: look whether the user posted somewhere."""
        begins = [
            begin
            for begin, sums in quarters.items()
            if any(action in OWN_POSTS and count for (_, action), count in sums.acts.items())
        ]
        if begins:
            for network, at in self._context.log.last_acts(OWN_POSTS, min(begins)).items():
                if at > self._acts.get(network, 0):
                    self._acts[network] = at
                    self._changed()

    def last_posts(self, profile: Profile) -> dict[Origin, LastPost]:
        """What each origin has. Acts say on which network, not as whom: they count for each
        profile there that is not retired."""
        found = dict(profile.last_posts)
        at = self._acts.get(profile.network)
        if at is not None and profile.mode != "retired":
            found["acts"] = LastPost(at=at, taken_at=at, found_by="acts")
        return found

    def standing(self, profile: Profile) -> ProfileStatus:
        found = best_last_post(self.last_posts(profile))
        last = found[1] if found else None
        now = self._context.clock()
        return ProfileStatus(profile, last, days_silent(last.at if last else None, now))

    def today(self) -> list[ProfileToday]:
        """How fresh each is, the one silent for longest first; retired ones are history."""
        rows = [self.standing(one) for one in self.all() if one.mode != "retired"]
        rows.sort(key=lambda one: (-(one.days if one.days is not None else -1), one.profile.id))
        return [
            ProfileToday(
                network=one.profile.network,
                handle=one.profile.handle,
                last_post_at=one.last.at if one.last else None,
                days_silent=one.days,
                freshness=one.freshness,
                mode=one.profile.mode,
            )
            for one in rows
        ]

    def notice(self, day: str, words: Words = ENGLISH) -> Notice | None:
        """What is to be told today; noted as told on disk before it is given out."""
        now = self._context.clock()
        standings = [self.standing(one) for one in self.all()]
        due = profile_notice(standings, day=day, now=now, names=self._context.names, words=words)
        if due is None:
            return None
        notice, steps = due
        for key, step in steps.items():
            profile = self._book.profiles.get(key)
            if profile:
                told = {**profile.told, str(step): now}
                self._book.profiles.put(replace(profile, told=told))
        return notice

    def review_lines(self, since: int, words: Words = ENGLISH) -> list[str]:
        """What a weekly review says of profiles; the review before it was at `since` (ms)."""
        standings = [self.standing(one) for one in self.all()]
        before = {
            one.profile.id: days
            for one in standings
            if one.last and one.last.at <= since and (days := days_silent(one.last.at, since))
        }
        return monthly_lines(before, standings, self._context.names, words)

    def views(self, words: Words = ENGLISH) -> list[ProfileView]:
        """Every profile, the one that most needs a word first."""
        ahead = _Looks(self._context)
        rows = [self._view(one, ahead, words) for one in self.all()]
        order = {"active": 0, "reading": 1, "retired": 2}
        return sorted(
            rows,
            key=lambda one: (
                order[one.mode],
                not one.card,
                -(one.days_silent or 0),
                one.network,
                one.handle,
            ),
        )

    def view(self, profile: Profile, words: Words = ENGLISH) -> ProfileView:
        return self._view(profile, _Looks(self._context), words)

    def _view(self, profile: Profile, looks: "_Looks", words: Words) -> ProfileView:
        now, standing = self._context.clock(), self.standing(profile)
        last_posts = self.last_posts(profile)
        found = best_last_post(last_posts)
        origin, last = found if found else (None, None)
        gap = looks.gap(profile.network, last_posts.values())
        until = peace_until(profile)
        return ProfileView(
            network=profile.network,
            name=self._context.names.get(profile.network, profile.network),
            handle=profile.handle,
            url=address_of(profile),
            mode=profile.mode,
            added_at=profile.added_at,
            last_post_at=last.at if last else None,
            rough=bool(last and last.rough_ms),
            origin=origin,
            found_by=last.found_by if last else None,
            days_silent=standing.days,
            freshness=standing.freshness,
            usual_gap_days=gap,
            out_of_rhythm=out_of_rhythm(standing.days, gap),
            silence=looks.silence(standing),
            card=standing.has_card(now),
            peace_until=until if until > now and profile.mode == "active" else None,
            compose_url=filled(network_rules.rules_of(profile.network).compose_url, profile.handle),
            closing=_steps(profile, words) if _closing(profile) else [],
            decisions=profile.decisions,
            last_posts=last_posts,
            feed=worded(profile.feed, words),
        )

    # -- suggested and wanted ----------------------------------------------------

    def wanted(self) -> list[Wanted]:
        """Whose pages are worth reading when the user looks at them."""
        return [
            Wanted(network=one.network, handle=one.handle)
            for one in self.all()
            if one.mode != "retired"
        ]

    def suggestions(self, words: Words = ENGLISH) -> list[Suggested]:
        """Profiles that seem to be the user's own: posted under, or whose settings were opened.

        Where a settings page does not say whose it is, the profile looked at most is a guess.
        """
        since = self._context.clock() - VISITED_DAYS * DAY_MS
        kept = {one.network for one in self.all()}
        refused = {one.id for one in self._book.not_mine.all()}
        guesses: dict[str, str] = {}
        for network, handle, count in self._context.log.handles_seen("profile", since):
            if handle and count >= GUESS_FROM and profile_id(network, handle) not in refused:
                guesses.setdefault(network, handle)
        found: dict[str, Suggested] = {}
        for network, handle, _ in self._context.log.handles_seen("settings", since):
            name = self._context.names.get(network, network)
            said = handle or guesses.get(network)
            if network in kept or {network, profile_id(network, said or "")} & refused:
                continue
            if network not in found or (handle and not found[network].sure):
                found[network] = Suggested(
                    network=network,
                    name=name,
                    handle=said,
                    sure=handle is not None,
                    reason=words.say("seems_yours", network=name),
                )
        for one in self._book.seems_mine.all():
            if one.network not in kept and not {one.network, one.id} & refused:
                name = self._context.names.get(one.network, one.network)
                found[one.network] = Suggested(
                    network=one.network,
                    name=name,
                    handle=one.handle,
                    sure=True,
                    reason=words.say("posted_as", network=name, handle=one.handle),
                )
        return list(found.values())

    def seem_mine(self, seen: ProfileRequest) -> None:
        """Remember under which handle the user posted: suggested till it is kept or refused.

        Raises:
            Invalid: the network is unknown, or the handle is none.
        """
        self._context.check_network(seen.network)
        handle = _handle(seen.network, seen.handle)
        key, now = profile_id(seen.network, handle), self._context.clock()
        self._book.seems_mine.put(SeemsMine(id=key, network=seen.network, handle=handle, at=now))

    def refuse(self, network: str, handle: str | None) -> str:
        """Suggest a profile no more; without a handle, none on that network."""
        self._context.check_network(network)
        key = profile_id(network, handle) if handle else network
        self._book.not_mine.put(NotMine(id=key, at=self._context.clock()))
        return key


class _Looks:
    """What of the log several views need, looked up once."""

    def __init__(self, context: Context) -> None:
        now = context.clock()
        self._visited = context.log.visited(now - VISITED_DAYS * DAY_MS)
        self._days: dict[str, set[int]] = {}
        for network, begin in context.log.act_quarters(OWN_POSTS, now - RHYTHM_DAYS * DAY_MS):
            self._days.setdefault(network, set()).add(begin // DAY_MS * DAY_MS)

    def gap(self, network: str, last_posts: Iterable[LastPost]) -> float | None:
        """The profile's own median gap in days: of its acts, else of the newest reading."""
        own = median_gap_days(self._days.get(network, ()))
        if own is not None:
            return own
        said = [one for one in last_posts if one.gap_days is not None]
        newest = max(said, key=lambda one: one.taken_at, default=None)
        return newest.gap_days if newest else None

    def silence(self, standing: ProfileStatus) -> Silence | None:
        return silence(standing.freshness, visited=standing.profile.network in self._visited)


def _handle(network: str, given: str) -> str:
    """The handle that somebody means: with or without @, or as the profile's address."""
    handle = given.strip()
    if handle.startswith(("http://", "https://")):
        found = recognise.recognise_page(handle)
        if found is None or found.network != network or not found.handle:
            raise Invalid("this address is no profile there", "give the handle", field="handle")
        host = urlsplit(handle).hostname
        federated = "{host}" in shipped.load()[network].profile_url
        handle = f"{found.handle}@{host}" if federated and "@" not in found.handle else found.handle
    handle = handle.removeprefix("@")
    check_handle(handle, given)
    return handle


def filled(template: str | None, handle: str) -> str | None:
    """An address with the handle, and the host that stands in the handle, put in.

    None where it needs what is not known, such as the host, or a team's name.
    """
    if template is None:
        return None
    name, _, host = handle.partition("@")
    plain = name if "{host}" in template else handle
    address = template.replace("{handle}", quote(plain, safe="@:")).replace("{host}", host)
    return None if "{" in address or "///" in address else address


def address_of(profile: Profile) -> str | None:
    network = shipped.load().get(profile.network)
    return filled(network.profile_url, profile.handle) if network else None


def _closing(profile: Profile) -> bool:
    decided = latest_decision(profile.decisions)
    return decided is not None and decided.choice == "close"


def _steps(profile: Profile, words: Words) -> list[CloseStep]:
    known = network_rules.rules_of(profile.network)
    urls = {"export": known.export_url, "note": known.compose_url}
    urls["delete"] = known.delete_account_url
    return [
        CloseStep(
            step=step,
            title=words.say(f"step_{step}"),
            url=filled(urls[step], profile.handle),
            done_at=profile.steps_done.get(step),
        )
        for step in STEPS
    ]


def last_posts(log: Log) -> dict[str, int]:
    """When each network last had an act that is the user's own post (ms)."""
    return log.last_acts(OWN_POSTS)
