/** Each problem caused on purpose: the popup names it, and the first one only. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { findProblem } from "../../extension/lib/health.js";

const NOW = 1_795_456_800_000;
const DAY = 24 * 60 * 60 * 1000;
const WELL = {
  reach: { ok: true, code: null },
  queued: 0,
  refused: 0,
  damaged: [],
  notices: [{ shown: false }, { shown: true }],
  today: { sources: [{ browser: "chromium", last_event_at: NOW - 3 * DAY }] },
  source: { browser: "chromium" },
  now: NOW,
};
const silent = (days) => ({
  today: { sources: [{ browser: "firefox", last_event_at: NOW - days * DAY }] },
});

const PROBLEMS = [
  [
    "the host is not registered",
    { reach: { ok: false, code: "host_missing" } },
    ["error_host_missing"],
  ],
  [
    "it does not know the extension",
    { reach: { ok: false, code: "host_forbidden" } },
    ["error_host_forbidden"],
  ],
  [
    "the daemon does not start",
    { reach: { ok: false, code: "daemon_unreachable" } },
    ["error_daemon_unreachable"],
  ],
  [
    "and events wait",
    { reach: { ok: false, code: "host_gone" }, queued: 7 },
    ["error_host_gone", "popup_kept", 7],
  ],
  [
    "and one waits",
    { reach: { ok: false, code: "new" }, queued: 1 },
    ["error_other", "popup_kept_one", 1],
  ],
  ["events were refused", { refused: 2 }, ["popup_refused", 2]],
  ["a file was damaged", { damaged: ["a"] }, ["popup_damaged"]],
  ["the desktop is silent", { notices: [{ shown: true }, { shown: false }] }, ["popup_not_shown"]],
  ["another browser is silent", silent(2), ["popup_silent", "Firefox", 2]],
  ["the first of two", { ...silent(3), refused: 1 }, ["popup_refused", 1]],
];

for (const [what, facts, wanted] of PROBLEMS) {
  test(what, () => {
    const found = findProblem({ ...WELL, ...facts });
    assert.deepEqual(
      found.flatMap(({ key, parts }) => [key, ...parts]),
      wanted,
    );
  });
}

test("without a problem, or before anything is known, there is no text", () => {
  assert.deepEqual(findProblem(WELL), []);
  const { source, now } = WELL;
  assert.deepEqual(
    findProblem({ reach: null, queued: 3, refused: 0, today: null, source, now }),
    [],
  );
  assert.deepEqual(findProblem({ ...WELL, ...silent(1.9) }), []);
});

test("a browser that is no longer used is not reported, nor is this one", () => {
  assert.deepEqual(findProblem({ ...WELL, ...silent(14) }), []);
  assert.deepEqual(findProblem({ ...WELL, ...silent(3), source: { browser: "firefox" } }), []);
});
