/** Which pages are read, when, and what becomes of them. */
import "./fake-browser.js"; // first: browser.js reads the global object when it is loaded

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, mock, test } from "node:test";
import { ActivityMonitor } from "../../extension/lib/activity-monitor.js";
import {
  extractMainRegion,
  MOST_BYTES,
  PageReader,
  RETRY_DELAY,
} from "../../extension/lib/page-reader.js";
import { makeCatalogue } from "../../extension/lib/recognise.js";
import { freshBrowser } from "./fake-browser.js";

const FOLDER = new URL("../../extension/catalogue/", import.meta.url);
const json = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
const catalogue = makeCatalogue(json("index.json").map((id) => json(`${id}.json`)));
const DAY = 86_400_000;

let browser;
let asked;
let state;
let clock;
let wanted;
let answers;
let held;
let reader;

function makeReader() {
  const { local, session } = browser.storage;
  const now = () => clock;
  const sender = {
    request: async (method, path, body) => {
      asked.push({ method, path, body });
      if (method === "POST") await held;
      const ok = answers;
      return { ok, body: path.startsWith("readings") && method === "GET" ? { wanted } : {} };
    },
  };
  const monitor = new ActivityMonitor({ catalogue, sender, state, session, now });
  return new PageReader({ catalogue, sender, state, monitor, local, now });
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  browser = freshBrowser();
  asked = [];
  state = { isPaused: false };
  clock = 1_795_456_800_000;
  wanted = [{ network: "x", handle: "Me" }];
  answers = true;
  held = null;
  reader = makeReader();
});

afterEach(() => mock.timers.reset());

/** Goes to an address whose page is `html`, and reads what is wanted. */
async function go(url, html = "<main></main>") {
  browser.tab = { ...browser.tab, url };
  browser.page = html instanceof Error ? html : { url, html };
  await reader.readIfWanted();
}

const sent = () => asked.filter(({ method }) => method === "POST").map(({ body }) => body);

test("an own profile's page is sent, once a visit", async () => {
  await go("https://x.com/me", "<main>1</main>");
  await reader.readIfWanted();
  await reader.readIfWanted();
  assert.deepEqual(sent(), [
    {
      network: "x",
      handle: "me",
      url: "https://x.com/me",
      taken_at: clock,
      html: "<main>1</main>",
    },
  ]);
  assert.deepEqual(browser.scripts, [
    { target: { tabId: 7 }, func: extractMainRegion, args: [MOST_BYTES] },
  ]);
});

test("of two pages read at once, both are remembered", async () => {
  wanted.push({ network: "x", handle: "ana" });
  let release;
  held = new Promise((resolve) => {
    release = resolve;
  });
  const both = [];
  for (const url of ["https://x.com/me", "https://x.com/ana"]) {
    both.push(go(url));
    while (sent().length < both.length) await new Promise(setImmediate);
  }
  release();
  await Promise.all(both);
  reader = makeReader();
  await go("https://x.com/me");
  await go("https://x.com/ana");
  assert.deepEqual(
    sent().map(({ handle }) => handle),
    ["me", "ana"],
  );
});

test("what was read on other days is not stored", async () => {
  await go("https://x.com/me");
  clock += DAY;
  await go("https://x.com/nasa");
  assert.deepEqual(await browser.storage.local.get("pages_read"), { pages_read: {} });
});

test("it is sent once a day, also by a worker that was woken anew", async () => {
  await go("https://x.com/me");
  await go("https://x.com/home");
  reader = makeReader();
  await go("https://x.com/me");
  assert.equal(sent().length, 1);
  clock += DAY;
  await go("https://x.com/home");
  await go("https://x.com/me");
  assert.equal(sent().length, 2);
});

test("what is nobody's that the daemon asks for is never touched", async () => {
  await go("https://x.com/nasa");
  await go("https://x.com/home");
  await go("https://x.com/me/status/1");
  await go("https://x.com/search?q=me");
  await go("https://www.linkedin.com/in/me/");
  await go("https://example.org/me");
  assert.deepEqual(browser.scripts, []);
  assert.deepEqual(sent(), []);
});

test("the daemon is asked only when a profile is in front", async () => {
  await go("https://x.com/home");
  await go("https://example.org/");
  assert.deepEqual(asked, []);
});

test("a pause, and a window without the focus, read nothing", async () => {
  state.isPaused = true;
  await go("https://x.com/me");
  state.isPaused = false;
  browser.front.focused = false;
  await go("https://x.com/me");
  assert.deepEqual(asked, []);
});

test("a handle with a host is that server's only", async () => {
  wanted = [{ network: "mastodon", handle: "me@mastodon.social" }];
  await go("https://mas.to/@me");
  assert.equal(sent().length, 0);
  await go("https://mastodon.social/@me");
  assert.equal(sent().length, 1);
});

test("a page that went on to another meanwhile is not sent", async () => {
  browser.tab = { ...browser.tab, url: "https://x.com/me" };
  browser.page = { url: "https://x.com/nasa", html: "<main></main>" };
  await reader.readIfWanted();
  assert.deepEqual(sent(), []);
});

test("a tab that cannot be read, and a daemon that is away, are no errors", async () => {
  await go("https://x.com/me", new Error("Frame with ID 0 is showing error page"));
  answers = false;
  await go("https://x.com/home");
  await go("https://x.com/me");
  answers = true;
  await go("https://x.com/home");
  await go("https://x.com/me");
  assert.equal(sent().length, 1);
});

/** Lets so many milliseconds pass, and what begins then come to its end. */
async function pass(milliseconds) {
  mock.timers.tick(milliseconds);
  await new Promise((resolve) => setImmediate(resolve));
}

test("a page that could not be read is tried again without an event of its tab", async () => {
  await go("https://x.com/me", new Error("Cannot access contents of the page"));
  await pass(RETRY_DELAY - 1);
  assert.equal(asked.length, 1);
  await pass(1);
  assert.equal(asked.length, 2);
  browser.page = { url: "https://x.com/me", html: "<main></main>" };
  await pass(4 * RETRY_DELAY);
  assert.equal(sent().length, 1);
});

test("a page that could not be read or sent is tried again at the next events, three times in all", async () => {
  answers = false;
  await go("https://x.com/me");
  await reader.readIfWanted();
  assert.equal(asked.length, 2);
  answers = true;
  await reader.readIfWanted();
  assert.equal(sent().length, 1);
  await reader.readIfWanted();
  assert.equal(sent().length, 1);
  await go("https://x.com/home");
  clock += DAY;
  answers = false;
  await go("https://x.com/me");
  const before = asked.length;
  for (let event = 0; event < 5; event += 1) await reader.readIfWanted();
  assert.equal(asked.length - before, 2);
});
