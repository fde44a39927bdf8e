import assert from "node:assert/strict";
import { test } from "node:test";
import {
  applyObservation,
  HEARTBEAT,
  LONGEST_GAP,
  LONGEST_VISIT,
  POLL_INTERVAL,
  SHORTEST_VISIT,
} from "../../extension/lib/spans.js";
import { randomFrom } from "./fake-storage.js";

const FEED = { network: "x", page: "feed", handle: null };
const NASA = { network: "x", page: "profile", handle: "nasa" };
const GROUP = { network: "facebook", page: "group", handle: null };
const START = 1_795_456_800_000;

/** Applies observations (`[at in ms after the start, observation]`) and gives the visits by their last state. */
function play(list) {
  let open = null;
  let number = 0;
  const byId = new Map();
  const heartbeats = [];
  for (const [at, observation] of list) {
    const next = applyObservation(open, observation, START + at, () => `id-${number++}`);
    open = next.open;
    for (const visit of next.visits) {
      byId.set(visit.id, visit);
      heartbeats.push(visit);
    }
  }
  const visits = [...byId.values()];
  const lengths = visits.map(({ start, end }) => [start - START, end - START]);
  return { open, visits, heartbeats, lengths };
}

const on = (page) => ({ page, idle: "active", listening: false });
const away = on(null);
const idle = (page, listening = false) => ({ page, idle: "idle", listening });
const locked = (page) => ({ page, idle: "locked", listening: true });

/** An observation every five seconds from `from` to `to`, both included. */
function observations(from, to, observation) {
  const list = [];
  for (let at = from; at <= to; at += POLL_INTERVAL) list.push([at, observation]);
  return list;
}

test("a page in front is one visit, from the first observation to the one that finds it gone", () => {
  const { visits, lengths } = play([...observations(0, 60_000, on(FEED)), [63_000, away]]);
  assert.deepEqual(lengths, [[0, 63_000]]);
  assert.deepEqual(
    { ...visits[0], id: 0, start: 0, end: 0 },
    {
      id: 0,
      kind: "visit",
      ...FEED,
      tag: null,
      start: 0,
      end: 0,
    },
  );
});

test("an open visit is stored at every heartbeat, under the same id and with a later end", () => {
  const { heartbeats } = play(observations(0, 60_000, on(FEED)));
  assert.deepEqual(
    heartbeats.map(({ end }) => end - START),
    [15_000, 30_000, 45_000, 60_000],
  );
  assert.equal(new Set(heartbeats.map(({ id }) => id)).size, 1);
});

test("another page, handle or network is another visit, and no second lies between them", () => {
  const { lengths, visits } = play([
    [0, on(FEED)],
    [4000, on(NASA)],
    [9000, on(GROUP)],
    [12_000, away],
  ]);
  assert.deepEqual(lengths, [
    [0, 4000],
    [4000, 9000],
    [9000, 12_000],
  ]);
  assert.deepEqual(
    visits.map(({ page }) => page),
    ["feed", "profile", "group"],
  );
});

test("a visit under a second is not worth an event", () => {
  assert.deepEqual(
    play([
      [0, on(FEED)],
      [SHORTEST_VISIT - 1, on(NASA)],
      [5000, away],
    ]).lengths,
    [[999, 5000]],
  );
});

test("idle ends a visit at the observation that finds it, and input begins another", () => {
  const { lengths } = play([
    ...observations(0, 60_000, on(FEED)),
    [62_000, idle(FEED)],
    ...observations(65_000, 300_000, idle(FEED)),
    ...observations(305_000, 320_000, on(FEED)),
  ]);
  assert.deepEqual(lengths, [
    [0, 62_000],
    [305_000, 320_000],
  ]);
});

test("idle with sound carries on, also to the next page, until listening ends", () => {
  const { lengths } = play([
    ...observations(0, 60_000, on(FEED)),
    ...observations(65_000, 200_000, idle(FEED, true)),
    ...observations(205_000, 300_000, idle(NASA, true)),
    [305_000, idle(NASA, false)],
  ]);
  assert.deepEqual(lengths, [
    [0, 205_000],
    [205_000, 305_000],
  ]);
});

test("sound that begins while nobody is there begins no visit", () => {
  const { lengths } = play([
    [0, on(FEED)],
    [60_000 - LONGEST_GAP, on(FEED)],
    [65_000 - LONGEST_GAP, idle(FEED)],
    ...observations(70_000, 200_000, idle(FEED, true)),
  ]);
  assert.equal(lengths.length, 1);
  assert.ok(lengths[0][1] <= 65_000);
});

test("a locked screen ends a visit at once, with or without sound", () => {
  assert.deepEqual(
    play([
      [0, on(FEED)],
      [5000, locked(FEED)],
      [10_000, locked(FEED)],
    ]).lengths,
    [[0, 5000]],
  );
});

test("a gap of more than two heartbeats ends a visit at its last observation", () => {
  const { lengths } = play([
    ...observations(0, 20_000, on(FEED)),
    [20_001 + LONGEST_GAP, on(FEED)],
    [25_000 + LONGEST_GAP, on(FEED)],
    [40_000 + LONGEST_GAP, on(FEED)],
  ]);
  assert.deepEqual(lengths, [
    [0, 20_000],
    [20_001 + LONGEST_GAP, 40_000 + LONGEST_GAP],
  ]);
});

test("a machine that slept for hours loses no second and wins none", () => {
  const night = 8 * 3600_000;
  const { lengths } = play([
    ...observations(0, 30_000, on(FEED)),
    ...observations(night, night + 30_000, on(FEED)),
  ]);
  assert.deepEqual(lengths, [
    [0, 30_000],
    [night, night + 30_000],
  ]);
});

test("a worker that was stopped for up to two heartbeats finds its visit again", () => {
  const { lengths } = play([
    ...observations(0, 20_000, on(FEED)),
    [20_000 + LONGEST_GAP, on(FEED)],
    [55_000, away],
  ]);
  assert.deepEqual(lengths, [[0, 55_000]]);
});

test("a page that went while nobody looked ends at the last observation", () => {
  assert.deepEqual(
    play([
      [0, on(FEED)],
      [5000, on(FEED)],
      [25_000, away],
    ]).lengths,
    [[0, 5000]],
  );
});

test("a clock that goes back ends the visit and begins another", () => {
  const { lengths } = play([
    ...observations(0, 60_000, on(FEED)),
    ...observations(20_000, 40_000, on(FEED)),
  ]);
  assert.deepEqual(lengths, [
    [0, 60_000],
    [20_000, 35_000],
  ]);
});

test("a visit never grows past twelve hours, and the split costs nothing", () => {
  const end = LONGEST_VISIT + 3600_000;
  const { lengths } = play([...observations(0, end, on(FEED)), [end + 1, away]]);
  assert.deepEqual(lengths, [
    [0, LONGEST_VISIT],
    [LONGEST_VISIT, end + 1],
  ]);
});

test("whatever happens, visits never overlap, count no absence and no more than the clock", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = randomFrom(seed);
    const pick = (list) => list[Math.floor(random() * list.length)];
    let at = 0;
    const played = [];
    for (let index = 0; index < 200; index += 1) {
      at += Math.floor(random() ** 4 * pick([5000, 15_000, 60_000, 3600_000]));
      const page = pick([null, FEED, FEED, NASA, GROUP]);
      played.push([
        at,
        pick([on(page), on(page), on(page), idle(page), idle(page, true), locked(page)]),
      ]);
    }
    const { visits, heartbeats } = play(played);
    const total = visits.reduce((sum, { start, end }) => sum + end - start, 0);
    assert.ok(total <= at, `seed ${seed}: ${total} of ${at} ms`);
    visits.sort((a, b) => a.start - b.start);
    for (const [index, { start, end }] of visits.entries()) {
      assert.ok(end - start >= SHORTEST_VISIT && end - start <= LONGEST_VISIT, `seed ${seed}`);
      assert.ok(index === 0 || visits[index - 1].end <= start, `seed ${seed}: an overlap`);
    }
    for (const [index, [time, observation]] of played.slice(0, -1).entries()) {
      const next = played[index + 1][0];
      const unseen =
        observation.page === null || observation.idle === "locked" || next - time > LONGEST_GAP;
      const counted = visits.some(({ start, end }) => start - START < next && end - START > time);
      assert.ok(!(unseen && counted), `seed ${seed}: counted ${time} to ${next}`);
    }
    const ends = new Map();
    for (const { id, end } of heartbeats) {
      assert.ok(end >= (ends.get(id) ?? 0), `seed ${seed}: a visit shrank`);
      ends.set(id, end);
    }
  }
});

test("an observation every five seconds costs at most one write a heartbeat", () => {
  const { heartbeats } = play(observations(0, 10 * 60_000, on(FEED)));
  assert.equal(heartbeats.length, (10 * 60_000) / HEARTBEAT);
});

// -- Lives at a desk: what nobody can have looked at is not counted, and what was is.

const SECOND = 1000;

/**
 * Observations as ActivityMonitor makes them, every five seconds while the machine is awake, and for each second
 * whether somebody can have been looking. A scene is `{seconds, page, here, sound, locked,
 * asleep}`: the page of the focused window (null when another window or program has the focus),
 * whether there is input, whether the page in front plays.
 */
function live(scenes) {
  const list = [];
  const seen = [];
  let at = 0;
  let quiet = 0;
  let before = null;
  for (const { seconds, page, here = true, sound = false, locked = false, asleep } of scenes) {
    // Nobody changes windows without a key or the mouse.
    if (page !== before && !locked && !asleep) quiet = -1;
    before = page;
    for (let second = 0; second < seconds; second += 1, at += 1) {
      quiet = here && !locked && !asleep ? 0 : quiet + 1;
      const limit = sound ? 300 : 60;
      seen.push(page !== null && !locked && !asleep && quiet < limit);
      if (asleep || (at * SECOND) % POLL_INTERVAL !== 0) continue;
      const state = quiet >= 60 ? "idle" : "active";
      const listening = state === "idle" && sound && quiet < 300;
      list.push([at * SECOND, { page, idle: locked ? "locked" : state, listening }]);
    }
  }
  list.push([at * SECOND, away]);
  return { list, seen };
}

/** What was counted of a life against what can have been seen of it, in seconds. */
function judge(scenes) {
  const { list, seen } = live(scenes);
  const { lengths } = play(list);
  const counted = seen.map(() => 0);
  for (const [start, end] of lengths) {
    for (let second = start / SECOND; second < end / SECOND; second += 1) counted[second] += 1;
  }
  const near = (second) =>
    seen.slice(Math.max(0, second - POLL_INTERVAL / SECOND), second + 1).some(Boolean);
  return {
    seen: seen.filter(Boolean).length,
    counted: counted.reduce((sum, times) => sum + times, 0),
    twice: counted.filter((times) => times > 1).length,
    // An observation may find the end of a span up to five seconds late, and nothing more.
    unseen: counted.filter((times, second) => times > 0 && !near(second)).length,
  };
}

/** Plays a hundred lives of a kind; `scene` makes one from random numbers. */
function judgeLives(scene, { gapCounts = 0 } = {}) {
  for (let seed = 1; seed <= 100; seed += 1) {
    const random = randomFrom(seed);
    const pick = (list) => list[Math.floor(random() * list.length)];
    const some = (most) => 1 + Math.floor(random() * most);
    const scenes = Array.from({ length: 30 }, () => scene({ pick, some })).flat();
    const { seen, counted, twice, unseen } = judge(scenes);
    assert.equal(twice, 0, `seed ${seed}`);
    assert.ok(unseen <= gapCounts * scenes.length, `seed ${seed}: ${unseen} s that nobody saw`);
    const slack = (POLL_INTERVAL / SECOND) * (scenes.length + 1);
    assert.ok(counted >= seen - slack, `seed ${seed}: ${counted} of ${seen} s`);
    assert.ok(
      counted <= seen + slack + gapCounts * scenes.length,
      `seed ${seed}: ${counted} of ${seen} s`,
    );
  }
}

test("a video that plays on a second screen counts only while its window has the focus", () => {
  judgeLives(({ pick, some }) => ({
    seconds: some(400),
    // Elsewhere the video goes on to play, which is no reason to count it.
    page: pick([null, null, GROUP]),
    here: pick([true, true, false]),
    sound: true,
  }));
});

test("a picture in picture beside other work is not counted, the page in front is", () => {
  judgeLives(({ pick, some }) => [
    { seconds: some(120), page: GROUP, sound: true },
    { seconds: some(900), page: pick([null, FEED]), sound: false },
  ]);
});

test("a pinned tab over night costs a minute, five while it plays", () => {
  const evening = { seconds: 600, page: FEED };
  for (const [sound, most] of [
    [false, 60],
    [true, 300],
  ]) {
    const night = { seconds: 9 * 3600, page: FEED, here: false, sound };
    const { counted } = judge([evening, night, evening]);
    assert.ok(Math.abs(counted - 1200 - most) <= 10, `${counted} s`);
  }
  judgeLives(({ pick, some }) => [
    { seconds: some(600), page: FEED, here: true },
    {
      seconds: some(3 * 3600),
      page: FEED,
      here: false,
      sound: pick([true, false]),
      locked: pick([true, false]),
    },
  ]);
});

test("a lid that is closed in the middle ends what was open, wherever it was", () => {
  // A nap shorter than two heartbeats can't be told from a slow worker: at most that is counted.
  judgeLives(
    ({ pick, some }) => [
      { seconds: some(300), page: pick([FEED, NASA, GROUP]), sound: pick([true, false]) },
      { seconds: some(pick([60, 600, 8 * 3600])), page: FEED, asleep: true, here: false },
    ],
    { gapCounts: (LONGEST_GAP + POLL_INTERVAL) / SECOND / 2 },
  );
  const day = { seconds: 600, page: FEED };
  const { counted } = judge([day, { seconds: 8 * 3600, page: FEED, asleep: true }, day]);
  assert.ok(counted <= 1200 && counted >= 1190, `${counted} s`);
});
