/**
 * PURE. Hashtags of followed chats: the daemon says which (`[{network, tag}]`, tags in lower
 * case), and that one of them matched is all that is ever sent.
 */

/** The acts whose body may carry a hashtag of the user's. */
const TALKING = ["post", "reply", "share"];

/** How tags are compared: the # and the case do not matter. */
const keyOf = (tag) => tag.replace(/^[#＃]/, "").toLowerCase();

/** The followed tag that a page is about; null for any other. */
export function followedTag(tags, network, tag) {
  if (!tag) return null;
  const key = keyOf(tag);
  return tags.some((one) => one.network === network && one.tag === key) ? key : null;
}

/** The first followed tag of the network that a body (as `readBody` gives it) carries, else null. */
export function tagOfBody(tags, { network, action }, body) {
  const wanted = tags.filter((one) => one.network === network);
  if (!body || wanted.length === 0 || !TALKING.includes(action)) return null;
  const said = textsOf(body);
  return wanted.find(({ tag }) => said.some((one) => hasTag(one, tag)))?.tag ?? null;
}

/** A hashtag ends where a letter, a digit or a _ does; some networks put a | after the #. */
function hasTag(said, tag) {
  const plain = tag.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  return new RegExp(`[#＃]\\|?${plain}(?![\\p{L}\\p{N}_])`, "iu").test(said);
}

/** All texts of a body: of JSON and of forms their values, however deep. */
function textsOf({ text, form }) {
  if (form) return Object.values(form).flatMap((value) => textsOf({ text: value }));
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
