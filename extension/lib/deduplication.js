/**
 * PURE. Which acts count: a request that comes again at once is one act, and what is taken back
 * at once was none. `done` is the list of the acts of the last minute, `{id, key, network, action,
 * tabId, at}`; it lives in session storage, in memory.
 */

/** The same request within this time is a retry or a double click, in milliseconds. */
export const AGAIN = 5000;

/** An undo takes back an act that is no older than this, if it has not been sent yet. */
export const BACK = 60_000;

/** An act stays in the queue for this long before it is sent: time to take it back. */
export const HOLD = 5000;

/**
 * What makes two requests the same: how, where to, by which rule, with which content; where one
 * act sends several that differ, by which rule on which tab. To be hashed, never kept as it is.
 */
export function sameness({ method, url: address, tabId }, { rule, once }, body) {
  if (once) return JSON.stringify([rule, tabId]);
  const form = body?.form && Object.entries(body.form).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([method, address, rule, form ?? body?.text ?? null]);
}

/** The one of `done` that an act is, come again; undefined for a new one. */
export function sameAs(done, { key, at }) {
  return done.find((one) => one.key === key && Math.abs(at - one.at) < AGAIN);
}

/** The list with an act added. One that came again takes its place, so a chain is one act. */
export function withAct(done, act) {
  const before = sameAs(done, act);
  const others = done.filter((one) => one !== before && act.at - one.at < BACK);
  return [...others, { ...act, id: before?.id ?? act.id }];
}

/** The act that an undo takes back: the latest of its kinds on the same tab, or none. */
export function takenBack(done, { of, network, tabId, at }) {
  return done.findLast(
    (one) =>
      one.network === network &&
      one.tabId === tabId &&
      of.includes(one.action) &&
      at - one.at < BACK,
  );
}
