/** A worker of the extension with its services as services.js creates them, and a fake daemon. */
import "./fake-browser.js"; // first: browser.js reads the global object when it is loaded

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, mock } from "node:test";
import { ActivityMonitor } from "../../extension/lib/activity-monitor.js";
import { Catalogue } from "../../extension/lib/catalogue.js";
import { DaemonState } from "../../extension/lib/daemon-state.js";
import { SEND_DELAY } from "../../extension/lib/deduplication.js";
import { EventQueue } from "../../extension/lib/event-queue.js";
import { InteractionRecorder } from "../../extension/lib/interaction-recorder.js";
import { Sender } from "../../extension/lib/sender.js";
import { freshBrowser } from "./fake-browser.js";

const FOLDER = new URL("../../extension/catalogue/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
export const catalogue = new Catalogue(read("index.json").map((id) => read(`${id}.json`)));
export const START = 1_795_456_800_000;
/** Long enough ago that an interaction is sent at once. */
export const EARLIER = START - SEND_DELAY;
export const TODAY = {
  state: "under",
  left_seconds: 1380,
  spent_seconds: 0,
  budget_minutes: 60,
  networks: [],
};

export let browser;
export let daemon;
export let services;

/** A daemon that stores all events, unless `daemon.answer` returns another answer. */
function makeDaemon() {
  return {
    requests: [],
    events: new Map(),
    tags: [],
    networks: [],
    pause: { paused: false, since: null, until: null },
    answer: () => null,
    async request(method, path, body) {
      this.requests.push({ method, path, body });
      const special = this.answer(method, path, body);
      if (special) return special;
      if (path === "today") return { status: 200, body: TODAY };
      if (path === "pause") return { status: 200, body: this.pause };
      if (path.startsWith("sources/")) return { status: 200, body: {} };
      if (path === "suggestions/profiles") return { status: 200, body: { suggestions: [] } };
      if (path === "tags") return { status: 200, body: { tags: this.tags } };
      if (path === "networks") return { status: 200, body: { networks: this.networks } };
      for (const event of body.events) this.events.set(event.id, event);
      return {
        status: 200,
        body: { stored: body.events.map(({ id }) => id), rejected: [], today: TODAY },
      };
    },
  };
}

/** Starts a worker; what an earlier one stored is there. */
export async function wake() {
  const clock = { now: services?.clock.now ?? START };
  const { local, session } = browser.storage;
  const state = await DaemonState.load(() => clock.now);
  const queue = new EventQueue(local);
  const shared = { catalogue, queue, state, session, now: () => clock.now };
  const sender = new Sender({
    ...shared,
    port: daemon,
    source: { browser: "chromium", profile: "p", extension: "0" },
    getNetworks: async () => browser.granted,
  });
  const monitor = new ActivityMonitor({ ...shared, sender });
  services = {
    clock,
    state,
    queue,
    sender,
    monitor,
    recorder: new InteractionRecorder({ ...shared, sender }),
  };
  return services;
}

/** Sends the interactions until now, after the time in which they can be undone. */
export async function sendInteractions() {
  services.clock.now += SEND_DELAY;
  await services.sender.send();
}

/** Lets `seconds` pass and polls every five, as the worker's timer does. */
export async function pass(seconds) {
  for (let passed = 0; passed < seconds; passed += 5) {
    services.clock.now += 5000;
    await services.monitor.poll();
  }
  await services.sender.send();
}

export const sent = () => [...daemon.events.values()];
export const lengths = () => sent().map(({ start, end }) => (end - start) / 1000);
export const queued = () => services.queue.count();

beforeEach(async () => {
  // Timers only bring the next poll or attempt forward: the tests call those themselves.
  mock.timers.enable({ apis: ["setTimeout"] });
  browser = freshBrowser();
  daemon = makeDaemon();
  services = null;
  await catalogue.reload();
});

afterEach(() => mock.timers.reset());

export function post(requestId, body = {}, more = {}) {
  const bytes = new TextEncoder().encode(JSON.stringify(body)).buffer;
  return {
    requestId,
    method: "POST",
    url: "https://x.com/i/api/graphql/a/CreateTweet",
    tabId: 7,
    timeStamp: START + 0.7,
    requestBody: { raw: [{ bytes }] },
    ...more,
  };
}

/** Makes the daemon say that the user follows these hashtags on X. */
export async function follow(...tags) {
  daemon.tags = tags.map((tag) => ({ network: "x", tag }));
  await services.sender.request("GET", "today");
  await services.sender.runPeriodicTasks();
}
