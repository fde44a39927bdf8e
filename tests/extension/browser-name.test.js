/** Each browser by its own name, from what it really says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { brandOf } from "../../extension/lib/browser-name.js";

const address = "chrome-extension://abc/";
const GREASE = "Not)A;Brand";
const AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

const SAID = [
  ["firefox", { address: "moz-extension://abc/", agent: "Mozilla/5.0 … Firefox/140.0" }],
  ["chromium", { address, brands: ["Chromium", GREASE], agent: AGENT }],
  ["chrome", { address, brands: ["Google Chrome", GREASE, "Chromium"], agent: AGENT }],
  ["edge", { address, brands: ["Microsoft Edge", "Chromium"], agent: `${AGENT} Edg/140.0` }],
  ["edge", { address, agent: `${AGENT} Edg/140.0` }],
  ["brave", { address, brands: ["Brave", "Chromium", GREASE], agent: AGENT }],
  ["brave", { address, brands: ["Google Chrome", "Chromium"], agent: AGENT, brave: true }],
  ["opera", { address, brands: ["Opera", "Chromium"], agent: `${AGENT} OPR/120.0` }],
  ["opera", { address, brands: ["Opera GX", "Chromium"], agent: AGENT }],
  ["vivaldi", { address, brands: ["Vivaldi", "Chromium"], agent: AGENT }],
  ["vivaldi", { address, brands: ["Google Chrome"], agent: AGENT, tab: { vivExtData: "{}" } }],
  ["chromium", { address, brands: ["Chromium", "Some Other"], agent: AGENT, tab: { id: 1 } }],
  ["chromium", { address }],
];

for (const [name, said] of SAID) {
  const shown = said.brands?.join(", ") ?? said.agent ?? "nothing";
  test(`${name} says ${shown}`, () => assert.equal(brandOf(said), name));
}

test("the order of the brands, which browsers shuffle, changes nothing", () => {
  for (const [name, said] of SAID) {
    const brands = [...(said.brands ?? [])].reverse();
    if (said.brands) assert.equal(brandOf({ ...said, brands }), name);
  }
});
