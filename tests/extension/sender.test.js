/** What is sent to the daemon, when, and what becomes of its answers. */
import "./fake-browser.js"; // first: browser.js reads the global object when it is loaded

import assert from "node:assert/strict";
import { test } from "node:test";
import { NativePortError } from "../../extension/lib/native-port.js";
import { backoffDelay } from "../../extension/lib/sender.js";
import {
  browser,
  daemon,
  EARLIER,
  follow,
  lengths,
  pass,
  post,
  queued,
  START,
  sendInteractions,
  services,
  TODAY,
  wake,
} from "./worker.js";

/** Answers of a daemon that rejects all events with this code. */
const rejectEvents = (code) => (_method, path, body) => {
  if (path !== "events") return null;
  const rejected = body.events.map(({ id }, index) => ({ id, index, code }));
  return { status: 200, body: { stored: [], rejected, today: TODAY } };
};

test("what can't be sent stays queued, waits longer each time, and the badge says so", async () => {
  daemon.answer = () => ({ status: 503, body: { error: { code: "daemon_unreachable" } } });
  await wake();
  await services.queue.put({ id: "a", kind: "interaction", at: EARLIER });
  for (let tries = 1; tries <= 4; tries += 1) {
    await services.sender.send();
    await services.sender.send(); // not yet: the wait is on
    assert.equal(daemon.requests.length, tries);
    services.clock.now += backoffDelay(tries);
  }
  assert.equal(browser.badge.text, "!");
  assert.equal(services.state.values.reach.code, "daemon_unreachable");
  assert.equal(await queued(), 1);
  await wake(); // the wait outlives the worker
  daemon.answer = () => null;
  await services.sender.send();
  assert.equal(await queued(), 0);
  assert.equal(browser.badge.text, "23");
});

test("the wait doubles from a second to five minutes", () => {
  assert.deepEqual(
    [1, 2, 3, 8, 9, 10, 50].map(backoffDelay),
    [1000, 2000, 4000, 128_000, 256_000, 300_000, 300_000],
  );
});

test("a missing host is stored by its code", async () => {
  daemon.answer = () => {
    throw new NativePortError("host_missing", "not found");
  };
  await wake();
  await services.sender.runPeriodicTasks();
  assert.deepEqual(services.state.values.reach, { ok: false, code: "host_missing" });
});

test("one event that spoils its batch is found and discarded; all others arrive", async () => {
  daemon.answer = (_method, path, body) =>
    path === "events" && body.events.some(({ id }) => id === "e-123")
      ? { status: 400, body: {} }
      : null;
  await wake();
  for (let index = 100; index < 800; index += 1) {
    await services.queue.put({ id: `e-${index}`, kind: "interaction", at: EARLIER });
  }
  await services.sender.send();
  assert.equal(await queued(), 0);
  assert.equal(daemon.events.size, 699);
  assert.equal(services.state.values.refused, 1);
  assert.ok(daemon.requests.length < 60, `${daemon.requests.length} requests`);
});

test("a rejected event is removed and counted, by its id or by its place", async () => {
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
  for (const id of ["a", "b", "c"])
    await services.queue.put({ id, kind: "interaction", at: EARLIER });
  await services.sender.send();
  assert.equal(await queued(), 0);
  assert.equal(services.state.values.refused, 2);
});

test("an answer that acknowledges nothing is not asked for without end", async () => {
  daemon.answer = () => ({ status: 200, body: { stored: [], rejected: [], today: TODAY } });
  await wake();
  await services.queue.put({ id: "a", kind: "interaction", at: EARLIER });
  await services.sender.send();
  assert.equal(daemon.requests.length, 1);
  assert.equal(await queued(), 1);
});

test("access refused is a failure, not a reason to discard events", async () => {
  daemon.answer = () => ({ status: 401, body: { error: { code: "unauthorized" } } });
  await wake();
  await services.queue.put({ id: "a", kind: "interaction", at: EARLIER });
  await services.sender.send();
  await services.sender.send();
  assert.equal(daemon.requests.length, 1);
  assert.equal(await queued(), 1);
});

test("while paused nothing is collected, and the daemon is asked once a minute", async () => {
  daemon.pause = { paused: true, since: START, until: null };
  const reject = rejectEvents("paused");
  daemon.answer = (...request) => (daemon.pause.paused ? reject(...request) : null);
  await wake();
  await services.monitor.poll();
  await pass(20);
  await pass(5); // the open visit is closed at the first poll that knows of the pause
  assert.equal(services.state.isPaused, true);
  assert.equal(browser.badge.text, "II");
  assert.equal(services.state.values.refused, 0);
  await services.sender.runPeriodicTasks(); // the report that the extension is here
  const before = daemon.requests.length;
  await services.recorder.begin(post("1"));
  await services.recorder.finish({ requestId: "1", statusCode: 200 });
  for (let heartbeats = 0; heartbeats < 8; heartbeats += 1) {
    await pass(15);
    await services.sender.runPeriodicTasks();
  }
  assert.deepEqual(
    daemon.requests.slice(before).flatMap(({ path }) => (path === "tags" ? [] : [path])),
    ["pause", "pause"],
  );
  assert.equal(await queued(), 0);
  daemon.pause = { paused: false, since: null, until: null };
  services.clock.now += 60_000;
  await services.sender.runPeriodicTasks();
  await pass(25);
  assert.deepEqual(lengths(), [15]);
});

test("a network that is switched off in plnd is asked about once, and nothing is wrong", async () => {
  daemon.networks = [
    { id: "x", counted: false },
    { id: "mastodon", counted: true },
  ];
  daemon.answer = rejectEvents("not_counted");
  await wake();
  assert.deepEqual(services.state.uncountedNetworks, []);
  for (const id of ["a", "b"]) {
    await services.queue.put({ id, kind: "interaction", network: "x", at: EARLIER });
    await services.sender.send();
  }
  assert.deepEqual(
    daemon.requests.map(({ path }) => path),
    ["events", "networks", "events"],
  );
  assert.deepEqual(services.state.uncountedNetworks, ["x"]);
  assert.equal(services.state.values.refused, 0);
  assert.equal(await queued(), 0);
});

test("a pause with an end is over at that moment, even if nobody can be asked", async () => {
  await wake();
  await services.state.setPause({ paused: true, until: START + 60_000 });
  assert.equal(services.state.isPaused, true);
  services.clock.now = START + 60_000;
  assert.equal(services.state.isPaused, false);
});

test("today is asked for once an hour at most when nothing happens, and after a failure", async () => {
  browser.front.focused = false;
  await wake();
  for (let minutes = 0; minutes < 120; minutes += 1) {
    services.clock.now += 60_000;
    await services.sender.runPeriodicTasks();
  }
  const paths = daemon.requests.map(({ path }) => path).filter((path) => !/^sources/.test(path));
  assert.deepEqual(paths, ["today", "tags", "today", "tags"]);
});

const reports = () => daemon.requests.filter(({ path }) => path.startsWith("sources/"));

test("the picked networks are reported: at the browser's start, hourly, and when it changes", async () => {
  browser.granted = ["x"];
  await wake();
  await services.sender.runPeriodicTasks();
  await services.sender.runPeriodicTasks();
  await wake(); // a worker that is woken again has nothing new to say
  await services.sender.runPeriodicTasks();
  const said = { browser: "chromium", extension: "0", networks: ["x"] };
  assert.deepEqual(reports(), [{ method: "PUT", path: "sources/p", body: said }]);
  browser.granted = ["x", "facebook"];
  await services.sender.reportPermissions();
  assert.deepEqual(reports()[1].body.networks, ["x", "facebook"]);
  services.clock.now += 3600_000;
  await services.sender.runPeriodicTasks();
  assert.equal(reports().length, 3);
  browser.storage.session.data.clear(); // the browser was started anew
  await wake();
  await services.sender.runPeriodicTasks();
  assert.equal(reports().length, 4);
});

test("a report that did not arrive is made again; one that is not understood is not", async () => {
  let status = 503;
  daemon.answer = (_method, path) => (path.startsWith("sources/") ? { status, body: {} } : null);
  await wake();
  await services.sender.runPeriodicTasks();
  services.clock.now += backoffDelay(1);
  await services.sender.runPeriodicTasks();
  assert.equal(reports().length, 2);
  status = 404; // an older daemon
  services.clock.now += backoffDelay(2);
  await services.sender.runPeriodicTasks();
  await services.sender.runPeriodicTasks();
  assert.equal(reports().length, 3);
});

test("the tag of a next chat that is missing is requested at the next heartbeat", async () => {
  await wake();
  await follow();
  const next = { tag: "EdChat", network: "x", starts_at: START, ends_at: START + 1 };
  daemon.tags = [{ network: "x", tag: "edchat" }];
  services.clock.now += 1000;
  await services.state.setToday({ ...TODAY, next_chat: next });
  await services.sender.runPeriodicTasks();
  assert.deepEqual(services.state.tags, daemon.tags);
});

test("events that the user has forgotten are removed without being counted as refused", async () => {
  daemon.answer = rejectEvents("forgotten");
  await wake();
  await services.recorder.begin(post("1"));
  await services.recorder.finish({ requestId: "1", statusCode: 200 });
  await sendInteractions();
  assert.equal(await queued(), 0);
  assert.equal(services.state.values.refused ?? 0, 0);
});
