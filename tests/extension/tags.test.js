import assert from "node:assert/strict";
import { test } from "node:test";
import { readBody } from "../../extension/lib/recognise.js";
import { followedTag, followedTagInBody } from "../../extension/lib/tags.js";

const TAGS = [
  { network: "x", tag: "edchat" },
  { network: "linkedin", tag: "öffi" },
];
const bytes = (text) => ({ raw: [{ bytes: new TextEncoder().encode(text).buffer }] });
const post = { network: "x", action: "post" };

test("of a page's tag nothing is said but that it is followed there", () => {
  assert.equal(followedTag(TAGS, "x", "EdChat"), "edchat");
  assert.equal(followedTag(TAGS, "x", "#edchat"), "edchat");
  assert.equal(followedTag(TAGS, "x", "secret"), null);
  assert.equal(followedTag(TAGS, "mastodon", "edchat"), null);
  assert.equal(followedTag(TAGS, "x", null), null);
  assert.equal(followedTag([], "x", "edchat"), null);
});

const bodies = {
  "JSON, deep inside": bytes('{"variables":{"tweet_text":"Hello #EdChat!"}}'),
  "JSON, escaped": bytes('{"text":"\\u0023edchat"}'),
  "a form": { formData: { status: ["new #edchat post"], visibility: ["public"] } },
  "a form as text": bytes("status=new+%23edchat+post&x=1"),
  "JSON inside a form": { formData: { variables: ['{"message":{"text":"#edchat"}}'] } },
  "LinkedIn's form of it": bytes('{"text":"{hashtag|\\\\#|edchat}"}'),
  "plain text": bytes("#edchat"),
};

for (const [name, body] of Object.entries(bodies)) {
  test(`a followed tag is found in a body: ${name}`, () => {
    assert.equal(followedTagInBody(TAGS, post, readBody(body)), "edchat");
  });
}

const others = {
  "a longer tag": bytes('{"text":"#edchats #edchat_de #edchat2"}'),
  "the word without #": bytes('{"text":"edchat"}'),
  "another tag": bytes('{"text":"#elt"}'),
  "nothing readable": { raw: [{ file: "a.jpg" }] },
  "no body": null,
};

for (const [name, body] of Object.entries(others)) {
  test(`no tag is made of ${name}`, () => {
    assert.equal(followedTagInBody(TAGS, post, readBody(body)), null);
  });
}

test("only what is said in public is looked at, on the chat's own network", () => {
  const body = bytes('{"text":"#edchat #öffi"}');
  assert.equal(followedTagInBody(TAGS, { network: "x", action: "message" }, readBody(body)), null);
  assert.equal(
    followedTagInBody(TAGS, { network: "mastodon", action: "post" }, readBody(body)),
    null,
  );
  assert.equal(
    followedTagInBody(TAGS, { network: "linkedin", action: "share" }, readBody(body)),
    "öffi",
  );
});

test("a tag with letters that mean something to a pattern is taken as it is", () => {
  const odd = [{ network: "x", tag: "c++(.*" }];
  assert.equal(followedTagInBody(odd, post, readBody(bytes('{"text":"#c++(.*"}'))), "c++(.*");
  assert.equal(followedTagInBody(odd, post, readBody(bytes('{"text":"#cccc"}'))), null);
});
