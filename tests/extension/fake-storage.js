/** A storage area of the browser, in memory: values are copied in and out, as there. */
export class MemoryStorage {
  data = new Map();
  writes = 0;
  /** Set to a function to see or stop each call before it has its effect. */
  before = async () => {};

  async get(keys) {
    await this.before("get", keys);
    const wanted = keys === null ? [...this.data.keys()] : [keys].flat();
    const found = wanted.filter((key) => this.data.has(key));
    return structuredClone(Object.fromEntries(found.map((key) => [key, this.data.get(key)])));
  }

  async set(values) {
    await this.before("set", values);
    this.writes += Object.keys(values).length;
    for (const [key, value] of Object.entries(structuredClone(values))) this.data.set(key, value);
  }

  async remove(keys) {
    await this.before("remove", keys);
    for (const key of [keys].flat()) this.data.delete(key);
  }

  async getKeys() {
    return [...this.data.keys()];
  }
}

/** Numbers that look random and are the same in every run (mulberry32). */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
