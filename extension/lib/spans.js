/**
 * PURE. From looks at the browser to visits: spans of time with a page of a network in front
 * of somebody who is there.
 *
 * A look is `{page, idle, listening}`: the page in front of the focused window
 * (`{network, page, handle, tag}` or null), the state of the machine ("active", "idle", "locked"),
 * and whether an idle user may still be listening (the tab plays sound and the last input is
 * less than five minutes old). All times are milliseconds since the epoch.
 */

/** An open span is kept and sent this often, so that a killed browser costs no more. */
export const BEAT = 15_000;

/** Without a look for longer than this, nobody knows what was in front (sleep, a stopped worker). */
export const GAP = 2 * BEAT;

/** How often to look while a page of a network is in front: focus has no event to rely on. */
export const LOOK = 5_000;

/** Idle for this long ends a span. It ends when that is found, so the wait itself counts. */
export const IDLE_SECONDS = 60;
export const IDLE_SECONDS_WITH_SOUND = 300;

export const LONGEST_VISIT = 12 * 60 * 60 * 1000;
export const SHORTEST_VISIT = 1000;

// A timer that fires a moment early must not put the beat off to the next look.
const BEAT_SLACK = 1000;

/**
 * One look further.
 * @param {object | null} open the open span as the last step returned it
 * @param {object} seen the look
 * @param {number} now when it was taken
 * @param {(now: number) => string} newId makes the id of a span that begins
 * @returns {{open: object | null, visits: object[]}} visits to keep: those that ended, and the
 *   open one when a beat is due (same id, later end)
 */
export function step(open, seen, now, newId) {
  const visits = [];
  let span = open;
  if (span && (now < span.end || now - span.end > GAP)) {
    visits.push(visitOf(span));
    span = null;
  }
  const page = pageThatCounts(span, seen);
  if (span && !samePage(span, page)) {
    visits.push(visitOf({ ...span, end: endOf(span, page, now) }));
    span = null;
  } else if (span && now - span.start > LONGEST_VISIT) {
    visits.push(visitOf(span));
    span = begin(page, span.end, newId);
  }
  if (!span) span = page && begin(page, now, newId);
  else span = { ...span, end: now };
  if (span && span.end - span.kept >= BEAT - BEAT_SLACK) {
    span = { ...span, kept: span.end };
    visits.push(visitOf(span));
  }
  return {
    open: span,
    visits: visits.filter((visit) => visit.end - visit.start >= SHORTEST_VISIT),
  };
}

function begin({ network, page, handle, tag = null }, now, newId) {
  return { id: newId(now), network, page, handle, tag, start: now, end: now, kept: now };
}

/** The page, if somebody is there to see it. Being idle with sound only carries on, never begins. */
function pageThatCounts(span, { page, idle, listening }) {
  if (idle === "active" || (idle === "idle" && listening && span)) return page;
  return null;
}

/**
 * The moment at which a span ended that this look finds ended. With frequent looks that is now;
 * when the last one is older, a page that is simply gone may have been gone for long.
 */
function endOf(span, page, now) {
  return page === null && now - span.end > 2 * LOOK ? span.end : now;
}

function samePage(span, page) {
  return (
    page !== null &&
    span.network === page.network &&
    span.page === page.page &&
    span.handle === page.handle &&
    (span.tag ?? null) === (page.tag ?? null)
  );
}

function visitOf({ id, network, page, handle, tag = null, start, end }) {
  return { id, kind: "visit", network, page, handle, tag, start, end };
}
