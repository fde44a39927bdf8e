"""Generates profile pages with the markup of each network, for a person named me.

A shape is the markup of one post; a page has a person's posts and what else is on such pages. The
right reading of a generated page is known.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from plnd.reading.network_rules import load
from support.builders import DAY, HOUR, MINUTE, NOON

ME, OTHER = "me", "someoneelse"
FILLER = "Words of a post, as long as they are in most posts and of no interest to anybody here. "


@dataclass(frozen=True)
class Post:
    """A post: when, by whom; `pinned` to the top, or `shared` on by the page's owner.

    The page is seen at `seen_at`.
    """

    at: int
    author: str = ME
    pinned: bool = False
    shared: bool = False
    words: str = FILLER
    language: str = "en"
    seen_at: int = NOON

    @property
    def iso(self) -> str:
        return datetime.fromtimestamp(self.at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def label(self) -> str:
        """The text above a post that is pinned or shared."""
        words = {
            "en": ("Pinned", "Me reposted"),
            "de": ("Angeheftet", "Me hat repostet"),
            "ja": ("固定されたポスト", "Meさんがリポストしました"),
        }[self.language]
        return words[0] if self.pinned else words[1] if self.shared else ""

    def ago(self) -> str:
        """How long ago, as pages write it."""
        units = {
            "en": ("h", "d", "w", "mo", "y"),
            "de": (" Std.", " Tage", " Wochen", " Monate", " Jahre"),
            "ja": ("時間前", "日前", "週間前", "か月前", "年前"),
        }[self.language]
        lengths = (HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY)
        passed = max(HOUR, self.seen_at - self.at)
        number = max(n for n, length in enumerate(lengths) if passed >= length)
        start = "vor " if self.language == "de" else ""
        return f"{start}{passed // lengths[number]}{units[number]}"


def id_of(network: str, at: int) -> str:
    """The id that the network gives to a post made at that moment."""
    form = load()[network].id_time
    assert form
    since = {"s": (at - form.epoch_ms) // 1000, "ms": at - form.epoch_ms, "us": at * 1000}
    number = since[form.unit] << form.shift | (1 << form.shift) // 3
    if form.alphabet == "decimal":
        return str(number)
    signs = {
        "base64": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        "base32": "234567abcdefghijklmnopqrstuvwxyz",
    }[form.alphabet]
    written = ""
    while number:
        number, rest = divmod(number, len(signs))
        written = signs[rest] + written
    return written.rjust({"base64": 11, "base32": 13}[form.alphabet], signs[0])


# ---- the markup of a post on each network


def _x(post: Post) -> str:
    above = f'<div data-testid="socialContext"><span>{post.label()}</span></div>'
    link = f"/{post.author}/status/{id_of('x', post.at)}"
    return (
        f'<article data-testid="tweet" role="article">{above if post.label() else ""}'
        f'<div data-testid="User-Name"><a href="/{post.author}">Name</a>'
        f'<a href="{link}"><time datetime="{post.iso}">Nov 2</time></a></div>'
        f'<div data-testid="tweetText"><span>{post.words}</span></div>'
        '<div role="link"><time datetime="2026-11-23T08:00:00.000Z">quoted</time></div>'
        '<button aria-label="1 repost. Repost" data-testid="retweet"></button></article>'
    )


def _mastodon(post: Post) -> str:
    number = id_of("mastodon", post.at)
    author = post.author if post.author == ME else f"{post.author}@elsewhere.example"
    above = f'<div class="status__prepend"><i class="icon"></i><span>{post.label()}</span></div>'
    return (
        f'<article data-id="{number}"><div class="status__wrapper">{above if post.label() else ""}'
        f'<div class="status" data-id="{number}"><a class="status__relative-time" '
        f'href="/@{author}/{number}"><time datetime="{post.iso}">3d</time></a>'
        f'<a class="status__display-name" href="/@{author}">Name</a>'
        f'<div class="status__content"><p>{post.words}</p></div></div></div></article>'
    )


def _linkedin(post: Post) -> str:
    urn = f"urn:li:activity:{id_of('linkedin', post.at)}"
    above = f'<span class="update-components-header__text-view">{post.label()} this</span>'
    if post.pinned or post.language != "en":
        above = above.replace(" this", "")
    return (
        f'<div class="feed-shared-update-v2" data-urn="{urn}">{above if post.label() else ""}'
        f'<a href="https://www.linkedin.com/in/{post.author}?mini"><span>Name</span></a>'
        f"<span>{post.ago()} • </span><p>{post.words}</p>"
        f'<a href="https://www.linkedin.com/feed/update/{urn}/">Comment</a></div>'
    )


def _facebook(post: Post) -> str:
    above = f"<span>{post.label()}</span>" if post.label() else ""
    return (
        f'<div role="article" aria-posinset="1">{above}<h4><a href="/{post.author}?__cft__=1">'
        f'Name</a></h4><a href="/{post.author}/posts/pfbid0{post.at}" '
        f'aria-label="{post.ago()}"><span>·</span></a><div>{post.words}</div>'
        f'<div role="article" aria-label="Comment by Other"><a href="/{OTHER}?comment_id=1">'
        'Other</a><a href="/me/posts/pfbid1?comment_id=2">1 h</a></div></div>'
    )


def _bluesky(post: Post) -> str:
    key = id_of("bluesky", post.at)
    return (
        f'<div data-testid="feedItem-by-{post.author}.bsky.social"><div>{post.label()}</div>'
        f'<a href="/profile/{post.author}.bsky.social"><img></a>'
        f'<a href="/profile/{post.author}.bsky.social/post/{key}">{post.ago()}</a>'
        f"<div>{post.words}</div></div>"
    )


def _instagram(post: Post) -> str:
    pin = '<svg aria-label="Pinned post icon"></svg>' if post.pinned else ""
    return f'<div><a href="/{post.author}/p/{id_of("instagram", post.at)}/"><img>{pin}</a></div>'


def _threads(post: Post) -> str:
    return (
        f'<div data-pressable-container="true"><div>{post.label()}</div>'
        f'<a href="/@{post.author}">{post.author}</a>'
        f'<a href="/@{post.author}/post/{id_of("threads", post.at)}">'
        f'<time datetime="{post.iso}">3d</time></a><span>{post.words}</span></div>'
    )


def _tiktok(post: Post) -> str:
    badge = '<div data-e2e="video-card-badge">Pinned</div>' if post.pinned else ""
    return (
        f'<div data-e2e="user-post-item"><a href="https://www.tiktok.com/@{post.author}/video/'
        f'{id_of("tiktok", post.at)}"><img>{badge}<strong>1.2M</strong></a></div>'
    )


def _reddit(post: Post) -> str:
    pinned = " stickied" if post.pinned else ""
    return (
        f'<shreddit-post author="{post.author}" created-timestamp="{post.iso}"{pinned}>'
        f'<a href="/user/{post.author}/">u/{post.author}</a><faceplate-timeago ts="{post.iso}">'
        f"3d</faceplate-timeago><p>{post.words}</p></shreddit-post>"
    )


def _tumblr(post: Post) -> str:
    return (
        f'<article><header><span>{post.label()}</span><a href="/{post.author}">{post.author}</a>'
        f'<time datetime="{post.iso}">Nov 2</time></header><p>{post.words}</p></article>'
    )


def _discourse(post: Post) -> str:
    return (
        f'<li class="user-stream-item"><a href="/u/{post.author}"><img></a>'
        f'<span class="relative-date" data-time="{post.at}">3d</span><p>{post.words}</p></li>'
    )


def _stackexchange(post: Post) -> str:
    title = datetime.fromtimestamp(post.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return f'<div><span title="{title}" class="relativetime">Nov 2</span>{post.words}</div>'


def _github(post: Post) -> str:
    return (
        f'<div><a href="/{ME}/x">x</a><relative-time datetime="{post.iso}"></relative-time></div>'
    )


def _hackernews(post: Post) -> str:
    title = datetime.fromtimestamp(post.at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return (
        f'<tr class="athing"><td>{post.words}</td></tr><tr><td><a href="user?id={post.author}" '
        f'class="hnuser">{post.author}</a> <span class="age" title="{title} {post.at // 1000}">'
        '<a href="item?id=1">3 days ago</a></span></td></tr>'
    )


def _blog(post: Post) -> str:
    return (
        f'<article class="hentry{" sticky" if post.pinned else ""}"><p>{post.label()}</p><h2>Title'
        f'</h2><time class="entry-date" datetime="{post.iso}">2 November</time>'
        f"<p>{post.words}</p></article>"
    )


def _blogger(post: Post) -> str:
    return f'<div class="hentry"><abbr class="published" title="{post.iso}">x</abbr></div>'


def _youtube(post: Post) -> str:
    return (
        '<ytd-rich-item-renderer><a href="/watch?v=abcdefghijk">Title</a><span>1,234 views</span>'
        f"<span>{post.ago()}</span></ytd-rich-item-renderer>"
    )


def _discord(post: Post) -> str:
    number = id_of("discord", post.at)
    return (
        f'<li id="chat-messages-1-{number}"><h3>{post.author}</h3><time datetime="{post.iso}">3'
        f"</time><div>{post.words}</div></li>"
    )


def _slack(post: Post) -> str:
    return f'<div><a class="c-timestamp" data-ts="{post.at / 1000:.6f}">9:41</a>{post.words}</div>'


def _undated(post: Post) -> str:
    return f"<div><h3>{post.author}</h3><p>{post.words}</p></div>"


@dataclass(frozen=True)
class Shape:
    """One network's pages: `reads` is what can be read of them."""

    post: Callable[[Post], str]
    url: str
    reads: str = "exact"
    handle: str = ME
    can: frozenset[str] = field(default_factory=lambda: frozenset({"pinned", "shared"}))


NEITHER: frozenset[str] = frozenset()
SHAPES = {
    "blogger": Shape(_blogger, "https://me.blogspot.com/", can=NEITHER),
    "bluesky": Shape(_bluesky, "https://bsky.app/profile/me.bsky.social", handle="me.bsky.social"),
    "discord": Shape(_discord, "https://discord.com/users/me", "unknown"),
    "discourse": Shape(_discourse, "https://meta.example/u/me/activity", can=frozenset({"shared"})),
    "facebook": Shape(_facebook, "https://www.facebook.com/me", "rough"),
    "github": Shape(_github, "https://github.com/me", can=NEITHER),
    "goodreads": Shape(_undated, "https://www.goodreads.com/user/show/1", "unknown"),
    "hackernews": Shape(
        _hackernews, "https://news.ycombinator.com/submitted?id=me", can=frozenset({"shared"})
    ),
    "instagram": Shape(_instagram, "https://www.instagram.com/me/"),
    "linkedin": Shape(_linkedin, "https://www.linkedin.com/in/me/recent-activity/all/"),
    "mastodon": Shape(_mastodon, "https://mastodon.social/@me"),
    "medium": Shape(_blog, "https://medium.com/@me"),
    "pinterest": Shape(_undated, "https://www.pinterest.com/me/", "unknown"),
    "quora": Shape(_undated, "https://www.quora.com/profile/me", "unknown"),
    "reddit": Shape(_reddit, "https://www.reddit.com/user/me/"),
    "slack": Shape(_slack, "https://app.slack.com/client/T1/user_profile/me", "unknown"),
    "stackexchange": Shape(_stackexchange, "https://stackoverflow.com/users/1", can=NEITHER),
    "substack": Shape(_blog, "https://substack.com/@me"),
    "threads": Shape(_threads, "https://www.threads.com/@me"),
    "tiktok": Shape(_tiktok, "https://www.tiktok.com/@me"),
    "tumblr": Shape(_tumblr, "https://www.tumblr.com/me"),
    "wordpress": Shape(_blog, "https://me.wordpress.com/"),
    "x": Shape(_x, "https://x.com/me"),
    "youtube": Shape(_youtube, "https://www.youtube.com/@me/videos", "rough", can=NEITHER),
}


@dataclass(frozen=True)
class GeneratedPage:
    """A page, and when its owner last posted as far as the page shows it."""

    html: str
    last_post_at: int | None


EXPECTED_VERDICTS = {
    "exact": {"right"},
    "rough": {"right", "rough"},
    "unknown": {"right", "unknown"},
}
"""The verdicts that are right, by what pages of that shape show."""


def verdict(read: int | None, rough_ms: int, truth: int | None) -> str:
    """`right`, `rough` when the truth lies within what was read, `unknown`, or `wrong`."""
    if read is None:
        return "right" if truth is None else "unknown"
    if truth is None:
        return "wrong"
    if rough_ms:
        return "rough" if read - rough_ms <= truth <= read else "wrong"
    return "right" if abs(read - truth) < 1000 else "wrong"


def page(network: str, posts: list[Post], more: str = "") -> GeneratedPage:
    """A profile's page with these posts, in this order."""
    shape = SHAPES[network]
    header = (
        f'<header><h1>Me</h1><p>{FILLER}Joined 2011</p><a href="/settings">Edit</a></header><nav>'
        '<a href="/home">Home</a></nav>'
    )
    footer = f'<aside><h2>Who to follow</h2><a href="/@{OTHER}">Other</a></aside>'
    body = "".join(shape.post(post) for post in posts)
    own = [post.at for post in posts if post.author == ME and not (post.pinned or post.shared)]
    return GeneratedPage(f"<main>{header}{body}{footer}{more}</main>", max(own, default=None))


def posts(
    count: int, *, first_days: float = 5, apart_days: float = 3, now: int = NOON, **given: str
) -> list[Post]:
    """The owner's posts, newest first, as they are at `now`."""
    at = [now - int((first_days + n * apart_days) * DAY) - 7 * MINUTE for n in range(count)]
    return [Post(moment, seen_at=now, **given) for moment in at]  # type: ignore[arg-type]


def variants(network: str, now: int = NOON) -> Iterator[tuple[str, GeneratedPage]]:
    """A network's pages by name: long and short, pinned, full of reposts, empty, …"""
    can = SHAPES[network].can
    own = posts(4, now=now)
    yield "short", page(network, posts(2, now=now))
    yield "long", page(network, posts(250, first_days=40, apart_days=1.5, now=now))
    if "pinned" in can:
        # The worst case: the pinned post is newer than all others.
        yield "pinned", page(network, [Post(now - DAY, pinned=True), *own])
        yield "only pinned", page(network, [Post(now - 400 * DAY, pinned=True)])
    if "shared" in can:
        theirs = [Post(now - n * HOUR, OTHER, shared=True) for n in range(1, 30)]
        yield "full of reposts", page(network, [*theirs[:15], *own, *theirs[15:]])
        yield "only reposts", page(network, theirs)
    yield "empty", page(network, [])
    yield "logged out", page(network, [], "<form><input name=password></form><p>Log in</p>")
    for language in ("de", "ja"):
        made = posts(3, first_days=95, now=now, language=language)
        if "pinned" in can:
            made.insert(0, Post(now - DAY, pinned=True, language=language))
        yield f"in {language}", page(network, made)
    large = posts(1000, first_days=61, apart_days=0.5, now=now, words=FILLER * 6)
    yield "large", page(network, large)


SECRET = "secret word"


def document(made: GeneratedPage) -> str:
    """The page as a site sends it: with scripts, styles and a text field."""
    return (
        f"<!doctype html><title>{SECRET}</title><style>main {{color: black}}</style>{made.html}"
        f"<textarea>{SECRET}</textarea><script>document.title += '!'</script>"
    )
