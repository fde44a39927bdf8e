/** Creates UUIDs of version 7: they begin with the time, so that sorting them sorts by age. */

const LARGEST_COUNTER = 0xfff;
let lastTime = 0;
let counter = 0;

/**
 * A new id, higher than every earlier one of this worker, also within a millisecond and when the
 * clock goes back.
 * @param {number} now milliseconds since the epoch
 */
export function uuid7(now = Date.now()) {
  const random = crypto.getRandomValues(new Uint8Array(10));
  let time = Math.max(Math.floor(now), lastTime);
  if (time > lastTime) {
    // A start in the lower half leaves room to count within this millisecond.
    counter = ((random[8] << 8) | random[9]) & (LARGEST_COUNTER >> 1);
  } else if (counter === LARGEST_COUNTER) {
    time += 1;
    counter = 0;
  } else {
    counter += 1;
  }
  lastTime = time;
  const tail = random.subarray(0, 8);
  tail[0] = (tail[0] & 0x3f) | 0x80;
  const hex = time.toString(16).padStart(12, "0");
  const rest = Array.from(tail, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const version = `7${counter.toString(16).padStart(3, "0")}`;
  return `${hex.slice(0, 8)}-${hex.slice(8)}-${version}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
