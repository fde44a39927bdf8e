/** Each browser by its own name, from what it really says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { detectBrowserName } from "../../extension/lib/browser-name.js";

const extensionUrl = "chrome-extension://abc/";
const GREASE = "Not)A;Brand";
const AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

const FACTS = [
  ["firefox", { extensionUrl: "moz-extension://abc/", userAgent: "Mozilla/5.0 … Firefox/140.0" }],
  ["chromium", { extensionUrl, brands: ["Chromium", GREASE], userAgent: AGENT }],
  ["chrome", { extensionUrl, brands: ["Google Chrome", GREASE, "Chromium"], userAgent: AGENT }],
  [
    "edge",
    { extensionUrl, brands: ["Microsoft Edge", "Chromium"], userAgent: `${AGENT} Edg/140.0` },
  ],
  ["edge", { extensionUrl, userAgent: `${AGENT} Edg/140.0` }],
  ["brave", { extensionUrl, brands: ["Brave", "Chromium", GREASE], userAgent: AGENT }],
  [
    "brave",
    { extensionUrl, brands: ["Google Chrome", "Chromium"], userAgent: AGENT, hasBrave: true },
  ],
  ["opera", { extensionUrl, brands: ["Opera", "Chromium"], userAgent: `${AGENT} OPR/120.0` }],
  ["opera", { extensionUrl, brands: ["Opera GX", "Chromium"], userAgent: AGENT }],
  ["vivaldi", { extensionUrl, brands: ["Vivaldi", "Chromium"], userAgent: AGENT }],
  [
    "vivaldi",
    { extensionUrl, brands: ["Google Chrome"], userAgent: AGENT, tab: { vivExtData: "{}" } },
  ],
  [
    "chromium",
    { extensionUrl, brands: ["Chromium", "Some Other"], userAgent: AGENT, tab: { id: 1 } },
  ],
  ["chromium", { extensionUrl }],
];

for (const [name, facts] of FACTS) {
  const shown = facts.brands?.join(", ") ?? facts.userAgent ?? "nothing";
  test(`${name} says ${shown}`, () => assert.equal(detectBrowserName(facts), name));
}

test("the order of the brands, which browsers shuffle, changes nothing", () => {
  for (const [name, facts] of FACTS) {
    const brands = [...(facts.brands ?? [])].reverse();
    if (facts.brands) assert.equal(detectBrowserName({ ...facts, brands }), name);
  }
});
