/** Which requests are recorded as interactions, and which of them are sent. */
import "./fake-browser.js"; // first: browser.js reads the global object when it is loaded

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  browser,
  catalogue,
  daemon,
  follow,
  post,
  queued,
  START,
  sendInteractions,
  sent,
  services,
  wake,
} from "./worker.js";

test("an interaction counts after its request succeeded, with the handle of the page, without its body", async () => {
  browser.tab.url = "https://x.com/nasa";
  await wake();
  await services.recorder.begin(post("1", { variables: { tweet_text: "secret", reply: {} } }));
  assert.deepEqual(sent(), []);
  assert.doesNotMatch(JSON.stringify([...browser.storage.session.data]), /secret/);
  await services.recorder.finish({ requestId: "1", statusCode: 200 });
  await sendInteractions();
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

test("a request that failed, was refused, is an undo or fits no rule makes no event", async () => {
  await wake();
  await services.recorder.begin(post("1"));
  await services.recorder.finish({ requestId: "1", statusCode: 403 });
  await services.recorder.begin(post("2"));
  await services.recorder.fail({ requestId: "2" });
  await services.recorder.begin(
    post("3", {}, { url: "https://x.com/i/api/graphql/a/DeleteTweet" }),
  );
  await services.recorder.finish({ requestId: "3", statusCode: 200 });
  await services.recorder.begin(post("4", {}, { incognito: true }));
  await services.recorder.finish({ requestId: "4", statusCode: 200 });
  await services.recorder.finish({ requestId: "never begun", statusCode: 200 });
  assert.equal(await queued(), 0);
  assert.deepEqual(browser.storage.session.data.get("begun"), {});
});

test("the handle under which the user posts is sent once a session, and again if that failed", async () => {
  const own = { url: "https://www.tumblr.com/api/v2/blog/my-blog.tumblr.com/posts" };
  const said = () =>
    daemon.requests.filter(({ path }) => path === "suggestions/profiles").map(({ body }) => body);
  const publish = async (requestId, more) => {
    await services.recorder.begin(post(requestId, { text: requestId }, { ...own, ...more }));
    await services.recorder.finish({ requestId, statusCode: more?.statusCode ?? 201 });
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
  await services.recorder.begin(post("1"));
  await wake();
  await Promise.all([
    services.recorder.finish({ requestId: "1", statusCode: 302 }),
    services.recorder.finish({ requestId: "1", statusCode: 302 }),
  ]);
  await sendInteractions();
  assert.equal(sent().length, 1);
});

test("an interaction has no handle from a service worker or from another network's page", async () => {
  browser.tab.url = "https://www.facebook.com/NASA";
  await wake();
  await services.recorder.begin(post("1", {}, { tabId: -1 }));
  await services.recorder.begin(post("2", { other: 1 }));
  for (const requestId of ["1", "2"])
    await services.recorder.finish({ requestId, statusCode: 200 });
  await sendInteractions();
  assert.deepEqual(
    sent().map(({ handle }) => handle),
    [null, null],
  );
});

/** A like of one post on X, begun at `at` ms and answered at once. */
async function like(requestId, at, more = {}) {
  const url = "https://x.com/i/api/graphql/a/FavoriteTweet";
  const body = { variables: { tweet_id: more.tweet ?? "1" } };
  await services.recorder.begin(post(requestId, body, { url, timeStamp: START + at, ...more }));
  await services.recorder.finish({ requestId, statusCode: more.statusCode ?? 200 });
}

const unlike = (requestId, at, more = {}) =>
  like(requestId, at, { url: "https://x.com/i/api/graphql/a/UnfavoriteTweet", ...more });

test("the same request again within seconds is one interaction; later or with other content it is two", async () => {
  await wake();
  await like("1", 0);
  await like("2", 4000);
  await like("3", 8000); // a chain of retries: each follows the one before
  await like("4", 8500, { tweet: "2" });
  await like("5", 13_001);
  services.clock.now += 20_000;
  await services.sender.send();
  assert.deepEqual(
    sent().map(({ at }) => at - START),
    [0, 8500, 13_001],
  );
});

test("a request that failed and is repeated counts once", async () => {
  await wake();
  await like("1", 0, { statusCode: 500 });
  await services.recorder.begin(post("2"));
  await services.recorder.fail({ requestId: "2" });
  await like("3", 1000);
  await sendInteractions();
  await sendInteractions();
  assert.equal(sent().length, 1);
});

test("a double click is one interaction even if the worker restarts in between", async () => {
  await wake();
  await like("1", 0);
  await wake();
  await like("2", 300);
  await sendInteractions();
  assert.equal(sent().length, 1);
});

test("two equal requests at the same moment are one interaction", async () => {
  await wake();
  await Promise.all([like("1", 0), like("2", 1)]);
  await sendInteractions();
  assert.equal(sent().length, 1);
});

test("a request that begins while another ends is not lost, however fast its answer", async () => {
  await wake();
  const begin = (requestId) => {
    const url = "https://x.com/i/api/graphql/a/FavoriteTweet";
    const body = { variables: { tweet_id: requestId } };
    return services.recorder.begin(post(requestId, body, { url, timeStamp: START }));
  };
  const finish = (requestId) => services.recorder.finish({ requestId, statusCode: 200 });
  await begin("1");
  await finish("1");
  await begin("2");
  const ending = finish("2");
  const beginning = begin("3");
  let accesses = 0;
  let answered;
  browser.storage.session.before = async () => {
    accesses += 1;
    // After "2" was removed from storage, before "3" is in it.
    if (accesses === 3) answered = finish("3");
  };
  await Promise.all([ending, beginning]);
  await answered;
  browser.storage.session.before = async () => {};
  assert.equal(await queued(), 3);
});

test("where one interaction sends several different requests, they count as one, on one tab", async () => {
  await wake();
  const url = "https://medium.com/_/graphql";
  const follow = async (requestId, operationName, more = {}) => {
    await services.recorder.begin(post(requestId, [{ operationName }], { url, ...more }));
    await services.recorder.finish({ requestId, statusCode: 200 });
  };
  await follow("1", "SubscribeNewsletterV3Mutation");
  await follow("2", "FollowUserMutation");
  await follow("3", "FollowUserMutation", { tabId: 9 });
  assert.equal(await queued(), 2);
});

test("an interaction undone before it was sent does not count; done again it counts", async () => {
  await wake();
  await like("1", 0);
  await unlike("2", 1000);
  assert.equal(await queued(), 0);
  await like("3", 2000);
  await sendInteractions();
  await sendInteractions();
  assert.deepEqual(
    sent().map(({ at }) => at - START),
    [2000],
  );
});

test("an undo that was refused, of another action, on another tab or after the sending undoes nothing", async () => {
  await wake();
  await like("1", 0);
  await unlike("2", 100, { statusCode: 403 });
  await unlike("3", 200, { tabId: 8 });
  const url = "https://x.com/i/api/1.1/friendships/destroy.json";
  await unlike("4", 300, { url });
  assert.equal(await queued(), 1);
  await sendInteractions();
  await unlike("5", 6000);
  await sendInteractions();
  assert.equal(sent().length, 1);
});

test("while the daemon can't be reached, an interaction can be undone for a minute", async () => {
  daemon.answer = () => ({ status: 503, body: {} });
  await wake();
  await like("1", 0);
  await like("2", 0, { tweet: "2" });
  await sendInteractions();
  await unlike("3", 50_000);
  assert.equal(await queued(), 1);
  await unlike("4", 60_000);
  assert.equal(await queued(), 1);
});

test("an interaction of low certainty counts unless the user switched that off", async () => {
  const low = { url: "https://www.quora.com/graphql/gql_para_POST?q=UpvoteMutation" };
  const interaction = catalogue.recogniseRequest("POST", low.url, null);
  assert.equal(interaction.certainty, "low");
  await wake();
  await services.recorder.begin(post("1", {}, low));
  await services.recorder.finish({ requestId: "1", statusCode: 200 });
  assert.equal(await queued(), 1);
  await browser.storage.local.set({ unsure_off: ["quora"] });
  await catalogue.reload();
  await services.recorder.begin(post("2", { other: 1 }, low));
  await services.recorder.finish({ requestId: "2", statusCode: 200 });
  await like("3", 0);
  assert.equal(await queued(), 2);
});

test("a vote by a plain GET is an interaction, and no other GET is stored", async () => {
  await wake();
  const url = "https://news.ycombinator.com/vote?id=1&how=up&auth=a";
  const get = { method: "GET", requestBody: undefined };
  await services.recorder.begin({ ...post("1"), ...get, url });
  await services.recorder.begin({
    ...post("2"),
    ...get,
    url: "https://news.ycombinator.com/item?id=1",
  });
  assert.deepEqual(Object.keys(browser.storage.session.data.get("begun")), ["1"]);
  await services.recorder.finish({ requestId: "1", statusCode: 200 });
  assert.equal(await queued(), 1);
});

test("requests that are no interactions cost no access to storage", async () => {
  await wake();
  await services.recorder.finish({ requestId: "first", statusCode: 200 });
  let accesses = 0;
  browser.storage.session.before = async () => {
    accesses += 1;
  };
  for (let index = 0; index < 500; index += 1) {
    const requestId = String(index);
    await services.recorder.begin(post(requestId, {}, { url: "https://x.com/i/api/1.1/jot" }));
    await services.recorder.finish({ requestId, statusCode: 200 });
  }
  browser.storage.session.before = async () => {};
  assert.equal(accesses, 0);
});

test("a request that two networks' listeners receive is one interaction", async () => {
  await wake();
  await Promise.all([services.recorder.begin(post("1")), services.recorder.begin(post("1"))]);
  const { 1: only, ...others } = browser.storage.session.data.get("begun");
  assert.deepEqual([only.event.action, others], ["post", {}]);
  const end = { requestId: "1", statusCode: 200 };
  await Promise.all([services.recorder.finish(end), services.recorder.finish(end)]);
  assert.equal(await queued(), 1);
});

test("a request that is redirected counts, once", async () => {
  await wake();
  await services.recorder.begin(post("1"));
  const redirectUrl = "https://x.com/home";
  await services.recorder.redirect({
    requestId: "1",
    statusCode: 302,
    method: "POST",
    redirectUrl,
  });
  assert.equal(await queued(), 1);
  await services.recorder.finish({ requestId: "1", statusCode: 200 });
  assert.equal(await queued(), 1);
});

test("a request that is repeated at another address counts when it is answered there", async () => {
  await wake();
  const there = post("1").url.replace("x.com", "twitter.com");
  const moved = { requestId: "1", statusCode: 307, method: "POST", redirectUrl: there };
  await services.recorder.begin(post("1"));
  await services.recorder.redirect(moved);
  await services.recorder.begin(post("1", {}, { url: there }));
  assert.equal(await queued(), 0);
  await services.recorder.finish({ requestId: "1", statusCode: 403 });
  assert.equal(await queued(), 0);
  await services.recorder.begin(post("2"));
  await services.recorder.redirect({
    ...moved,
    requestId: "2",
    redirectUrl: "https://example.org/",
  });
  assert.equal(await queued(), 1);
});

test("of a post only a followed tag is sent, none of its words", async () => {
  await wake();
  await follow("edchat");
  const texts = ["my words #EDCHAT", "my words #other", "my words"];
  for (const [index, tweet_text] of texts.entries()) {
    const variables = { variables: { tweet_text } };
    await services.recorder.begin(
      post(`${index}`, variables, { timeStamp: START + 60_000 * index }),
    );
    await services.recorder.finish({ requestId: `${index}`, statusCode: 200 });
  }
  await services.sender.send({ all: true });
  assert.deepEqual(
    sent().map(({ tag }) => tag),
    ["edchat", null, null],
  );
  const stored = JSON.stringify([...daemon.requests, await browser.storage.local.get(null)]);
  assert.ok(!stored.includes("my words"));
});

test("a pause sends the interactions before it at once", async () => {
  await wake();
  await like("1", 0);
  await services.sender.send();
  assert.equal(sent().length, 0);
  await services.sender.send({ all: true });
  assert.equal(sent().length, 1);
});
