/**
 * PURE. Finds what is wrong between this extension and the screen, as far as the extension knows.
 * The popup shows the first problem only: what lies behind it can't be judged.
 */
import { errorTextKey } from "./errors.js";

const DAY = 24 * 60 * 60 * 1000;

/** Another browser that was used and has sent nothing for this long is a problem. */
const SILENT_AFTER = 2 * DAY;

/** After this long it is no longer in use, and a message about it would only annoy. */
const ABANDONED_AFTER = 14 * DAY;

/**
 * @param {object} facts
 * @param {{ok: boolean, code: string | null} | null} facts.reach how the last request ended
 * @param {number} facts.queued events that wait to be sent
 * @param {number} facts.refused events that the daemon refused
 * @param {string[]} [facts.damaged] files that the daemon found damaged and set aside
 * @param {object[]} [facts.notices] oldest first; `shown` is false if the desktop did not show it
 * @param {object | null} [facts.today] with the browsers that sent events (`sources`)
 * @param {{browser: string}} facts.source this browser
 * @param {number} facts.now milliseconds since the epoch
 * @returns {{key: string, parts: (string | number)[]}[]} the texts that name the problem and its
 *   remedy; empty when all is well
 */
export function findProblem({ reach, queued, refused, damaged, notices, today, source, now }) {
  if (reach && !reach.ok) return [textOf(errorTextKey(reach.code)), ...queuedTexts(queued)];
  if (refused > 0) return [textOf("popup_refused", refused)];
  if (damaged?.length > 0) return [textOf("popup_damaged")];
  if (notices?.at(-1)?.shown === false) return [textOf("popup_not_shown")];
  const silent = today?.sources?.find((one) => isSilent(one, source, now));
  if (silent) {
    const days = Math.floor((now - silent.last_event_at) / DAY);
    return [textOf("popup_silent", capitalised(silent.browser), days)];
  }
  return [];
}

function textOf(key, ...parts) {
  return { key, parts };
}

function queuedTexts(count) {
  if (count === 0) return [];
  return [textOf(count === 1 ? "popup_kept_one" : "popup_kept", count)];
}

/** This browser is never silent: whoever sees the popup knows how long it was not used. */
function isSilent({ browser, last_event_at: last }, source, now) {
  const age = now - last;
  return browser !== source.browser && age >= SILENT_AFTER && age < ABANDONED_AFTER;
}

function capitalised(word) {
  return word[0].toUpperCase() + word.slice(1);
}
