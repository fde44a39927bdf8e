/**
 * PURE. The chain from here to the screen, as far as the extension knows it. The first
 * broken link is what the popup names: those behind it can't be judged.
 */
import { textKeyOf } from "./errors.js";

const DAY = 24 * 60 * 60 * 1000;

/** A browser that was used and sends nothing for this long is worth a word. */
const QUIET = 2 * DAY;

/** After this long it is no longer in use, and saying so again would only nag. */
const GIVEN_UP = 14 * DAY;

/**
 * @param {object} facts
 * @param {{ok: boolean, code: string | null} | null} facts.reach how the last request ended
 * @param {number} facts.kept events that wait
 * @param {number} facts.refused events that the daemon would not take
 * @param {string[]} [facts.damaged] files that the daemon set aside
 * @param {object[]} [facts.notices] what was told, oldest first; `shown` false: not on the desktop
 * @param {object | null} [facts.today] with the browsers that sent events (`sources`)
 * @param {{browser: string}} facts.source this browser
 * @param {number} facts.now
 * @returns {{key: string, parts: (string | number)[]}[]} the texts that name the link and what to
 *   do; empty when all is well
 */
export function brokenLink({ reach, kept, refused, damaged, notices, today, source, now }) {
  if (reach && !reach.ok) return [said(textKeyOf(reach.code)), ...waiting(kept)];
  if (refused > 0) return [said("popup_refused", refused)];
  if (damaged?.length > 0) return [said("popup_damaged")];
  if (notices?.at(-1)?.shown === false) return [said("popup_not_shown")];
  const silent = today?.sources?.find((one) => isSilent(one, source, now));
  if (silent) {
    const days = Math.floor((now - silent.last_event_at) / DAY);
    return [said("popup_silent", nameOf(silent.browser), days)];
  }
  return [];
}

function said(key, ...parts) {
  return { key, parts };
}

function waiting(kept) {
  if (kept === 0) return [];
  return [said(kept === 1 ? "popup_kept_one" : "popup_kept", kept)];
}

/** Whoever sees the popup is in this browser and knows how long it was not used. */
function isSilent({ browser, last_event_at: last }, source, now) {
  return browser !== source.browser && now - last >= QUIET && now - last < GIVEN_UP;
}

function nameOf(word) {
  return word[0].toUpperCase() + word.slice(1);
}
