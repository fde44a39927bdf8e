import assert from "node:assert/strict";
import { test } from "node:test";
import { badgeOf, secondsOver } from "../../extension/lib/badge.js";

const today = (state, left, spent = 1860) => ({
  state,
  left_seconds: left,
  spent_seconds: spent,
  budget_minutes: state === "off" ? null : 60,
});
const up = { ok: true, code: null };
const known = (state, left, spent) => ({
  today: today(state, left, spent),
  reach: up,
  pause: null,
});

test("minutes left are rounded up, so that 0 means none", () => {
  assert.equal(badgeOf(known("under", 1380)).text, "23");
  assert.equal(badgeOf(known("near", 61)).text, "2");
  assert.equal(badgeOf(known("near", 1)).text, "1");
  assert.equal(badgeOf(known("near", 0)).text, "0");
});

test("over is a word, and its title tells by how much", () => {
  const { text, title, seconds } = badgeOf(known("over", -300, 3900));
  assert.deepEqual([text, title, seconds], ["over", "badge_over", 300]);
  assert.equal(secondsOver(today("over", 0, 3900)), 300);
});

test("each state differs in text or title, never in colour alone", () => {
  const badges = [
    badgeOf(known("under", 100)),
    badgeOf(known("over", -1)),
    badgeOf(known("off", 0)),
    badgeOf({ today: null, reach: null, pause: null }),
    badgeOf({ ...known("under", 100), reach: { ok: false, code: "host_gone" } }),
    badgeOf({ ...known("under", 100), pause: { paused: true, until: null } }),
  ];
  assert.equal(new Set(badges.map(({ text, title }) => text + title)).size, badges.length);
  assert.equal(badges[4].text, "!");
  assert.equal(badges[5].text, "II");
});

test("no budget, or nothing known, is an empty badge and not a wrong number", () => {
  assert.equal(badgeOf(known("off", 0)).text, "");
  assert.equal(badgeOf({ today: null, reach: up, pause: null }).text, "");
});
