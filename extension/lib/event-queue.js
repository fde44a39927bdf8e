/**
 * The events that the daemon has not acknowledged, in `storage.local`: one key per event, so that a
 * heartbeat rewrites one small value however many events wait. Ids are UUIDv7, so that sorting by id
 * sorts by age.
 */
import { SerialQueue } from "./serial-queue.js";

const PREFIX = "event:";

export const MOST_EVENTS = 20_000;
export const BATCH_EVENTS = 500;
export const BATCH_BYTES = 900_000;

/** How the oldest visits are merged when the queue is full, tried in this order. */
const MINUTE = 60_000;
const MERGES = [
  { window: 15 * MINUTE, withHandle: true },
  { window: 60 * MINUTE, withHandle: true },
  { window: 12 * 60 * MINUTE, withHandle: false },
];

export class EventQueue {
  #storage;
  #most;
  #tasks = new SerialQueue();
  /** The ids of all events, sorted; null until they are loaded. */
  #ids = null;
  #compactAbove;

  /** @param {object} storage a storage area of the browser (get, set, remove, maybe getKeys) */
  constructor(storage, { most = MOST_EVENTS } = {}) {
    this.#storage = storage;
    this.#most = most;
    this.#compactAbove = most;
  }

  /** Adds an event; replaces one with the same id (a visit that became longer). */
  put(event) {
    return this.#tasks.run(async () => {
      const ids = await this.#loadIds();
      await this.#storage.set({ [PREFIX + event.id]: event });
      insertSorted(ids, event.id);
      if (ids.length > this.#compactAbove) await this.#compact();
    });
  }

  /** The number of events in the queue. */
  count() {
    return this.#tasks.run(async () => (await this.#loadIds()).length);
  }

  /** Removes an event, sent or not. */
  remove(id) {
    return this.#tasks.run(() => this.#delete([id]));
  }

  /** The oldest events that are ready, as many as fit; at least one if any is ready. */
  batch({ events: most = BATCH_EVENTS, bytes: limit = BATCH_BYTES, isReady = () => true } = {}) {
    return this.#tasks.run(async () => {
      const batch = [];
      let bytes = 0;
      const oldest = await this.#read((await this.#loadIds()).slice(0, most));
      for (const event of oldest.filter(isReady)) {
        bytes += new TextEncoder().encode(JSON.stringify(event)).length + 1;
        if (batch.length > 0 && bytes > limit) break;
        batch.push(event);
      }
      return batch;
    });
  }

  /** Removes events that were sent, but not those that became longer in the meantime. */
  acknowledge(sent) {
    return this.#tasks.run(async () => {
      const queued = await this.#read(sent.map(({ id }) => id));
      const byId = new Map(queued.map((event) => [event.id, event]));
      const unchanged = sent.filter(({ id, end }) => byId.has(id) && byId.get(id).end === end);
      await this.#delete(unchanged.map(({ id }) => id));
    });
  }

  async #loadIds() {
    if (this.#ids) return this.#ids;
    const area = this.#storage;
    const keys = area.getKeys ? await area.getKeys() : Object.keys(await area.get(null));
    const ids = keys.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
    this.#ids = ids.sort();
    return this.#ids;
  }

  async #read(ids) {
    const values = await this.#storage.get(ids.map((id) => PREFIX + id));
    const events = ids.map((id) => values[PREFIX + id]);
    // A null remains where the worker stopped between merging visits and deleting the old ones.
    const empty = ids.filter((_, index) => !events[index]);
    if (empty.length > 0) await this.#delete(empty);
    return events.filter(Boolean);
  }

  async #delete(ids) {
    if (ids.length === 0) return;
    await this.#storage.remove(ids.map((id) => PREFIX + id));
    const deleted = new Set(ids);
    this.#ids = (await this.#loadIds()).filter((id) => !deleted.has(id));
  }

  /**
   * Makes room by merging the older half of the visits. The very oldest stay unchanged: the daemon
   * may have stored them although its answer got lost, and would count them again under another id.
   */
  async #compact() {
    for (const merge of MERGES) {
      const until = Math.max(BATCH_EVENTS, Math.floor(this.#ids.length / 2));
      const from = Math.min(BATCH_EVENTS, this.#most >> 2);
      const old = await this.#read(this.#ids.slice(from, until));
      const merged = mergeVisits(old, merge);
      const kept = new Set(merged.map(({ id }) => id));
      const dropped = old.map(({ id }) => id).filter((id) => !kept.has(id));
      // One write for both: at no moment is time counted twice or lost.
      await this.#storage.set({
        ...Object.fromEntries(dropped.map((id) => [PREFIX + id, null])),
        ...Object.fromEntries(merged.map((event) => [PREFIX + event.id, event])),
      });
      await this.#delete(dropped);
      if (this.#ids.length <= this.#most * 0.95) break;
    }
    // If nothing is left to merge, trying again at every event would only cost time.
    this.#compactAbove = Math.max(this.#most, Math.floor(this.#ids.length * 1.05));
  }
}

/**
 * PURE. Fewer visits of the same total length: in each window of the clock the visits of one
 * network, page and handle become one, as long as their sum, and these follow each other without
 * gaps from the first start. No second is added, none lies outside the time that the visits
 * covered, and no visits overlap. Interactions stay unchanged.
 */
export function mergeVisits(events, { window, withHandle }) {
  const merged = events.filter(({ kind }) => kind !== "visit");
  for (const visits of visitsByWindow(events, window)) {
    const groups = new Map();
    for (const visit of visits) {
      const handle = withHandle ? visit.handle : null;
      const key = JSON.stringify([visit.network, visit.page, handle]);
      const group = groups.get(key) ?? { ...visit, handle, length: 0 };
      groups.set(key, { ...group, length: group.length + visit.end - visit.start });
    }
    let start = visits[0].start;
    for (const { length, ...visit } of groups.values()) {
      merged.push({ ...visit, start, end: start + length });
      start += length;
    }
  }
  return merged;
}

/** Lists of visits that lie wholly in one window; a visit across a border is alone in its list. */
function visitsByWindow(events, window) {
  const lists = new Map();
  for (const visit of events.filter(({ kind }) => kind === "visit")) {
    const first = Math.floor(visit.start / window);
    const key = first === Math.floor(visit.end / window) ? first : visit.id;
    if (!lists.has(key)) lists.set(key, []);
    lists.get(key).push(visit);
  }
  return [...lists.values()].map((list) => list.sort((a, b) => a.start - b.start));
}

/** Inserts an id in order, searching from the end: a new id is nearly always the highest. */
function insertSorted(ids, id) {
  let index = ids.length;
  while (index > 0 && ids[index - 1] > id) index -= 1;
  if (ids[index - 1] !== id) ids.splice(index, 0, id);
}
