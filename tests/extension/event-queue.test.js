import assert from "node:assert/strict";
import { test } from "node:test";
import { EventQueue, mergeVisits } from "../../extension/lib/event-queue.js";
import { uuid7 } from "../../extension/lib/uuid.js";
import { MemoryStorage, randomFrom } from "./fake-storage.js";

const START = 1_795_456_800_000;
const PAGES = [
  ["x", "feed", null],
  ["x", "profile", "nasa"],
  ["facebook", "group", null],
];

function visit(start, end, [network, page, handle] = PAGES[0]) {
  return { id: uuid7(), kind: "visit", network, page, handle, tag: null, start, end };
}

function interaction(at) {
  return {
    id: uuid7(),
    kind: "interaction",
    network: "x",
    action: "post",
    handle: null,
    tag: null,
    at,
  };
}

/** Visits as somebody's afternoon gives them: one after another, with and without pauses. */
function afternoon(number, random) {
  const visits = [];
  let at = START;
  for (let index = 0; index < number; index += 1) {
    const start = at + (random() < 0.3 ? Math.floor(random() * 120_000) : 0);
    at = start + 1000 + Math.floor(random() * 40_000);
    visits.push(visit(start, at, PAGES[Math.floor(random() * PAGES.length)]));
  }
  return visits;
}

const seconds = (events) => events.reduce((sum, { start = 0, end = 0 }) => sum + end - start, 0);

function byKey(events) {
  const sums = {};
  for (const { kind, network, page, handle, start, end } of events) {
    if (kind === "visit")
      sums[[network, page, handle]] = (sums[[network, page, handle]] ?? 0) + end - start;
  }
  return sums;
}

const stored = (storage) => [...storage.data.values()].filter(Boolean);

test("events come back oldest first and stay until they are acknowledged", async () => {
  const queue = new EventQueue(new MemoryStorage());
  const events = [
    visit(START, START + 5000),
    interaction(START + 1),
    visit(START + 5000, START + 9000),
  ];
  for (const event of [events[2], events[0], events[1]]) await queue.put(event);
  assert.deepEqual(await queue.batch(), events);
  assert.deepEqual(await queue.batch(), events);
  await queue.acknowledge(events.slice(0, 2));
  assert.deepEqual(await queue.batch(), [events[2]]);
  assert.equal(await queue.count(), 1);
});

test("a visit that grew while it was sent stays", async () => {
  const queue = new EventQueue(new MemoryStorage());
  const sent = visit(START, START + 15_000);
  await queue.put(sent);
  await queue.put({ ...sent, end: START + 30_000 });
  await queue.acknowledge([sent]);
  assert.deepEqual(
    (await queue.batch()).map(({ end }) => end),
    [START + 30_000],
  );
});

test("another worker finds everything again", async () => {
  const storage = new MemoryStorage();
  const event = interaction(START);
  await new EventQueue(storage).put(event);
  assert.deepEqual(await new EventQueue(storage).batch(), [event]);
  storage.getKeys = undefined; // a browser without it
  assert.deepEqual(await new EventQueue(storage).batch(), [event]);
});

test("only its own keys are its events", async () => {
  const storage = new MemoryStorage();
  await storage.set({ known: { today: null }, profile: "p" });
  assert.equal(await new EventQueue(storage).count(), 0);
});

test("a batch holds as many events and as many bytes as allowed, and at least one", async () => {
  const queue = new EventQueue(new MemoryStorage());
  for (let index = 0; index < 20; index += 1) await queue.put(interaction(START + index));
  assert.equal((await queue.batch({ events: 7 })).length, 7);
  const size = JSON.stringify((await queue.batch())[0]).length + 1;
  assert.equal((await queue.batch({ bytes: size * 3 })).length, 3);
  assert.equal((await queue.batch({ bytes: 1 })).length, 1);
});

test("calls at the same moment do not lose each other's events", async () => {
  const storage = new MemoryStorage();
  storage.before = () => new Promise((go) => setImmediate(go));
  const queue = new EventQueue(storage);
  const events = Array.from({ length: 50 }, (_, index) => interaction(START + index));
  await Promise.all([
    ...events.map((event) => queue.put(event)),
    queue.acknowledge(events.slice(0, 10)),
    ...events.slice(0, 5).map((event) => queue.put(event)),
  ]);
  assert.equal(await queue.count(), 45);
  assert.equal((await new EventQueue(storage).batch()).length, 45);
});

test("a write that fails rejects and stops nothing after it", async () => {
  const storage = new MemoryStorage();
  const queue = new EventQueue(storage);
  storage.before = async (call) => {
    if (call === "set") throw new Error("disk full");
  };
  await assert.rejects(queue.put(interaction(START)), /disk full/);
  storage.before = async () => {};
  await queue.put(interaction(START));
  assert.equal(await queue.count(), 1);
});

test("a heartbeat writes one value, however many events wait", async () => {
  const storage = new MemoryStorage();
  const queue = new EventQueue(storage);
  for (const event of afternoon(1000, randomFrom(1))) await queue.put(event);
  storage.writes = 0;
  await queue.put(visit(START, START + 1000));
  assert.equal(storage.writes, 1);
});

test("in a full queue the oldest visits are merged: no second more or less, no interaction lost", async () => {
  for (const seed of [1, 2, 3]) {
    const random = randomFrom(seed);
    const storage = new MemoryStorage();
    const queue = new EventQueue(storage, { most: 400 });
    const events = afternoon(1500, random);
    for (let index = 30; index < events.length; index += 40) {
      events.splice(index, 0, interaction(events[index].start));
    }
    for (const event of events) await queue.put({ ...event, id: uuid7() });
    const queued = stored(storage);
    assert.ok(queued.length <= 400, `seed ${seed}: ${queued.length}`);
    assert.equal(seconds(queued), seconds(events));
    assert.equal(
      queued.filter(({ kind }) => kind === "interaction").length,
      events.filter(({ kind }) => kind === "interaction").length,
    );
    const visits = queued.filter(({ kind }) => kind === "visit").sort((a, b) => a.start - b.start);
    for (const [index, { start }] of visits.entries()) {
      assert.ok(index === 0 || visits[index - 1].end <= start, `seed ${seed}: an overlap`);
    }
    assert.ok(visits.at(-1).end <= events.findLast(({ kind }) => kind === "visit").end);
    assert.equal(await new EventQueue(storage).count(), queued.length);
  }
});

test("the very oldest stay untouched, as they may have reached the daemon", async () => {
  const queue = new EventQueue(new MemoryStorage(), { most: 400 });
  const events = afternoon(600, randomFrom(4));
  for (const event of events) await queue.put(event);
  assert.deepEqual((await queue.batch()).slice(0, 100), events.slice(0, 100));
});

test("a worker that dies in the middle of merging counts nothing twice and loses nothing", async () => {
  const events = afternoon(401, randomFrom(5));
  for (const [call, number] of [
    ["set", 402],
    ["remove", 1],
  ]) {
    const storage = new MemoryStorage();
    const queue = new EventQueue(storage, { most: 400 });
    let calls = 0;
    storage.before = async (name) => {
      if (name === call && ++calls === number) throw new Error("stopped");
    };
    const failures = [];
    for (const event of events) await queue.put(event).catch((error) => failures.push(error));
    assert.equal(failures.length, 1, call);
    storage.before = async () => {};
    const found = await new EventQueue(storage).batch({ events: 1000 });
    assert.equal(seconds(found), seconds(events), call);
    assert.equal(await new EventQueue(storage).count(), storage.data.size);
  }
});

test("merging keeps what each network, page and handle had", () => {
  const events = afternoon(300, randomFrom(6));
  const fine = mergeVisits(events, { window: 15 * 60_000, withHandle: true });
  assert.ok(fine.length < events.length / 2);
  assert.deepEqual(byKey(fine), byKey(events));
});

test("merging moves no time out of its window of the clock", () => {
  const window = 15 * 60_000;
  const inWindow = (events) => {
    const sums = {};
    for (const { start, end } of events) {
      for (let from = start; from < end; ) {
        const until = Math.min(end, (Math.floor(from / window) + 1) * window);
        sums[Math.floor(from / window)] = (sums[Math.floor(from / window)] ?? 0) + until - from;
        from = until;
      }
    }
    return sums;
  };
  const events = afternoon(300, randomFrom(7));
  assert.deepEqual(inWindow(mergeVisits(events, { window, withHandle: true })), inWindow(events));
});
