/**
 * PURE. Turns observations of the browser into visits: spans of time with a page of a network in
 * front of a user who is there.
 *
 * An observation is `{page, idle, listening}`: the page in front in the focused window
 * (`{network, page, handle, tag}` or null), the state of the machine ("active", "idle", "locked"),
 * and whether an idle user may still be listening (the tab plays sound and the last input is
 * less than five minutes old). All times are milliseconds since the epoch.
 */

/** An open visit is stored and sent this often: a killed browser loses no more than that. */
export const HEARTBEAT = 15_000;

/** Without an observation for longer than this a visit ends: the machine slept, the worker stopped. */
export const LONGEST_GAP = 2 * HEARTBEAT;

/** How often to observe while a page of a network is in front: no event tells of every focus. */
export const POLL_INTERVAL = 5_000;

/** Idle for this long ends a visit, at the observation that finds it: the wait itself counts. */
export const IDLE_SECONDS = 60;
export const IDLE_SECONDS_WITH_SOUND = 300;

export const LONGEST_VISIT = 12 * 60 * 60 * 1000;
export const SHORTEST_VISIT = 1000;

// A timer that fires a moment early must not delay the heartbeat until the next observation.
const HEARTBEAT_SLACK = 1000;

/**
 * Applies one observation.
 * @param {object | null} open the open span, as the last call returned it
 * @param {object} observation
 * @param {number} now when it was made
 * @param {(now: number) => string} newId creates the id of a new span
 * @returns {{open: object | null, visits: object[]}} visits to store: those that ended, and the
 *   open one when a heartbeat is due (same id, later end)
 */
export function applyObservation(open, observation, now, newId) {
  const visits = [];
  let span = open;
  if (span && (now < span.end || now - span.end > LONGEST_GAP)) {
    visits.push(toVisit(span));
    span = null;
  }
  const page = countedPage(span, observation);
  if (span && !isSamePage(span, page)) {
    visits.push(toVisit({ ...span, end: endOf(span, page, now) }));
    span = null;
  } else if (span && now - span.start > LONGEST_VISIT) {
    visits.push(toVisit(span));
    span = newSpan(page, span.end, newId);
  }
  if (!span) span = page && newSpan(page, now, newId);
  else span = { ...span, end: now };
  if (span && span.end - span.kept >= HEARTBEAT - HEARTBEAT_SLACK) {
    span = { ...span, kept: span.end };
    visits.push(toVisit(span));
  }
  return {
    open: span,
    visits: visits.filter((visit) => visit.end - visit.start >= SHORTEST_VISIT),
  };
}

/** `kept` is the end with which the span was last stored. */
function newSpan({ network, page, handle, tag = null }, now, newId) {
  return { id: newId(now), network, page, handle, tag, start: now, end: now, kept: now };
}

/** The page, if the user is there. Idle with sound continues a span but never begins one. */
function countedPage(span, { page, idle, listening }) {
  if (idle === "active" || (idle === "idle" && listening && span)) return page;
  return null;
}

/**
 * When a span ended whose end was found now. That is now, unless no page is left and the last
 * observation is old: then it may have ended at any time since, and nothing more is counted.
 */
function endOf(span, page, now) {
  return page === null && now - span.end > 2 * POLL_INTERVAL ? span.end : now;
}

function isSamePage(span, page) {
  return (
    page !== null &&
    span.network === page.network &&
    span.page === page.page &&
    span.handle === page.handle &&
    (span.tag ?? null) === (page.tag ?? null)
  );
}

function toVisit({ id, network, page, handle, tag = null, start, end }) {
  return { id, kind: "visit", network, page, handle, tag, start, end };
}
