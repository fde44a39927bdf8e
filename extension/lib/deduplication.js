/**
 * PURE. Which interactions count: a request that is repeated within seconds is one interaction, and
 * one that the user undoes before it was sent is none. `recent` lists the interactions of the last
 * minute, `{id, key, network, action, tabId, at}`; it is kept in session storage, in memory.
 */

/** The same request within this time is a retry or a double click, in milliseconds. */
export const DUPLICATE_WINDOW = 5000;

/** An undo removes an interaction no older than this, unless it was sent, in milliseconds. */
export const UNDO_WINDOW = 60_000;

/** An interaction stays in the queue this long before it is sent, so that it can be undone. */
export const SEND_DELAY = 5000;

/**
 * What makes two requests the same: method, address, rule and content. Where one interaction sends
 * several different requests (`once`), only the rule and the tab. The caller must hash it: it
 * contains what the user wrote.
 */
export function requestFingerprint({ method, url, tabId }, { rule, once }, body) {
  if (once) return JSON.stringify([rule, tabId]);
  const form = body?.form && Object.entries(body.form).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([method, url, rule, form ?? body?.text ?? null]);
}

/** The recent interaction that this one repeats; undefined for a new one. */
export function findDuplicate(recent, { key, at }) {
  return recent.find((one) => one.key === key && Math.abs(at - one.at) < DUPLICATE_WINDOW);
}

/**
 * The list with an interaction added. A duplicate replaces the earlier one and keeps its id, so that
 * a chain of retries is one interaction.
 */
export function withInteraction(recent, interaction) {
  const earlier = findDuplicate(recent, interaction);
  const others = recent.filter((one) => one !== earlier && interaction.at - one.at < UNDO_WINDOW);
  return [...others, { ...interaction, id: earlier?.id ?? interaction.id }];
}

/** The interaction that an undo removes: the latest of the actions `of` on the same tab. */
export function findUndone(recent, { of, network, tabId, at }) {
  return recent.findLast(
    (one) =>
      one.network === network &&
      one.tabId === tabId &&
      of.includes(one.action) &&
      at - one.at < UNDO_WINDOW,
  );
}
