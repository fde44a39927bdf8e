import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "../../extension/lib/uuid.js";

test("an id is a UUID of version 7 that begins with its time", () => {
  const now = Date.now() + 1000;
  const id = uuid7(now);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(Number.parseInt(id.replace("-", "").slice(0, 12), 16), now);
});

test("ids rise strictly: in one millisecond, and when the clock goes back", () => {
  const now = Date.now() + 5000;
  const ids = Array.from({ length: 10_000 }, (_, index) => uuid7(index < 9000 ? now : now - 1000));
  assert.deepEqual(ids, [...ids].sort());
  assert.equal(new Set(ids).size, ids.length);
});
