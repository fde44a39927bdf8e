/** Only the extension's own pages get a reply, whatever others send. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, beforeEach, test } from "node:test";
import { browser } from "./fake-browser.js"; // first: browser.js reads the global object when it is loaded

const OWN = "chrome-extension://abcdefgh/";
const FOLDER = new URL("../../extension/", import.meta.url);
const LIMIT = { timeout: 20_000 };
const TYPES = ["refresh", "pause", "resume", "snooze", "open", "note", "met", "health"];

/** What was sent to the daemon, and which tabs were opened. */
const done = [];
let receive;

const event = (addListener = () => {}) => ({ addListener, removeListener() {} });

/** The daemon's end of the native port: it agrees to everything. */
function connectNative() {
  let answer;
  const body = { url: "http://127.0.0.1:8765/open?code=x", networks: [], tags: [], notices: [] };
  return {
    postMessage(message) {
      done.push(`${message.method} ${message.path}`);
      setImmediate(() => answer({ id: message.id, status: 200, body }));
    },
    onMessage: {
      addListener: (callback) => {
        answer = callback;
      },
    },
    onDisconnect: event(),
    disconnect() {},
  };
}

/** All of a browser that background.js speaks to when it starts. */
function wholeBrowser() {
  const { chrome } = globalThis;
  for (const area of Object.values(chrome.storage)) area.onChanged ??= event();
  Object.assign(chrome.tabs, {
    onActivated: event(),
    onRemoved: event(),
    onUpdated: event(),
    create: async ({ url }) => done.push(`tab ${url}`),
  });
  Object.assign(chrome.windows, { onFocusChanged: event(), onRemoved: event() });
  Object.assign(chrome.idle, { onStateChanged: event(), setDetectionInterval() {} });
  chrome.alarms = { onAlarm: event(), get: async () => ({}), create: async () => {} };
  chrome.permissions = {
    onAdded: event(),
    onRemoved: event(),
    getAll: async () => ({ origins: ["https://x.com/*"] }),
    contains: async () => true,
  };
  chrome.runtime = {
    onStartup: event(),
    onInstalled: event(),
    onMessage: event((callback) => {
      receive = callback;
    }),
    getManifest: () => ({ version: "0" }),
    getURL: (path) => `${OWN}${path}`,
    connectNative,
    id: "abcdefgh",
  };
  const events = ["onBeforeRequest", "onBeforeRedirect", "onResponseStarted", "onErrorOccurred"];
  chrome.webRequest = Object.fromEntries(events.map((name) => [name, event()]));
  chrome.webRequest.ResourceType = {};
}

/** What a question brings: an answer, or that there will be none. */
function ask(question, sender) {
  return new Promise((resolve) => {
    if (receive(question, sender, (answer) => resolve({ answer })) !== true)
      resolve({ refused: true });
  });
}

const settled = async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
};

before(async () => {
  wholeBrowser();
  browser.front = null; // nothing to count, so no timer polls
  globalThis.fetch = async (address) => ({
    json: async () => JSON.parse(readFileSync(new URL(address.slice(OWN.length), FOLDER), "utf8")),
  });
  await import("../../extension/background.js");
  await ask({ type: "health" }, { url: `${OWN}popup/popup.html` });
  await settled();
});

beforeEach(() => {
  done.length = 0;
});

const STRANGERS = [
  { url: "https://x.com/attacker", origin: "https://x.com", tab: { id: 5 }, frameId: 0 },
  { url: "https://x.com/?chrome-extension://abcdefgh/popup/popup.html" },
  { url: "chrome-extension://abcdefghi/popup.html" },
  { url: "chrome-extension://abcdefgh.evil.example/" },
  { url: "chrome-extension://abcdefgh" },
  { url: "about:blank" },
  { url: "" },
  { url: [`${OWN}popup/popup.html`] },
  { origin: "chrome-extension://abcdefgh" },
  {},
  undefined,
];

test(
  "a page that took its renderer over is not answered, and nothing is done for it",
  LIMIT,
  async () => {
    for (const sender of STRANGERS) {
      const claimed = sender && { id: "abcdefgh", ...sender };
      for (const name of [...TYPES, "constructor"]) {
        const question = {
          type: name,
          until: null,
          kind: "learned",
          words: "planted",
          network: "x",
        };
        assert.deepEqual(await ask(question, claimed), { refused: true }, `${name} ${sender?.url}`);
      }
    }
    await settled();
    assert.deepEqual(done, []);
  },
);

test("the popup and the welcome page are answered", LIMIT, async () => {
  for (const page of ["popup/popup.html", "welcome/welcome.html#x"]) {
    const { answer } = await ask({ type: "health" }, { id: "abcdefgh", url: `${OWN}${page}` });
    assert.equal(answer.ok, true);
  }
  assert.ok(done.includes("GET /api/v1/health"), done.join());
});

test(
  "only what there is to ask for is answered, and no name that every object has",
  LIMIT,
  async () => {
    const own = { id: "abcdefgh", url: `${OWN}popup/popup.html` };
    const names = [
      "constructor",
      "toString",
      "__proto__",
      "hasOwnProperty",
      "valueOf",
      "",
      "nonsense",
    ];
    for (const question of [...names.map((name) => ({ type: name })), {}, null, "refresh", 7])
      assert.deepEqual(await ask(question, own), { answer: undefined });
    await settled();
    assert.deepEqual(done, []);
  },
);
