"""Labels that say a post is pinned, or shared from somebody else, in many languages. Pure."""

import re
from typing import Literal

PostLabel = Literal["pinned", "shared"]
LONGEST = 60
"""A longer text is neither a label nor a date."""

# The whole text has to match.
_PINNED = re.compile(
    r"(?:pinned(?: .{1,30})?|(?:oben )?angeheftet(?:e[rs]? .{1,20})?"
    r"|(?:\w+ )?épinglée?(?: .{1,20})?"
    r"|(?:\w+ )?fijad[oa]|(?:post )?fissato(?: in alto)?|(?:post )?in evidenza|(?:\w+ )?fixad[oa]"
    r"|afixad[oa]|vastgezet|vastgemaakt(?:e? .{1,20})?|przypięt.{1,20}|fäst(?:a|t)?(?: inlägg)?"
    r"|fastgjort|sabitlen.{1,20}|закрепл.{1,20}|固定.{0,12}|ピン留め.{0,12}|置[顶頂].{0,6}|고정.{0,12}"
    r"|sticky|stickied(?: post)?)",
)
# The end of the text has to match: before it stands who shared the post.
_SHARED = re.compile(
    r"(?:\b(?:reposted|retweeted|boosted|reblogged|re-?shared)(?: this| it)?(?: .{0,24})?"
    r"|\b(?:likes|loves|celebrates|supports|commented on|finds) this.{0,20}"
    r"|(?:hat|haben) .{0,24}(?:repostet|retweetet|geteilt|gerebloggt|geboostet)|repostete.{0,12}"
    r"|gefällt das|hat das kommentiert|teilte .{0,20}beitrag"
    r"|(?:a|avez|ont) (?:reposté|republié|retweeté|repartagé|boosté|partagé).{0,20}|aime ceci"
    r"|a commenté ceci|reposteó|retwitteó|retuiteó|impulsó|republicó|compartió"
    r"|ha (?:reposteado|retuiteado|compartido|impulsado|republicado).{0,20}"
    r"|ha (?:ripostato|repostato|ritwittato|condiviso|ricondiviso).{0,20}"
    r"|(?:repostou|retweetou|republicou|impulsionou|compartilhou|partilhou).{0,20}"
    r"|heeft (?:gerepost|geretweet|geboost|gedeeld|dit .{0,12}gedeeld)|geretweet|boostte"
    r"|podał(?:a)? dalej|udostępnił(?:a)?|repostade|delade|boostade"
    r"|リポスト(?:しました)?|リツイート(?:しました)?|ブースト(?:しました)?|转发了|轉發了|转帖了"
    r"|리포스트함|재게시했습니다|сделал(?:а)? репост|ретвитнул(?:а)?)\.?$"
)
_PINNED_NAME = re.compile(
    r"(?:^|[\s_-])(?:pinned|icon-?pin|pin-?icon|thumb-?_?tack|icon-thumb_?tack|sticky|stickied"
    r"|video-card-badge)(?:$|[\s_-])"
)
_SHARED_NAME = re.compile(r"(?:^|\s)(?:u-repost-of|u-like-of|is-reblog|reblogged)(?:$|\s)")
_TEXT_ATTRIBUTES = ("aria-label", "title")

MAY_DATE = re.compile(
    r"[0-9]|^(?:now|today|yesterday|gestern|heute|jetzt|hier|ayer|hoy|ieri|oggi|ontem|hoje|"
    r"gisteren|vandaag|igår|wczoraj|昨日|今日|昨天|今天|어제|오늘|вчера|сегодня|an?\s|eine)\b",
    re.IGNORECASE,
)
"""Matches a text that may be a date in words."""


def label_of_text(text: str) -> PostLabel | None:
    """The label that a short text is, if any."""
    plain = text.strip().casefold()
    if _PINNED.fullmatch(plain):
        return "pinned"
    return "shared" if _SHARED.search(plain) else None


def label_of_attribute(name: str, value: str) -> PostLabel | None:
    """The label in an attribute: as words for people, or as the name of a class or icon."""
    plain = value.casefold()
    if name in _TEXT_ATTRIBUTES:
        return "pinned" if len(plain) <= LONGEST and _PINNED.fullmatch(plain) else None
    if _PINNED_NAME.search(plain):
        return "pinned"
    return "shared" if _SHARED_NAME.search(plain) else None
