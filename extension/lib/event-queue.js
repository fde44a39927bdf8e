/**
 * What the daemon has not acknowledged yet, in `storage.local`: one key per event, so that a
 * beat rewrites one small value however much is kept. Ids are UUIDv7: by id is by age.
 */
import { Line } from "./serial-queue.js";

const PREFIX = "event:";

export const CAP = 20_000;
export const BATCH = 500;
export const BATCH_BYTES = 900_000;

/** Windows in which the oldest visits are packed together, tried one after another. */
const MINUTE = 60_000;
const PACKINGS = [
  { window: 15 * MINUTE, withHandle: true },
  { window: 60 * MINUTE, withHandle: true },
  { window: 12 * 60 * MINUTE, withHandle: false },
];

export class Queue {
  #storage;
  #cap;
  #line = new Line();
  #ids = null;
  #packAt;

  /** @param {object} storage a storage area of the browser (get, set, remove, maybe getKeys) */
  constructor(storage, { cap = CAP } = {}) {
    this.#storage = storage;
    this.#cap = cap;
    this.#packAt = cap;
  }

  /** Keeps an event; one with the same id is replaced (a visit that has grown). */
  put(event) {
    return this.#line.run(async () => {
      const ids = await this.#load();
      await this.#storage.set({ [PREFIX + event.id]: event });
      insert(ids, event.id);
      if (ids.length > this.#packAt) await this.#pack();
    });
  }

  /** The number of events kept. */
  count() {
    return this.#line.run(async () => (await this.#load()).length);
  }

  /** Lets go of an event, sent or not. */
  remove(id) {
    return this.#line.run(() => this.#drop([id]));
  }

  /** The oldest events that are `ripe`, as many as fit. */
  batch({ events: most = BATCH, bytes: limit = BATCH_BYTES, ripe = () => true } = {}) {
    return this.#line.run(async () => {
      const batch = [];
      let bytes = 0;
      const oldest = await this.#read((await this.#load()).slice(0, most));
      for (const event of oldest.filter(ripe)) {
        bytes += new TextEncoder().encode(JSON.stringify(event)).length + 1;
        if (batch.length > 0 && bytes > limit) break;
        batch.push(event);
      }
      return batch;
    });
  }

  /** Lets go of events that were sent, but not of those that have grown since. */
  settle(sent) {
    return this.#line.run(async () => {
      const kept = new Map(
        (await this.#read(sent.map(({ id }) => id))).map((one) => [one.id, one]),
      );
      const done = sent.filter(({ id, end }) => kept.has(id) && kept.get(id).end === end);
      await this.#drop(done.map(({ id }) => id));
    });
  }

  async #load() {
    if (this.#ids) return this.#ids;
    const area = this.#storage;
    const keys = area.getKeys ? await area.getKeys() : Object.keys(await area.get(null));
    const ids = keys.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
    this.#ids = ids.sort();
    return this.#ids;
  }

  async #read(ids) {
    const found = await this.#storage.get(ids.map((id) => PREFIX + id));
    const events = ids.map((id) => found[PREFIX + id]);
    // A null was left where the worker died between packing and clearing away.
    const empty = ids.filter((_, index) => !events[index]);
    if (empty.length > 0) await this.#drop(empty);
    return events.filter(Boolean);
  }

  async #drop(ids) {
    if (ids.length === 0) return;
    await this.#storage.remove(ids.map((id) => PREFIX + id));
    const gone = new Set(ids);
    this.#ids = (await this.#load()).filter((id) => !gone.has(id));
  }

  /**
   * Makes room by packing the oldest visits, half of what is kept at a time. The very oldest
   * stay as they are: they may have reached the daemon in a request whose answer got lost, and
   * then counting them under another id would count them twice.
   */
  async #pack() {
    for (const packing of PACKINGS) {
      const until = Math.max(BATCH, Math.floor(this.#ids.length / 2));
      const old = await this.#read(this.#ids.slice(Math.min(BATCH, this.#cap >> 2), until));
      const packed = packVisits(old, packing);
      const stay = new Set(packed.map(({ id }) => id));
      const gone = old.map(({ id }) => id).filter((id) => !stay.has(id));
      // One write for both, so that there is no moment at which time is counted twice or lost.
      await this.#storage.set({
        ...Object.fromEntries(gone.map((id) => [PREFIX + id, null])),
        ...Object.fromEntries(packed.map((event) => [PREFIX + event.id, event])),
      });
      await this.#drop(gone);
      if (this.#ids.length <= this.#cap * 0.95) break;
    }
    // Where nothing is left to pack, trying again at every event would only cost time.
    this.#packAt = Math.max(this.#cap, Math.floor(this.#ids.length * 1.05));
  }
}

/**
 * PURE. Fewer visits with the same seconds: within each window of the clock those of one
 * network, page and handle become one, as long as their sum, and these are laid end to end from
 * the first start. No second is added, none falls outside the stretch that the visits spanned,
 * and none overlaps another. Interactions stay as they are.
 */
export function packVisits(events, { window, withHandle }) {
  const packed = events.filter(({ kind }) => kind !== "visit");
  for (const visits of windows(events, window)) {
    const groups = new Map();
    for (const visit of visits) {
      const handle = withHandle ? visit.handle : null;
      const key = JSON.stringify([visit.network, visit.page, handle]);
      const group = groups.get(key) ?? { ...visit, handle, length: 0 };
      groups.set(key, { ...group, length: group.length + visit.end - visit.start });
    }
    let start = visits[0].start;
    for (const { length, ...visit } of groups.values()) {
      packed.push({ ...visit, start, end: start + length });
      start += length;
    }
  }
  return packed;
}

/** The visits that lie wholly within one window, by window; one that crosses a border is alone. */
function windows(events, window) {
  const found = new Map();
  for (const visit of events.filter(({ kind }) => kind === "visit")) {
    const first = Math.floor(visit.start / window);
    const key = first === Math.floor(visit.end / window) ? first : visit.id;
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(visit);
  }
  return [...found.values()].map((list) => list.sort((a, b) => a.start - b.start));
}

/** Puts an id in its place; nearly always that is the end. */
function insert(ids, id) {
  let place = ids.length;
  while (place > 0 && ids[place - 1] > id) place -= 1;
  if (ids[place - 1] !== id) ids.splice(place, 0, id);
}
