"""Profiles in the API's shape: how each stands, and what can be done about it."""

from collections.abc import Iterable

from plnd.core.context import DAY_MS, Context, translated_feed
from plnd.core.profiles.addresses import fill_template, profile_address
from plnd.core.profiles.profiles import OWN_POSTS, Profiles, is_closing
from plnd.measures.freshness import (
    VISITED_DAYS,
    ProfileStatus,
    best_last_post,
    median_gap_days,
    out_of_rhythm,
    peace_until,
    silence,
)
from plnd.model.profiles import STEPS, CloseStep, LastPost, Profile, ProfileView, Silence
from plnd.reading import network_rules
from plnd.words.messages import ENGLISH, Words

RHYTHM_DAYS = 730


class ProfileViews:
    def __init__(self, context: Context, profiles: Profiles) -> None:
        self._context = context
        self._profiles = profiles

    def all(self, words: Words = ENGLISH) -> list[ProfileView]:
        """Every profile, the one that most needs attention first."""
        activity = _NetworkActivity(self._context)
        rows = [self._view(one, activity, words) for one in self._profiles.all()]
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
        return self._view(profile, _NetworkActivity(self._context), words)

    def _view(self, profile: Profile, activity: "_NetworkActivity", words: Words) -> ProfileView:
        now, status = self._context.clock(), self._profiles.status(profile)
        last_posts = self._profiles.last_posts(profile)
        found = best_last_post(last_posts)
        origin, last = found if found else (None, None)
        gap = activity.usual_gap_days(profile.network, last_posts.values())
        until = peace_until(profile)
        return ProfileView(
            network=profile.network,
            name=self._context.names.get(profile.network, profile.network),
            handle=profile.handle,
            url=profile_address(profile),
            mode=profile.mode,
            added_at=profile.added_at,
            last_post_at=last.at if last else None,
            rough=bool(last and last.rough_ms),
            origin=origin,
            found_by=last.found_by if last else None,
            days_silent=status.days,
            freshness=status.freshness,
            usual_gap_days=gap,
            out_of_rhythm=out_of_rhythm(status.days, gap),
            silence=activity.silence(status),
            card=status.has_card(now),
            peace_until=until if until > now and profile.mode == "active" else None,
            compose_url=fill_template(
                network_rules.rules_of(profile.network).compose_url, profile.handle
            ),
            closing=_closing_steps(profile, words) if is_closing(profile) else [],
            decisions=profile.decisions,
            last_posts=last_posts,
            feed=translated_feed(profile.feed, words),
        )


class _NetworkActivity:
    """The user's own activity by network, read from the log once for all views of an answer."""

    def __init__(self, context: Context) -> None:
        now = context.clock()
        self._visited = context.log.queries.visited_networks(now - VISITED_DAYS * DAY_MS)
        self._days: dict[str, set[int]] = {}
        for network, begin in context.log.queries.interaction_quarters(
            OWN_POSTS, now - RHYTHM_DAYS * DAY_MS
        ):
            self._days.setdefault(network, set()).add(begin // DAY_MS * DAY_MS)

    def usual_gap_days(self, network: str, last_posts: Iterable[LastPost]) -> float | None:
        """The median days between own posts, from the log or else from the newest reading."""
        own = median_gap_days(self._days.get(network, ()))
        if own is not None:
            return own
        with_gap = [one for one in last_posts if one.gap_days is not None]
        newest = max(with_gap, key=lambda one: one.taken_at, default=None)
        return newest.gap_days if newest else None

    def silence(self, status: ProfileStatus) -> Silence | None:
        return silence(status.freshness, visited=status.profile.network in self._visited)


def _closing_steps(profile: Profile, words: Words) -> list[CloseStep]:
    known = network_rules.rules_of(profile.network)
    urls = {"export": known.export_url, "note": known.compose_url}
    urls["delete"] = known.delete_account_url
    return [
        CloseStep(
            step=step,
            title=words.say(f"step_{step}"),
            url=fill_template(urls[step], profile.handle),
            done_at=profile.steps_done.get(step),
        )
        for step in STEPS
    ]
