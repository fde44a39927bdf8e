/**
 * PURE. Hashtags of followed chats, `[{network, tag}]` with tags in lower case, as the daemon gives
 * them. The extension sends which of them a page or a post carries, and no other tag.
 */

/** The actions whose request body may carry a hashtag of the user's. */
const ACTIONS_WITH_TEXT = ["post", "reply", "share"];

/** A tag as tags are compared: without its #, in lower case. */
const normalised = (tag) => tag.replace(/^[#＃]/, "").toLowerCase();

/** A page's tag if the user follows it on that network, else null. */
export function followedTag(tags, network, tag) {
  if (!tag) return null;
  const name = normalised(tag);
  return tags.some((one) => one.network === network && one.tag === name) ? name : null;
}

/** The first followed tag of the network in a body (as `readBody` returns it), else null. */
export function followedTagInBody(tags, { network, action }, body) {
  const candidates = tags.filter((one) => one.network === network);
  if (!body || candidates.length === 0 || !ACTIONS_WITH_TEXT.includes(action)) return null;
  const texts = textsIn(body);
  return candidates.find(({ tag }) => texts.some((one) => hasTag(one, tag)))?.tag ?? null;
}

/** A hashtag ends before a character that is no letter, digit or _; LinkedIn writes #| for #. */
function hasTag(text, tag) {
  const escaped = tag.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  return new RegExp(`[#＃]\\|?${escaped}(?![\\p{L}\\p{N}_])`, "iu").test(text);
}

/** All texts in a body: the values of JSON and of forms, at any depth. */
function textsIn({ text, form }) {
  if (form) return Object.values(form).flatMap((value) => textsIn({ text: value }));
  try {
    return stringsIn(JSON.parse(text));
  } catch {
    return [text, ...new URLSearchParams(text).values()];
  }
}

function stringsIn(value) {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}
