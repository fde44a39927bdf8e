/** The parts that speak to the browser and the daemon, put together as services.js does. */
import "./fake-browser.js"; // before all else: the extension looks for its browser at once

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, mock, test } from "node:test";
import { ActivityMonitor } from "../../extension/lib/activity-monitor.js";
import { Catalogue } from "../../extension/lib/catalogue.js";
import { DaemonState } from "../../extension/lib/daemon-state.js";
import { SEND_DELAY } from "../../extension/lib/deduplication.js";
import { EventQueue } from "../../extension/lib/event-queue.js";
import { InteractionRecorder } from "../../extension/lib/interaction-recorder.js";
import { NativePortError } from "../../extension/lib/native-port.js";
import { backoffDelay, Sender } from "../../extension/lib/sender.js";
import { freshBrowser } from "./fake-browser.js";

const FOLDER = new URL("../../extension/catalogue/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
const catalogue = new Catalogue(read("index.json").map((id) => read(`${id}.json`)));
const START = 1_795_456_800_000;
/** Long enough ago that an act is not held back any more. */
const EARLIER = START - SEND_DELAY;
const TODAY = {
  state: "under",
  left_seconds: 1380,
  spent_seconds: 0,
  budget_minutes: 60,
  networks: [],
};

let browser;
let daemon;
let parts;

/** A daemon that stores all; `daemon.answer` may say otherwise. */
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

/** A worker that has just been woken; what an earlier one stored is there. */
async function wake() {
  const clock = { now: parts?.clock.now ?? START };
  const { local, session } = browser.storage;
  const state = await DaemonState.load(() => clock.now);
  const queue = new EventQueue(local);
  const shared = { catalogue, queue, state, session, now: () => clock.now };
  const sender = new Sender({
    ...shared,
    port: daemon,
    source: { browser: "chromium", profile: "p", extension: "0" },
    getNetworks: async () => browser.picked,
  });
  const monitor = new ActivityMonitor({ ...shared, sender });
  parts = {
    clock,
    state,
    queue,
    sender,
    monitor,
    recorder: new InteractionRecorder({ ...shared, sender }),
  };
  return parts;
}

/** Sends what was done before now, once it can't be taken back any more. */
async function sendInteractionRecorder() {
  parts.clock.now += SEND_DELAY;
  await parts.sender.send();
}

/** Lets `seconds` pass, with a look at each five, as the worker's timer takes them. */
async function pass(seconds) {
  for (let passed = 0; passed < seconds; passed += 5) {
    parts.clock.now += 5000;
    await parts.monitor.poll();
  }
  await parts.sender.send();
}

const sent = () => [...daemon.events.values()];
const lengths = () => sent().map(({ start, end }) => (end - start) / 1000);
const kept = () => parts.queue.count();

beforeEach(async () => {
  // The timers of the parts only bring the next look or try nearer: the tests call those.
  mock.timers.enable({ apis: ["setTimeout"] });
  browser = freshBrowser();
  daemon = makeDaemon();
  parts = null;
  await catalogue.reload();
});

afterEach(() => mock.timers.reset());

function post(requestId, body = {}, more = {}) {
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

test("a page in front reaches the daemon while it is open, and with its whole length after", async () => {
  await wake();
  await parts.monitor.poll();
  await pass(20);
  assert.deepEqual(lengths(), [15]);
  browser.front.focused = false;
  await pass(10);
  assert.deepEqual(lengths(), [25]);
  assert.equal(await kept(), 0);
  assert.equal(browser.badge.text, "23");
  const [{ body }] = daemon.requests;
  assert.deepEqual(body.source, { browser: "chromium", profile: "p", extension: "0" });
});

test("it looks every five seconds while somebody is there, reading or listening, and else rests", async () => {
  await wake();
  const looks = async (idleSeconds, audible) => {
    Object.assign(browser, { idleSeconds });
    browser.tab.audible = audible;
    await parts.monitor.poll();
    const look = mock.method(parts.monitor, "poll", async () => {});
    mock.timers.tick(60_000);
    look.mock.restore();
    return look.mock.callCount();
  };
  assert.equal(await looks(0, false), 1);
  assert.equal(await looks(100, true), 1);
  assert.equal(await looks(100, false), 0);
  assert.equal(await looks(10_000, true), 0);
  browser.front.focused = false;
  assert.equal(await looks(0, false), 0);
});

test("a worker that was stopped finds its visit again", async () => {
  await wake();
  await parts.monitor.poll();
  await pass(10);
  await wake();
  await pass(10);
  browser.tab = { id: 8 };
  await pass(5);
  assert.deepEqual(lengths(), [25]);
});

test("a browser that was killed costs one beat at most", async () => {
  await wake();
  await parts.monitor.poll();
  await pass(40);
  browser.storage.session.data.clear();
  parts.clock.now += 3600_000;
  await wake();
  await pass(20);
  assert.deepEqual(lengths(), [30, 15]);
});

test("another application, no window, a private window or a page out of sight are not counted", async () => {
  await wake();
  browser.front.focused = false;
  await pass(30);
  browser.front = { id: 1, focused: true, incognito: false, state: "minimized" };
  await pass(30);
  browser.front = { id: 1, focused: true, incognito: true };
  await pass(30);
  browser.front = { id: 1, focused: true, incognito: false };
  browser.tab = { id: 7, url: "https://x.com/home", incognito: true };
  await pass(30);
  browser.tab = { id: 7, url: undefined };
  await pass(30);
  browser.front = null;
  await pass(30);
  assert.deepEqual(daemon.requests, []);
});

test("idle cuts; with sound only after five minutes", async () => {
  await wake();
  await parts.monitor.poll();
  for (; browser.idleSeconds < 100; browser.idleSeconds += 5) await pass(5);
  assert.deepEqual(lengths(), [65]);
  browser.idleSeconds = 0;
  browser.tab.audible = true;
  for (; browser.idleSeconds < 400; browser.idleSeconds += 5) await pass(5);
  assert.deepEqual(lengths(), [65, 300]);
});

test("a locked screen is nobody's time, whatever plays", async () => {
  await wake();
  browser.locked = true;
  browser.tab.audible = true;
  await pass(60);
  assert.deepEqual(sent(), []);
});

test("an act counts once it succeeded, with the handle of the page and nothing of its body", async () => {
  browser.tab.url = "https://x.com/nasa";
  await wake();
  await parts.recorder.begin(post("1", { variables: { tweet_text: "secret", reply: {} } }));
  assert.deepEqual(sent(), []);
  assert.doesNotMatch(JSON.stringify([...browser.storage.session.data]), /secret/);
  await parts.recorder.finish({ requestId: "1", statusCode: 200 });
  await sendInteractionRecorder();
  const [{ id, ...event }] = sent();
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(event, {
    kind: "interaction",
    network: "x",
    action: "reply",
    handle: "nasa",
    tag: null,
    at: START,
  });
});

test("an act that failed, was refused, was undone or is unknown makes no event", async () => {
  await wake();
  await parts.recorder.begin(post("1"));
  await parts.recorder.finish({ requestId: "1", statusCode: 403 });
  await parts.recorder.begin(post("2"));
  await parts.recorder.fail({ requestId: "2" });
  await parts.recorder.begin(post("3", {}, { url: "https://x.com/i/api/graphql/a/DeleteTweet" }));
  await parts.recorder.finish({ requestId: "3", statusCode: 200 });
  await parts.recorder.begin(post("4", {}, { incognito: true }));
  await parts.recorder.finish({ requestId: "4", statusCode: 200 });
  await parts.recorder.finish({ requestId: "never begun", statusCode: 200 });
  assert.equal(await kept(), 0);
  assert.deepEqual(browser.storage.session.data.get("begun"), {});
});

test("under which handle the user posts is said once a session, and again where it was not heard", async () => {
  const own = { url: "https://www.tumblr.com/api/v2/blog/my-blog.tumblr.com/posts" };
  const said = () =>
    daemon.requests.filter(({ path }) => path === "suggestions/profiles").map(({ body }) => body);
  const publish = async (requestId, more) => {
    await parts.recorder.begin(post(requestId, { text: requestId }, { ...own, ...more }));
    await parts.recorder.finish({ requestId, statusCode: more?.statusCode ?? 201 });
  };
  await wake();
  await publish("1", { statusCode: 403 });
  await publish("2", { url: "https://www.tumblr.com/api/v2/blog/t:abc/posts" });
  assert.deepEqual(said(), []);
  daemon.answer = (_, path) => path === "suggestions/profiles" && { status: 503, body: {} };
  await publish("3");
  daemon.answer = () => null;
  await publish("4");
  await publish("5");
  const mine = { network: "tumblr", handle: "my-blog" };
  assert.deepEqual(said(), [mine, mine]);
});

test("a worker that is stopped in the middle of a request counts it all the same, once", async () => {
  await wake();
  await parts.recorder.begin(post("1"));
  await wake();
  await Promise.all([
    parts.recorder.finish({ requestId: "1", statusCode: 302 }),
    parts.recorder.finish({ requestId: "1", statusCode: 302 }),
  ]);
  await sendInteractionRecorder();
  assert.equal(sent().length, 1);
});

test("a service worker's act has no handle; nor has one on another network's page", async () => {
  browser.tab.url = "https://www.facebook.com/NASA";
  await wake();
  await parts.recorder.begin(post("1", {}, { tabId: -1 }));
  await parts.recorder.begin(post("2", { other: 1 }));
  for (const requestId of ["1", "2"]) await parts.recorder.finish({ requestId, statusCode: 200 });
  await sendInteractionRecorder();
  assert.deepEqual(
    sent().map(({ handle }) => handle),
    [null, null],
  );
});

test("what can't be sent is kept, waits longer each time, and the badge says so", async () => {
  daemon.answer = () => ({ status: 503, body: { error: { code: "daemon_unreachable" } } });
  await wake();
  await parts.queue.put({ id: "a", kind: "interaction", at: EARLIER });
  for (let tries = 1; tries <= 4; tries += 1) {
    await parts.sender.send();
    await parts.sender.send(); // not yet: the wait is on
    assert.equal(daemon.requests.length, tries);
    parts.clock.now += backoffDelay(tries);
  }
  assert.equal(browser.badge.text, "!");
  assert.equal(parts.state.values.reach.code, "daemon_unreachable");
  assert.equal(await kept(), 1);
  await wake(); // the wait outlives the worker
  daemon.answer = () => null;
  await parts.sender.send();
  assert.equal(await kept(), 0);
  assert.equal(browser.badge.text, "23");
});

test("the wait doubles from a second to five minutes", () => {
  assert.deepEqual(
    [1, 2, 3, 8, 9, 10, 50].map(backoffDelay),
    [1000, 2000, 4000, 128_000, 256_000, 300_000, 300_000],
  );
});

test("a host that is missing is known by its code", async () => {
  daemon.answer = () => {
    throw new NativePortError("host_missing", "not found");
  };
  await wake();
  await parts.sender.runPeriodicTasks();
  assert.deepEqual(parts.state.values.reach, { ok: false, code: "host_missing" });
});

test("one event that spoils its batch is found and let go; all others arrive", async () => {
  daemon.answer = (_method, path, body) =>
    path === "events" && body.events.some(({ id }) => id === "e-123")
      ? { status: 400, body: {} }
      : null;
  await wake();
  for (let index = 100; index < 800; index += 1) {
    await parts.queue.put({ id: `e-${index}`, kind: "interaction", at: EARLIER });
  }
  await parts.sender.send();
  assert.equal(await kept(), 0);
  assert.equal(daemon.events.size, 699);
  assert.equal(parts.state.values.refused, 1);
  assert.ok(daemon.requests.length < 60, `${daemon.requests.length} requests`);
});

test("a rejected event is let go and counted, by its id or by its place", async () => {
  daemon.answer = (_method, path, { events } = {}) =>
    path === "events"
      ? {
          status: 200,
          body: {
            stored: [events[0].id],
            rejected: [
              { id: events[1].id, index: 1, code: "invalid" },
              { id: null, index: 2, code: "conflict" },
            ],
            today: TODAY,
          },
        }
      : null;
  await wake();
  for (const id of ["a", "b", "c"]) await parts.queue.put({ id, kind: "interaction", at: EARLIER });
  await parts.sender.send();
  assert.equal(await kept(), 0);
  assert.equal(parts.state.values.refused, 2);
});

test("an answer that acknowledges nothing is not asked for without end", async () => {
  daemon.answer = () => ({ status: 200, body: { stored: [], rejected: [], today: TODAY } });
  await wake();
  await parts.queue.put({ id: "a", kind: "interaction", at: EARLIER });
  await parts.sender.send();
  assert.equal(daemon.requests.length, 1);
  assert.equal(await kept(), 1);
});

test("access refused is a failure, not a reason to let events go", async () => {
  daemon.answer = () => ({ status: 401, body: { error: { code: "unauthorized" } } });
  await wake();
  await parts.queue.put({ id: "a", kind: "interaction", at: EARLIER });
  await parts.sender.send();
  await parts.sender.send();
  assert.equal(daemon.requests.length, 1);
  assert.equal(await kept(), 1);
});

test("while paused nothing is collected, and the daemon is asked once a minute", async () => {
  daemon.pause = { paused: true, since: START, until: null };
  daemon.answer = (_method, path, body) =>
    path === "events" && daemon.pause.paused
      ? {
          status: 200,
          body: {
            stored: [],
            rejected: body.events.map(({ id }, index) => ({ id, index, code: "paused" })),
            today: TODAY,
          },
        }
      : null;
  await wake();
  await parts.monitor.poll();
  await pass(20);
  await pass(5); // the open visit is closed at the first look that knows of the pause
  assert.equal(parts.state.isPaused, true);
  assert.equal(browser.badge.text, "II");
  assert.equal(parts.state.values.refused, 0);
  await parts.sender.runPeriodicTasks(); // the report that the extension is here
  const before = daemon.requests.length;
  await parts.recorder.begin(post("1"));
  await parts.recorder.finish({ requestId: "1", statusCode: 200 });
  for (let beats = 0; beats < 8; beats += 1) {
    await pass(15);
    await parts.sender.runPeriodicTasks();
  }
  assert.deepEqual(
    daemon.requests.slice(before).flatMap(({ path }) => (path === "tags" ? [] : [path])),
    ["pause", "pause"],
  );
  assert.equal(await kept(), 0);
  daemon.pause = { paused: false, since: null, until: null };
  parts.clock.now += 60_000;
  await parts.sender.runPeriodicTasks();
  await pass(25);
  assert.deepEqual(lengths(), [15]);
});

test("a network that is switched off in plnd is asked about once, and nothing is wrong", async () => {
  daemon.networks = [
    { id: "x", counted: false },
    { id: "mastodon", counted: true },
  ];
  daemon.answer = (_method, path, body) =>
    path === "events"
      ? {
          status: 200,
          body: {
            stored: [],
            rejected: body.events.map(({ id }, index) => ({ id, index, code: "not_counted" })),
            today: TODAY,
          },
        }
      : null;
  await wake();
  assert.deepEqual(parts.state.uncountedNetworks, []);
  for (const id of ["a", "b"]) {
    await parts.queue.put({ id, kind: "interaction", network: "x", at: EARLIER });
    await parts.sender.send();
  }
  assert.deepEqual(
    daemon.requests.map(({ path }) => path),
    ["events", "networks", "events"],
  );
  assert.deepEqual(parts.state.uncountedNetworks, ["x"]);
  assert.equal(parts.state.values.refused, 0);
  assert.equal(await kept(), 0);
});

test("a pause with an end is over at that moment, even if nobody can be asked", async () => {
  await wake();
  await parts.state.setPause({ paused: true, until: START + 60_000 });
  assert.equal(parts.state.isPaused, true);
  parts.clock.now = START + 60_000;
  assert.equal(parts.state.isPaused, false);
});

test("today is asked for once an hour at most when nothing happens, and after a failure", async () => {
  browser.front.focused = false;
  await wake();
  for (let minutes = 0; minutes < 120; minutes += 1) {
    parts.clock.now += 60_000;
    await parts.sender.runPeriodicTasks();
  }
  const paths = daemon.requests.map(({ path }) => path).filter((path) => !/^sources/.test(path));
  assert.deepEqual(paths, ["today", "tags", "today", "tags"]);
});

const reports = () => daemon.requests.filter(({ path }) => path.startsWith("sources/"));

test("the daemon hears what is picked: at the browser's start, hourly, and when it changes", async () => {
  browser.picked = ["x"];
  await wake();
  await parts.sender.runPeriodicTasks();
  await parts.sender.runPeriodicTasks();
  await wake(); // a worker that is woken again has nothing new to say
  await parts.sender.runPeriodicTasks();
  const said = { browser: "chromium", extension: "0", networks: ["x"] };
  assert.deepEqual(reports(), [{ method: "PUT", path: "sources/p", body: said }]);
  browser.picked = ["x", "facebook"];
  await parts.sender.reportPermissions();
  assert.deepEqual(reports()[1].body.networks, ["x", "facebook"]);
  parts.clock.now += 3600_000;
  await parts.sender.runPeriodicTasks();
  assert.equal(reports().length, 3);
  browser.storage.session.data.clear(); // the browser was started anew
  await wake();
  await parts.sender.runPeriodicTasks();
  assert.equal(reports().length, 4);
});

test("a report that did not arrive is made again; one that is not understood is not", async () => {
  let status = 503;
  daemon.answer = (_method, path) => (path.startsWith("sources/") ? { status, body: {} } : null);
  await wake();
  await parts.sender.runPeriodicTasks();
  parts.clock.now += backoffDelay(1);
  await parts.sender.runPeriodicTasks();
  assert.equal(reports().length, 2);
  status = 404; // an older daemon
  parts.clock.now += backoffDelay(2);
  await parts.sender.runPeriodicTasks();
  await parts.sender.runPeriodicTasks();
  assert.equal(reports().length, 3);
});

/** A like of one post on X, begun at `at` ms and answered at once. */
async function like(requestId, at, more = {}) {
  const url = "https://x.com/i/api/graphql/a/FavoriteTweet";
  const body = { variables: { tweet_id: more.tweet ?? "1" } };
  await parts.recorder.begin(post(requestId, body, { url, timeStamp: START + at, ...more }));
  await parts.recorder.finish({ requestId, statusCode: more.statusCode ?? 200 });
}

const unlike = (requestId, at, more = {}) =>
  like(requestId, at, { url: "https://x.com/i/api/graphql/a/UnfavoriteTweet", ...more });

test("the same request again within seconds is one act; after them, or with other content, two", async () => {
  await wake();
  await like("1", 0);
  await like("2", 4000);
  await like("3", 8000); // a chain of retries: each follows the one before
  await like("4", 8500, { tweet: "2" });
  await like("5", 13_001);
  parts.clock.now += 20_000;
  await parts.sender.send();
  assert.deepEqual(
    sent().map(({ at }) => at - START),
    [0, 8500, 13_001],
  );
});

test("what was refused or broke off, and is tried again, counts once", async () => {
  await wake();
  await like("1", 0, { statusCode: 500 });
  await parts.recorder.begin(post("2"));
  await parts.recorder.fail({ requestId: "2" });
  await like("3", 1000);
  await sendInteractionRecorder();
  await sendInteractionRecorder();
  assert.equal(sent().length, 1);
});

test("a double click across the stop of the worker is one act", async () => {
  await wake();
  await like("1", 0);
  await wake();
  await like("2", 300);
  await sendInteractionRecorder();
  assert.equal(sent().length, 1);
});

test("of what is sent in the same moment twice, one counts", async () => {
  await wake();
  await Promise.all([like("1", 0), like("2", 1)]);
  await sendInteractionRecorder();
  assert.equal(sent().length, 1);
});

test("an act that begins while another ends is not lost, however fast its answer", async () => {
  await wake();
  const begin = (requestId) => {
    const url = "https://x.com/i/api/graphql/a/FavoriteTweet";
    const body = { variables: { tweet_id: requestId } };
    return parts.recorder.begin(post(requestId, body, { url, timeStamp: START }));
  };
  const finish = (requestId) => parts.recorder.finish({ requestId, statusCode: 200 });
  await begin("1");
  await finish("1");
  await begin("2");
  const ending = finish("2");
  const beginning = begin("3");
  let looks = 0;
  let answered;
  browser.storage.session.before = async () => {
    looks += 1;
    // After "2" was taken out of the storage, before "3" is in it.
    if (looks === 3) answered = finish("3");
  };
  await Promise.all([ending, beginning]);
  await answered;
  browser.storage.session.before = async () => {};
  assert.equal(await kept(), 3);
});

test("where one act sends several requests that differ, they are one act, on one tab", async () => {
  await wake();
  const url = "https://medium.com/_/graphql";
  const follow = async (requestId, operationName, more = {}) => {
    await parts.recorder.begin(post(requestId, [{ operationName }], { url, ...more }));
    await parts.recorder.finish({ requestId, statusCode: 200 });
  };
  await follow("1", "SubscribeNewsletterV3Mutation");
  await follow("2", "FollowUserMutation");
  await follow("3", "FollowUserMutation", { tabId: 9 });
  assert.equal(await kept(), 2);
});

test("what is taken back before it was sent was no act; done again it counts", async () => {
  await wake();
  await like("1", 0);
  await unlike("2", 1000);
  assert.equal(await kept(), 0);
  await like("3", 2000);
  await sendInteractionRecorder();
  await sendInteractionRecorder();
  assert.deepEqual(
    sent().map(({ at }) => at - START),
    [2000],
  );
});

test("an undo that was refused, of another kind or on another tab, and one after the sending, take nothing back", async () => {
  await wake();
  await like("1", 0);
  await unlike("2", 100, { statusCode: 403 });
  await unlike("3", 200, { tabId: 8 });
  const url = "https://x.com/i/api/1.1/friendships/destroy.json";
  await unlike("4", 300, { url });
  assert.equal(await kept(), 1);
  await sendInteractionRecorder();
  await unlike("5", 6000);
  await sendInteractionRecorder();
  assert.equal(sent().length, 1);
});

test("while the daemon can't be reached an act can be taken back for a minute", async () => {
  daemon.answer = () => ({ status: 503, body: {} });
  await wake();
  await like("1", 0);
  await like("2", 0, { tweet: "2" });
  await sendInteractionRecorder();
  await unlike("3", 50_000);
  assert.equal(await kept(), 1);
  await unlike("4", 60_000);
  assert.equal(await kept(), 1);
});

test("a pause sends the acts before it at once", async () => {
  await wake();
  await like("1", 0);
  await parts.sender.send();
  assert.equal(sent().length, 0);
  await parts.sender.send({ all: true });
  assert.equal(sent().length, 1);
});

test("an act of low certainty counts unless the user said not to", async () => {
  const low = { url: "https://www.quora.com/graphql/gql_para_POST?q=UpvoteMutation" };
  const act = catalogue.recogniseRequest("POST", low.url, null);
  assert.equal(act.certainty, "low");
  await wake();
  await parts.recorder.begin(post("1", {}, low));
  await parts.recorder.finish({ requestId: "1", statusCode: 200 });
  assert.equal(await kept(), 1);
  await browser.storage.local.set({ unsure_off: ["quora"] });
  await catalogue.reload();
  await parts.recorder.begin(post("2", { other: 1 }, low));
  await parts.recorder.finish({ requestId: "2", statusCode: 200 });
  await like("3", 0);
  assert.equal(await kept(), 2);
});

test("a vote by a plain GET is an act, and no other GET is kept in mind", async () => {
  await wake();
  const url = "https://news.ycombinator.com/vote?id=1&how=up&auth=a";
  const get = { method: "GET", requestBody: undefined };
  await parts.recorder.begin({ ...post("1"), ...get, url });
  await parts.recorder.begin({
    ...post("2"),
    ...get,
    url: "https://news.ycombinator.com/item?id=1",
  });
  assert.deepEqual(Object.keys(browser.storage.session.data.get("begun")), ["1"]);
  await parts.recorder.finish({ requestId: "1", statusCode: 200 });
  assert.equal(await kept(), 1);
});

test("requests that are no acts cost no look into the storage", async () => {
  await wake();
  await parts.recorder.finish({ requestId: "first", statusCode: 200 });
  let looks = 0;
  browser.storage.session.before = async () => {
    looks += 1;
  };
  for (let index = 0; index < 500; index += 1) {
    const requestId = String(index);
    await parts.recorder.begin(post(requestId, {}, { url: "https://x.com/i/api/1.1/jot" }));
    await parts.recorder.finish({ requestId, statusCode: 200 });
  }
  browser.storage.session.before = async () => {};
  assert.equal(looks, 0);
});

test("a request that two networks' listeners hear is one act", async () => {
  await wake();
  await Promise.all([parts.recorder.begin(post("1")), parts.recorder.begin(post("1"))]);
  const { 1: only, ...others } = browser.storage.session.data.get("begun");
  assert.deepEqual([only.event.action, others], ["post", {}]);
  const end = { requestId: "1", statusCode: 200 };
  await Promise.all([parts.recorder.finish(end), parts.recorder.finish(end)]);
  assert.equal(await kept(), 1);
});

test("an act that is answered by another address counts, once", async () => {
  await wake();
  await parts.recorder.begin(post("1"));
  const redirectUrl = "https://x.com/home";
  await parts.recorder.redirect({ requestId: "1", statusCode: 302, method: "POST", redirectUrl });
  assert.equal(await kept(), 1);
  await parts.recorder.finish({ requestId: "1", statusCode: 200 });
  assert.equal(await kept(), 1);
});

test("an act that is sent on as it is counts when it is done, wherever that is heard", async () => {
  await wake();
  const there = post("1").url.replace("x.com", "twitter.com");
  const moved = { requestId: "1", statusCode: 307, method: "POST", redirectUrl: there };
  await parts.recorder.begin(post("1"));
  await parts.recorder.redirect(moved);
  await parts.recorder.begin(post("1", {}, { url: there }));
  assert.equal(await kept(), 0);
  await parts.recorder.finish({ requestId: "1", statusCode: 403 });
  assert.equal(await kept(), 0);
  await parts.recorder.begin(post("2"));
  await parts.recorder.redirect({ ...moved, requestId: "2", redirectUrl: "https://example.org/" });
  assert.equal(await kept(), 1);
});

// -- followed tags ---------------------------------------------------------------------

async function follow(...tags) {
  daemon.tags = tags.map((tag) => ({ network: "x", tag }));
  await parts.sender.request("GET", "today");
  await parts.sender.runPeriodicTasks();
}

test("of a hashtag's page only a followed tag is sent", async () => {
  await wake();
  await follow("edchat");
  for (const tag of ["EdChat", "secret"]) {
    browser.tab = { url: `https://x.com/hashtag/${tag}` };
    await parts.monitor.poll();
    await pass(10);
  }
  browser.front.focused = false;
  await pass(5);
  assert.deepEqual(
    sent().map(({ page, tag }) => [page, tag]),
    [
      ["tag", "edchat"],
      ["tag", null],
    ],
  );
});

test("of a post only that a followed tag occurs in it is sent, nothing of its words", async () => {
  await wake();
  await follow("edchat");
  const texts = ["my words #EDCHAT", "my words #other", "my words"];
  for (const [index, tweet_text] of texts.entries()) {
    const variables = { variables: { tweet_text } };
    await parts.recorder.begin(post(`${index}`, variables, { timeStamp: START + 60_000 * index }));
    await parts.recorder.finish({ requestId: `${index}`, statusCode: 200 });
  }
  await parts.sender.send({ all: true });
  assert.deepEqual(
    sent().map(({ tag }) => tag),
    ["edchat", null, null],
  );
  const stored = JSON.stringify([...daemon.requests, await browser.storage.local.get(null)]);
  assert.ok(!stored.includes("my words"));
});

test("a chat that is next and not known yet is asked for at the next beat", async () => {
  await wake();
  await follow();
  const next = { tag: "EdChat", network: "x", starts_at: START, ends_at: START + 1 };
  daemon.tags = [{ network: "x", tag: "edchat" }];
  parts.clock.now += 1000;
  await parts.state.setToday({ ...TODAY, next_chat: next });
  await parts.sender.runPeriodicTasks();
  assert.deepEqual(parts.state.tags, daemon.tags);
});

test("what the user has forgotten is let go of, and is nobody's mistake", async () => {
  daemon.answer = (_method, path, body) =>
    path === "events"
      ? {
          status: 200,
          body: {
            stored: [],
            rejected: body.events.map(({ id }, index) => ({ id, index, code: "forgotten" })),
            today: TODAY,
          },
        }
      : null;
  await wake();
  await parts.recorder.begin(post("1"));
  await parts.recorder.finish({ requestId: "1", statusCode: 200 });
  await sendInteractionRecorder();
  assert.equal(await kept(), 0);
  assert.equal(parts.state.values.refused ?? 0, 0);
});
