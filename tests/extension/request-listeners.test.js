/** Which requests the extension listens to, in each life of the worker. */
import "./fake-browser.js"; // first: browser.js reads the global object when it is loaded

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { Catalogue } from "../../extension/lib/catalogue.js";
import { RequestListeners } from "../../extension/lib/request-listeners.js";
import { GET_NETWORKS, URL_FILTERS } from "../../extension/lib/url-filters.js";
import { freshBrowser } from "./fake-browser.js";

const FOLDER = new URL("../../extension/catalogue/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
const shipped = read("index.json").map((id) => read(`${id}.json`));

const EVENTS = ["onBeforeRequest", "onBeforeRedirect", "onResponseStarted", "onErrorOccurred"];
const WRITES = ["https://*/*"];
const TOOT = { method: "POST", url: "https://mastodon.social/api/v1/statuses" };
const TWEET = { method: "POST", url: "https://x.com/i/api/graphql/abc/CreateTweet" };

/**
 * The browser's side, as Chromium has it: listeners are numbered as they come within a life of the
 * worker. Those that are there when it ends wait; what they wait for goes to the same number in
 * the next life, and to nobody when nobody has it.
 */
class Requests {
  waiting = new Map();
  added = new Map();
  ResourceType = { A: "main_frame", B: "xmlhttprequest", C: "image" };
  #count = 0;

  constructor() {
    for (const event of EVENTS) {
      this[event] = {
        addListener: (callback, { urls, types }, options = []) => {
          this.#count += 1;
          const listener = { event, callback, urls, types, options };
          this.added.set(`${event}/s${this.#count}`, listener);
        },
        removeListener: (callback) => {
          for (const [name, one] of this.added)
            if (one.event === event && one.callback === callback) this.added.delete(name);
        },
      };
    }
  }

  endLife() {
    this.waiting = new Map([...this.waiting, ...this.added]);
    this.added = new Map();
    this.#count = 0;
  }

  /** A request begins; returns how many listeners receive it. */
  ask(request, type = "xmlhttprequest", listening = this.added) {
    const names = [...listening]
      .filter(([, { event }]) => event === "onBeforeRequest")
      .filter(([, { urls, types }]) => types.includes(type) && letsThrough(urls, request.url))
      .map(([name]) => name);
    const heard = names.filter((name) => this.added.has(name));
    for (const name of heard) this.added.get(name).callback(request);
    return heard.length;
  }

  /** A request wakes the worker: `start` begins its life, which then hears of it. */
  wake(request, start) {
    const { waiting } = this;
    const life = start();
    assert.equal(this.ask(request, "xmlhttprequest", waiting), 1);
    return life;
  }

  /** The addresses of all that listen to one event, each list once. */
  places(event = "onBeforeRequest") {
    return [...this.added.values()].filter((one) => one.event === event).map(({ urls }) => urls);
  }
}

/** As a filter does: a star in the host is a domain and all below it, one in the path anything. */
function letsThrough(urls, address) {
  const quoted = (text) => text.replace(/[.?+^$()[\]{}|\\]/g, "\\$&").replaceAll("*", ".*");
  return urls.some((url) => {
    const [, host, path] = url.match(/^https:\/\/(?:\*\.)?([^/]+)(\/.*)$/);
    const hosts = url.startsWith("https://*.") ? `([^/]+\\.)?${quoted(host)}` : quoted(host);
    return new RegExp(`^https://${hosts}${quoted(path)}$`).test(address);
  });
}

let browser;
let requests;
let origins;
let begun;

/** A life of the worker; `ready` is not there before `wake` is called. */
function live() {
  const ready = Promise.withResolvers();
  const listeners = new RequestListeners(ready.promise);
  const wake = async () => {
    const catalogue = new Catalogue(shipped);
    await catalogue.reload();
    ready.resolve({ catalogue, recorder: { begin: ({ url }) => begun.push(url) } });
    await listeners.update();
    return { listeners, catalogue };
  };
  return { listeners, wake };
}

beforeEach(() => {
  browser = freshBrowser();
  requests = new Requests();
  origins = [];
  begun = [];
  Object.assign(globalThis.chrome, {
    webRequest: requests,
    permissions: { getAll: async () => ({ origins }) },
  });
});

const seen = (...hosts) => hosts.map((host) => `https://${host}/*`);

test("every life adds all listeners at once, in the same order", () => {
  const lives = ["x.com", "mastodon.social"].map((host) => {
    origins = seen(host);
    requests.endLife();
    live();
    return [...requests.added].map(([name, { urls }]) => [name, urls]);
  });
  assert.equal(lives[0].length, 4 * (Object.keys(URL_FILTERS).length + 1));
  assert.deepEqual(lives[0], lives[1]);
});

test("once the permissions are known, only the picked networks have listeners", async () => {
  origins = seen("x.com", "*.linkedin.com");
  await live().wake();
  for (const event of EVENTS)
    assert.deepEqual(requests.places(event), [URL_FILTERS.linkedin, URL_FILTERS.x]);
  for (const { event, options } of requests.added.values())
    assert.deepEqual(options, event === "onBeforeRequest" ? ["requestBody"] : []);
});

test("a request that wakes the worker is received, in every life of it", async () => {
  origins = seen("x.com", "mastodon.social");
  await live().wake();
  for (const count of [1, 2, 3]) {
    requests.endLife();
    const { wake } = requests.wake(TWEET, live);
    assert.equal(begun.length, count - 1); // nothing is made of it before all is ready
    await wake();
    assert.equal(begun.length, count);
    assert.deepEqual(requests.places(), [URL_FILTERS.mastodon, URL_FILTERS.x]);
  }
});

test("an added or removed permission updates the listeners, and an added one reattaches all", async () => {
  origins = seen("x.com");
  const { listeners } = await live().wake();
  const [before] = requests.added.keys();
  assert.equal(requests.ask(TOOT), 0);
  origins = seen("x.com", "mastodon.social");
  await listeners.update({ reattach: true });
  assert.deepEqual(requests.places(), [URL_FILTERS.mastodon, URL_FILTERS.x]);
  assert.ok(!requests.added.has(before));
  assert.equal(requests.ask(TOOT), 1);
  origins = seen("mastodon.social");
  const names = [...requests.added.keys()];
  await listeners.update();
  assert.deepEqual(requests.places(), [URL_FILTERS.mastodon]);
  assert.ok([...requests.added.keys()].every((name) => names.includes(name)));
  assert.equal(requests.ask(TWEET), 0);
});

test("updates at the same moment run one after another: the last one decides", async () => {
  origins = seen("x.com");
  const { listeners } = await live().wake();
  const answers = [seen("x.com", "mastodon.social"), seen("x.com")];
  const waits = [20, 0];
  globalThis.chrome.permissions.getAll = async () => {
    const answer = answers.shift();
    await new Promise((done) => setTimeout(done, waits.shift()));
    return { origins: answer };
  };
  await Promise.all([listeners.update(), listeners.update()]);
  assert.deepEqual(requests.places(), [URL_FILTERS.x]);
});

test("a network is listened for when any of its hosts may be seen, those of writes included", async () => {
  const cases = [
    [["bsky.social"], ["bluesky"]],
    [["de.linkedin.com"], ["linkedin"]],
    [["*.linkedin.com"], ["linkedin"]],
    [["*.reddit.com"], ["reddit"]],
    [["linkedin.com.example.org"], []],
    [["*"], Object.keys(URL_FILTERS)],
  ];
  for (const [hosts, ids] of cases) {
    origins = seen(...hosts);
    await live().wake();
    assert.deepEqual(
      requests.places(),
      ids.map((id) => URL_FILTERS[id]),
      hosts,
    );
    requests = Object.assign(globalThis.chrome, { webRequest: new Requests() }).webRequest;
  }
  origins = ["<all_urls>"];
  await live().wake();
  assert.equal(requests.places().length, Object.keys(URL_FILTERS).length);
});

test("a host of the user's own is listened for with its network", async () => {
  await browser.storage.local.set({ own_hosts: { mastodon: ["social.example.org"] } });
  origins = seen("social.example.org");
  await live().wake();
  assert.deepEqual(requests.places(), [URL_FILTERS.mastodon]);
  assert.equal(
    requests.ask({ ...TOOT, url: TOOT.url.replace("mastodon.social", "social.example.org") }),
    1,
  );
});

/** A file of the user's own, with a rule that nobody who shipped addresses could know. */
function ownFile(id, changes = {}) {
  const [network] = shipped.filter((file) => file.id === "mastodon");
  const rule = { ...network.interactions.at(-1), action: "post", url: "^https://[^/]+/club$" };
  delete rule.of;
  const more = { hosts: ["club.example.org"], write_hosts: ["club.example.org"], examples: [] };
  return { ...network, ...more, id, interactions: [{ ...rule, ...changes }] };
}

test("files of the user's own are listened for everywhere, from when they are there until they are gone", async () => {
  const write = { method: "POST", url: "https://club.example.org/club" };
  origins = seen("x.com", "club.example.org");
  const { listeners, catalogue } = await live().wake();
  assert.equal(requests.ask(write), 0);
  await browser.storage.local.set({ own_files: [ownFile("club")] });
  await catalogue.reload();
  await listeners.update();
  assert.deepEqual(requests.places(), [URL_FILTERS.x, WRITES]);
  assert.equal(requests.ask(write), 1);

  requests.endLife();
  const { wake } = live();
  const woken = await wake();
  assert.deepEqual(requests.places(), [URL_FILTERS.x, WRITES]);
  await browser.storage.local.set({ own_files: [] });
  await woken.catalogue.reload();
  await woken.listeners.update();
  assert.deepEqual(requests.places(), [URL_FILTERS.x]);
});

test("an own file that replaces a shipped one replaces its listeners; without a permission it has none", async () => {
  await browser.storage.local.set({ own_files: [ownFile("x"), ownFile("club")] });
  origins = seen("club.example.org", "mastodon.social");
  await live().wake();
  assert.deepEqual(requests.places(), [URL_FILTERS.mastodon, WRITES]);
  requests.endLife();
  origins = seen("x.com");
  await live().wake();
  assert.deepEqual(requests.places(), []);
});

test("GETs are listened to only where one can be an interaction, and there as images too", async () => {
  assert.deepEqual(GET_NETWORKS, ["hackernews"]);
  const vote = { method: "GET", url: "https://news.ycombinator.com/vote?id=1&how=up" };
  const own = { method: "GET", url: "https://club.example.org/any" };
  await browser.storage.local.set({ own_files: [ownFile("club", { method: "GET" })] });
  origins = seen("news.ycombinator.com", "x.com", "club.example.org");
  await live().wake();
  const listens = [...requests.added.values()].filter(({ event }) => event === "onBeforeRequest");
  assert.deepEqual(
    listens.map(({ urls, types }) => [urls, types.includes("image")]),
    [
      [URL_FILTERS.hackernews, true],
      [URL_FILTERS.x, false],
      [WRITES, false],
      [seen("club.example.org"), true],
    ],
  );
  requests.ask(vote, "image");
  requests.ask(own, "image");
  requests.ask({ ...TWEET, method: "GET" });
  requests.ask({ ...vote, method: "OPTIONS" });
  requests.ask({ ...vote, url: "https://news.ycombinator.com/item?id=1" });
  await new Promise(setImmediate);
  assert.deepEqual(begun, [vote.url, own.url]);
});
