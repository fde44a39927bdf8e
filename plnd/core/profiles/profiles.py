"""The user's own profiles: stored, decided about, and how fresh each is."""

import logging
from collections.abc import Callable, Mapping
from typing import get_args

from msgspec.structs import replace

from plnd.core.context import Context
from plnd.core.profiles.addresses import parse_handle
from plnd.core.profiles.suggestions import ProfileSuggestions
from plnd.errors import Conflict, NotFound
from plnd.measures.freshness import (
    PEACE_MS,
    ProfileStatus,
    best_last_post,
    days_silent,
    latest_decision,
)
from plnd.measures.people.handles import HandleKey, handle_key
from plnd.model.day import ProfileToday
from plnd.model.names import profile_id
from plnd.model.notices import Notice
from plnd.model.profiles import (
    STEPS,
    Choice,
    Decision,
    LastPost,
    Origin,
    Profile,
    ProfileRequest,
    StepName,
)
from plnd.notices.profiles import monthly_lines, profile_notice
from plnd.reading.results import PageReading
from plnd.store.log.log import Log
from plnd.store.log.quarters import QuarterSums
from plnd.words.messages import ENGLISH, Words

log = logging.getLogger("plnd")

OWN_POSTS = ("post", "reply", "share")


class Profiles:
    """`is_recording` tells whether a network is recorded now; `on_change` is called after each
    change that today's totals show."""

    def __init__(
        self,
        context: Context,
        is_recording: Callable[[str], bool],
        on_change: Callable[[], None],
    ) -> None:
        self._context = context
        self._stored = context.book.profiles
        self._on_change = on_change
        self._own_posts: dict[str, int] = {}
        self.suggestions = ProfileSuggestions(context, self.all, is_recording)

    def reload(self, own_posts: dict[str, int] | None = None) -> None:
        """Read from the log when the user last posted, unless `own_posts` gives it."""
        self._own_posts = last_own_posts(self._context.log) if own_posts is None else own_posts

    # -- the stored profiles -------------------------------------------------------

    def all(self) -> list[Profile]:
        return self._stored.all()

    def get(self, network: str, handle: str) -> Profile:
        """Raises:
        NotFound: there is no such profile.
        """
        found = self._stored.get(profile_id(network, handle))
        if found is None:
            raise NotFound(f"no profile {handle!r} on {network}", "`plnd profile list` lists them")
        return found

    def handle_keys(self) -> set[HandleKey]:
        return {handle_key(one.network, one.handle) for one in self.all()}

    def save(self, profile: Profile) -> Profile:
        self._stored.put(profile)
        self._on_change()
        return profile

    def add(self, wanted: ProfileRequest) -> Profile:
        """Add a profile by its handle or address.

        Raises:
            Invalid: the network is unknown, or the handle is none.
            Conflict: the profile is stored already.
        """
        self._context.check_network(wanted.network)
        handle = parse_handle(wanted.network, wanted.handle)
        key = profile_id(wanted.network, handle)
        if self._stored.get(key):
            raise Conflict(
                f"{handle!r} on {wanted.network} is kept already",
                f"`plnd profile set {wanted.network} {handle} active` takes it up again",
                field="handle",
            )
        log.info("a profile on %s is kept from now on", wanted.network)
        now = self._context.clock()
        return self.save(Profile(id=key, network=wanted.network, handle=handle, added_at=now))

    # -- decisions -----------------------------------------------------------------

    def decide(self, network: str, handle: str, choice: Choice) -> Profile:
        """Add a decision to the profile's list and apply it."""
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
        return self.save(replace(changed, steps_done={}) if choice == "close" else changed)

    def undo_decision(self, network: str, handle: str) -> Profile:
        """Undo the latest decision; the one before it applies again.

        Raises:
            Conflict: there is no decision.
        """
        profile, now = self.get(network, handle), self._context.clock()
        decided = latest_decision(profile.decisions)
        if decided is None:
            raise Conflict("nothing was decided of this profile", "there is nothing to undo")
        decisions = [
            replace(one, undone_at=now) if one is decided else one for one in profile.decisions
        ]
        return self.save(replace(profile, mode=decided.was, decisions=decisions))

    def mark_step(self, network: str, handle: str, step: str, *, done: bool) -> Profile:
        """Mark a step of closing as done or not; after the last step the profile is retired.

        Raises:
            NotFound: there is no such step.
            Conflict: the profile is not being closed.
        """
        profile, now = self.get(network, handle), self._context.clock()
        if step not in get_args(StepName):
            raise NotFound(f"no step {step!r}", "one of " + ", ".join(STEPS))
        if not is_closing(profile):
            raise Conflict(
                "this profile is not being closed", f"plnd profile set {network} {handle} close"
            )
        steps = {name: at for name, at in profile.steps_done.items() if name != step}
        if done:
            steps[step] = profile.steps_done.get(step, now)  # type: ignore[index, call-overload]
        profile = self.save(replace(profile, steps_done=steps))
        return profile if len(steps) < len(STEPS) else self.decide(network, handle, "retired")

    # -- last posts ----------------------------------------------------------------

    def after_commit(self, quarters: Mapping[int, QuarterSums]) -> None:
        """Read when the user last posted, if a commit brought own posts."""
        begins = [
            begin
            for begin, sums in quarters.items()
            if any(action in OWN_POSTS and count for (_, action), count in sums.acts.items())
        ]
        if begins:
            for network, at in self._context.log.queries.last_interactions(
                OWN_POSTS, min(begins)
            ).items():
                if at > self._own_posts.get(network, 0):
                    self._own_posts[network] = at
                    self._on_change()

    def save_last_post(self, profile: Profile, origin: Origin, found: PageReading, at: int) -> None:
        """Store a last post that was read at `at` (ms), unless a later one is stored.

        One page may show less than another did.
        """
        known = profile.last_posts.get(origin)
        if found.last_post_at is None or found.found_by is None:
            return
        gap_days = found.gap_days if found.gap_days is not None or not known else known.gap_days
        fresh = LastPost(
            at=found.last_post_at,
            taken_at=at,
            found_by=found.found_by,
            rough_ms=found.rough_ms,
            gap_days=gap_days,
        )
        if known and known.at - known.rough_ms > fresh.at - fresh.rough_ms:
            return
        self.save(replace(profile, last_posts={**profile.last_posts, origin: fresh}))

    def last_posts(self, profile: Profile) -> dict[Origin, LastPost]:
        """The last post by where it was found.

        A recorded act does not name the handle it was posted under, so it counts for every
        profile on its network that is not retired.
        """
        found = dict(profile.last_posts)
        at = self._own_posts.get(profile.network)
        if at is not None and profile.mode != "retired":
            found["acts"] = LastPost(at=at, taken_at=at, found_by="acts")
        return found

    # -- freshness -----------------------------------------------------------------

    def status(self, profile: Profile) -> ProfileStatus:
        found = best_last_post(self.last_posts(profile))
        last = found[1] if found else None
        now = self._context.clock()
        return ProfileStatus(profile, last, days_silent(last.at if last else None, now))

    def today(self) -> list[ProfileToday]:
        """How fresh each profile that is not retired is, the longest silent first."""
        rows = [self.status(one) for one in self.all() if one.mode != "retired"]
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
        """The notice due about silent profiles, marked as sent on disk before it is returned."""
        now = self._context.clock()
        statuses = [self.status(one) for one in self.all()]
        due = profile_notice(statuses, day=day, now=now, names=self._context.names, words=words)
        if due is None:
            return None
        notice, steps = due
        for key, step in steps.items():
            profile = self._stored.get(key)
            if profile:
                told = {**profile.told, str(step): now}
                self._stored.put(replace(profile, told=told))
        return notice

    def review_lines(self, since: int, words: Words = ENGLISH) -> list[str]:
        """The weekly review's lines about profiles; the review before it was at `since` (ms)."""
        statuses = [self.status(one) for one in self.all()]
        before = {
            one.profile.id: days
            for one in statuses
            if one.last and one.last.at <= since and (days := days_silent(one.last.at, since))
        }
        return monthly_lines(before, statuses, self._context.names, words)


def is_closing(profile: Profile) -> bool:
    """Whether the user is closing the account."""
    decided = latest_decision(profile.decisions)
    return decided is not None and decided.choice == "close"


def last_own_posts(log: Log) -> dict[str, int]:
    """When the user last posted, by network (ms)."""
    return log.queries.last_interactions(OWN_POSTS)
