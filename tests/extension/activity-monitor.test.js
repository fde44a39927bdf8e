/** Which visits are recorded while a worker runs, stops and starts again. */
import "./fake-browser.js"; // first: browser.js reads the global object when it is loaded

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { browser, daemon, follow, lengths, pass, queued, sent, services, wake } from "./worker.js";

test("a page in front reaches the daemon while it is open, and with its whole length after", async () => {
  await wake();
  await services.monitor.poll();
  await pass(20);
  assert.deepEqual(lengths(), [15]);
  browser.front.focused = false;
  await pass(10);
  assert.deepEqual(lengths(), [25]);
  assert.equal(await queued(), 0);
  assert.equal(browser.badge.text, "23");
  const [{ body }] = daemon.requests;
  assert.deepEqual(body.source, { browser: "chromium", profile: "p", extension: "0" });
});

test("it polls every five seconds while somebody is there, reading or listening, and only then", async () => {
  await wake();
  const pollsAfter = async (idleSeconds, audible) => {
    Object.assign(browser, { idleSeconds });
    browser.tab.audible = audible;
    await services.monitor.poll();
    const poll = mock.method(services.monitor, "poll", async () => {});
    mock.timers.tick(60_000);
    poll.mock.restore();
    return poll.mock.callCount();
  };
  assert.equal(await pollsAfter(0, false), 1);
  assert.equal(await pollsAfter(100, true), 1);
  assert.equal(await pollsAfter(100, false), 0);
  assert.equal(await pollsAfter(10_000, true), 0);
  browser.front.focused = false;
  assert.equal(await pollsAfter(0, false), 0);
});

test("a worker that was stopped finds its visit again", async () => {
  await wake();
  await services.monitor.poll();
  await pass(10);
  await wake();
  await pass(10);
  browser.tab = { id: 8 };
  await pass(5);
  assert.deepEqual(lengths(), [25]);
});

test("a browser that was killed loses one heartbeat at most", async () => {
  await wake();
  await services.monitor.poll();
  await pass(40);
  browser.storage.session.data.clear();
  services.clock.now += 3600_000;
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
  await services.monitor.poll();
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

test("of a hashtag's page only a followed tag is sent", async () => {
  await wake();
  await follow("edchat");
  for (const tag of ["EdChat", "secret"]) {
    browser.tab = { url: `https://x.com/hashtag/${tag}` };
    await services.monitor.poll();
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
