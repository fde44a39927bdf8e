import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { makeCatalogue, readBody } from "../../extension/lib/recognise.js";

const FOLDER = new URL("../../extension/catalogue/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
const files = read("index.json").map((id) => read(`${id}.json`));
const catalogue = makeCatalogue(files);

const bytes = (text) => new TextEncoder().encode(text).buffer;

/** An example's body as the browser would hand it over: forms parsed, all else in bytes. */
function requestBody(body, isForm) {
  if (body === undefined) return null;
  if (!isForm) return { raw: [{ bytes: bytes(JSON.stringify(body)) }] };
  return {
    formData: Object.fromEntries(Object.entries(body).map(([key, value]) => [key, [value]])),
  };
}

function usesForms(file, { method, request }) {
  return file.interactions.some(
    (rule) =>
      rule.body?.type === "form" && rule.method === method && new RegExp(rule.url).test(request),
  );
}

for (const file of files) {
  test(`${file.id}: every example page is recognised`, () => {
    const pages = file.examples.filter(({ url }) => url);
    assert.ok(pages.length > 5);
    for (const { url, ...expected } of pages) {
      const found = catalogue.recognisePage(url);
      assert.deepEqual({ ...found, ...expected }, found, url);
      assert.deepEqual([found.network, found.action], [file.id, null]);
      const { page } = expected;
      assert.match(found.rule, new RegExp(`^${file.id}#/pages/\\d+$`));
      assert.equal(file.pages[Number(found.rule.split("/").pop())].page, page);
    }
  });

  test(`${file.id}: every example request is recognised, as bytes or as a form`, () => {
    const requests = file.examples.filter(({ request }) => request);
    assert.ok(requests.length > 0);
    for (const example of requests) {
      const { method, request, body, action } = example;
      const handed = readBody(requestBody(body, usesForms(file, example)));
      const found = catalogue.recogniseRequest(method, request, handed);
      assert.equal(found?.action, action, `${request} ${JSON.stringify(body)}`);
      assert.equal(found.network, file.id);
      assert.equal(file.interactions[Number(found.rule.split("/").pop())].action, action);
    }
  });
}

test("the same form sent as bytes is recognised too", () => {
  const form = new URLSearchParams({
    fb_api_req_friendly_name: "CometUserFollowMutation",
    variables: "{}",
  });
  const body = readBody({ raw: [{ bytes: bytes(form.toString()) }] });
  const found = catalogue.recogniseRequest("POST", "https://www.facebook.com/api/graphql/", body);
  assert.equal(found.action, "follow");
});

test("a foreign host, a foreign method and a read make nothing", () => {
  assert.equal(catalogue.recognisePage("https://example.org/home"), null);
  assert.equal(catalogue.recognisePage("https://x.com.example.org/home"), null);
  assert.equal(catalogue.recognisePage("chrome://settings"), null);
  assert.equal(catalogue.recognisePage("not an address"), null);
  const like = "https://x.com/i/api/graphql/abc/FavoriteTweet";
  assert.equal(catalogue.recogniseRequest("GET", like, null), null);
  assert.equal(catalogue.recogniseRequest("POST", like.replace("x.com", "evil.org"), null), null);
  assert.equal(catalogue.recogniseRequest("POST", "https://evil.org/api/v1/statuses", null), null);
});

test("a reserved word is never a handle, in whatever case", () => {
  assert.equal(catalogue.recognisePage("https://x.com/Explore").handle, null);
  assert.equal(catalogue.recognisePage("https://x.com/exploreR").handle, "exploreR");
});

test("handles and tags are decoded, broken bytes too", () => {
  assert.equal(catalogue.recognisePage("https://x.com/hashtag/caf%C3%A9").tag, "café");
  assert.equal(catalogue.recognisePage("https://x.com/hashtag/%E9t%").tag, "\ufffdt%");
});

test("a domain with a star is itself and everything below it", () => {
  assert.equal(catalogue.networkOf("linkedin.com"), "linkedin");
  assert.equal(catalogue.networkOf("de.linkedin.com"), "linkedin");
  assert.equal(catalogue.networkOf("notlinkedin.com"), null);
});

/** A catalogue with one rule, for what the shipped files do not use. */
function verdict(test, body, readable = true) {
  const file = {
    id: "a",
    hosts: ["a.org"],
    write_hosts: ["a.org"],
    reserved: [],
    pages: [],
    interactions: [{ action: "post", method: "POST", url: "^https://a\\.org/", body: test }],
  };
  const handed = readable ? readBody({ raw: [{ bytes: bytes(body) }] }) : null;
  return makeCatalogue([file]).recogniseRequest("POST", "https://a.org/", handed) !== null;
}

test("the body tests", () => {
  const json = (path, test, value) => ({ type: "json", path, test, value });
  assert.ok(verdict(json("a.b", "exists"), '{"a":{"b":0}}'));
  assert.ok(!verdict(json("a.b", "exists"), '{"a":{"b":null}}'));
  assert.ok(!verdict(json("a.b", "exists"), '{"a":"b"}'));
  assert.ok(verdict(json("a.b", "absent"), '{"a":{}}'));
  assert.ok(!verdict(json("a.b", "absent"), '{"a":{"b":1}}'));
  assert.ok(verdict(json("a", "equals", true), '{"a":true}'));
  assert.ok(!verdict(json("a", "equals", true), '{"a":"true"}'));
  assert.ok(!verdict(json("a", "equals", true), '{"a":1}'));
  assert.ok(verdict(json("a", "equals", { b: [1, null] }), '{"a":{"b":[1,null]}}'));
  assert.ok(verdict(json("a", "matches", "^true$"), '{"a":true}'));
  assert.ok(verdict(json("a", "matches", '^\\{"b":1\\}$'), '{"a": {"b": 1}}'));
  assert.ok(!verdict(json("a", "matches", "."), '{"a":null}'));
  assert.ok(verdict({ type: "any", test: "matches", value: "hel+o" }, "say hello"));
  assert.ok(verdict({ type: "form", path: "a", test: "equals", value: "b c" }, "a=b+c&a=d"));
});

test("a rule that needs a body does not match without a readable one", () => {
  const absent = { type: "json", path: "a", test: "absent" };
  assert.ok(!verdict(absent, "", false));
  assert.ok(!verdict(absent, "no json"));
  assert.ok(verdict(absent, "{}"));
});

test("bodies that can't be read are null: files, odd bytes, errors, far too much", () => {
  assert.equal(readBody(null), null);
  assert.equal(readBody({ error: "gone" }), null);
  assert.equal(readBody({ raw: [{ file: "/a" }] }), null);
  assert.equal(readBody({ raw: [{ bytes: Uint8Array.from([0xff, 0xfe]).buffer }] }), null);
  assert.equal(readBody({ raw: [{ bytes: new ArrayBuffer(5 * 1024 * 1024) }] }), null);
});

test("bytes in several pieces are put together, across a letter too", () => {
  const whole = new Uint8Array(bytes('{"a":"é"}'));
  const cut = whole.indexOf(0xc3) + 1;
  const parts = [{ bytes: whole.slice(0, cut).buffer }, { bytes: whole.slice(cut).buffer }];
  assert.deepEqual(readBody({ raw: parts }), { text: '{"a":"é"}' });
});

test("a request that fits no rule is rejected without its body", () => {
  assert.ok(catalogue.mayBeInteraction("POST", "https://x.com/i/api/graphql/a/CreateTweet"));
  assert.ok(!catalogue.mayBeInteraction("GET", "https://x.com/i/api/graphql/a/CreateTweet"));
  assert.ok(!catalogue.mayBeInteraction("POST", "https://x.com/anything"));
});

test("a handle in the name of a host is found, unless it is none", () => {
  const { page, handle } = catalogue.recognisePage("https://staff.tumblr.com/");
  assert.deepEqual([page, handle], ["profile", "staff"]);
  assert.equal(catalogue.recognisePage("https://www.tumblr.com/").handle, null);
});

test("the index names every catalogue file", () => {
  const names = readdirSync(FOLDER).filter((name) => name !== "index.json");
  assert.deepEqual(read("index.json"), names.map((name) => name.replace(".json", "")).sort());
  for (const file of files) assert.ok(names.includes(`${file.id}.json`));
});
