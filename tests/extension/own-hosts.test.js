/** Own hosts and own files: how the extension checks and uses them. */
import "./fake-browser.js"; // before all else: the extension checks for its browser at once

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { Catalogue, unsureActions } from "../../extension/lib/catalogue.js";
import { OwnFiles } from "../../extension/lib/own-files.js";
import { addHost, checkHost, parseHost, removeHost } from "../../extension/lib/own-hosts.js";
import { freshBrowser } from "./fake-browser.js";

const FOLDER = new URL("../../extension/catalogue/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
const shipped = read("index.json").map((id) => read(`${id}.json`));
const fileOf = (id) => structuredClone(shipped.find((file) => file.id === id));

let browser;
let catalogue;

beforeEach(() => {
  browser = freshBrowser();
  catalogue = new Catalogue(shipped);
});

test("a host is found in whatever somebody types, and nothing else is", () => {
  for (const typed of [
    "social.example.org",
    " Social.Example.org ",
    "https://social.example.org/@me",
    "social.example.org/about",
  ])
    assert.equal(parseHost(typed), "social.example.org", typed);
  for (const typed of [
    ...["", "social", "*.example.org", "*", "a b.org", "127.0.0.1", "[::1]", "me@", "@me"],
    ...["example.org:8443", "ftp://example.org", "javascript:alert(1)", "localhost"],
  ])
    assert.equal(parseHost(typed), null, typed);
});

/** A web that has these answers, and what was asked of it. */
function web(answers) {
  const asked = [];
  return {
    asked,
    get: async (address) => {
      asked.push(address);
      const found = answers[address];
      return found === undefined ? null : typeof found === "string" ? found : JSON.stringify(found);
    },
  };
}

test("a host is asked without cookies, referrer or cache, and an answer of another host is none", async (t) => {
  const asked = [];
  t.mock.method(globalThis, "fetch", async (address, how) => {
    asked.push({ address, ...how });
    return { ok: true, url: "https://b.org/", text: async () => '{"source_url":"https://b.org"}' };
  });
  assert.equal(await checkHost("a.org", checks("mastodon")), "silent");
  assert.ok(asked.length > 0);
  for (const { address, credentials, referrerPolicy, cache, method } of asked) {
    assert.equal(new URL(address).origin, "https://a.org");
    assert.deepEqual(
      [credentials, referrerPolicy, cache, method],
      ["omit", "no-referrer", "no-store", undefined],
    );
  }
});

const checks = (id) => fileOf(id).own_hosts;

test("a host is what its network's file says it must show", async () => {
  const mastodon = web({ "https://a.org/api/v2/instance": { source_url: "https://b.org" } });
  assert.equal(await checkHost("a.org", checks("mastodon"), mastodon.get), "yes");
  const forum = web({ "https://a.org/about.json": { about: { version: "3.5" } } });
  assert.equal(await checkHost("a.org", checks("discourse"), forum.get), "yes");
  assert.equal(await checkHost("a.org", checks("mastodon"), forum.get), "silent");
  const other = web({ "https://a.org/api/v2/instance": "<html>hello" });
  assert.equal(await checkHost("a.org", checks("mastodon"), other.get), "no");
});

test("nodeinfo is followed on the same host, and nowhere else", async () => {
  const links = (href) => ({ links: [{ href }] });
  const there = web({
    "https://a.org/.well-known/nodeinfo": links("https://a.org/nodeinfo/2.1"),
    "https://a.org/nodeinfo/2.1": { software: { name: "akkoma" } },
  });
  assert.equal(await checkHost("a.org", checks("mastodon"), there.get), "yes");
  for (const href of ["https://evil.org/x", "http://a.org/x", "file:///etc/passwd", 7]) {
    const away = web({ "https://a.org/.well-known/nodeinfo": links(href) });
    assert.equal(await checkHost("a.org", checks("mastodon"), away.get), "silent");
    assert.ok(away.asked.every((address) => address.startsWith("https://a.org/")));
  }
});

test("the networks that may have own hosts say how to check one", () => {
  const many = shipped.filter((file) => file.own_hosts).map(({ id }) => id);
  for (const id of ["mastodon", "discourse", "wordpress", "slack", "stackexchange", "substack"])
    assert.ok(many.includes(id), id);
  for (const id of ["tumblr", "medium"]) assert.ok(many.includes(id), id);
});

test("pages and interactions of an added host are recognised until it is removed", async () => {
  const page = "https://social.example.net/@ana";
  assert.equal(catalogue.recognisePage(page), null);
  await addHost("mastodon", "social.example.net");
  await addHost("mastodon", "social.example.net");
  await catalogue.reload();
  assert.equal(catalogue.recognisePage(page).handle, "ana");
  const post = "https://social.example.net/api/v1/statuses";
  assert.equal(catalogue.recogniseRequest("POST", post, { text: "{}" }).action, "post");
  const { own, shipped_hosts: hosts } = catalogue.networks.find(({ id }) => id === "mastodon");
  assert.deepEqual(own, ["social.example.net"]);
  assert.ok(!hosts.includes("social.example.net"));
  await removeHost("mastodon", "social.example.net");
  await catalogue.reload();
  assert.equal(catalogue.recognisePage(page), null);
});

/** What the daemon answers to GET networks. */
async function refresh(files, ok = true) {
  const sender = {
    request: async () => ({ ok, body: { networks: files.map((file) => ({ file })) } }),
  };
  const { session } = browser.storage;
  const ownFiles = new OwnFiles({ catalogue, sender, session, now: () => 0 });
  await ownFiles.refresh();
}

test("an own file takes the place of the shipped one, and the last one stays while nobody answers", async () => {
  const own = fileOf("x");
  own.pages = [{ page: "other", path: "^/" }];
  delete own.examples;
  await refresh([own, null]);
  assert.equal(catalogue.recognisePage("https://x.com/nasa").page, "other");
  await refresh([], false);
  assert.equal(catalogue.recognisePage("https://x.com/nasa").page, "other");
  await refresh([]);
  assert.equal(catalogue.recognisePage("https://x.com/nasa").page, "profile");
});

test("a broken own file is ignored here too, and affects no other", async () => {
  const broken = { ...fileOf("x"), pages: [{ page: "other", path: "(" }] };
  const fine = { ...fileOf("reddit"), name: "Mine" };
  await refresh([broken, null, fine, { id: 7 }, "text"]);
  assert.equal(catalogue.recognisePage("https://x.com/nasa").page, "profile");
  assert.equal(catalogue.networks.find(({ id }) => id === "reddit").name, "Mine");
  assert.equal(catalogue.networks.length, shipped.length);
});

test("the actions of low certainty are listed", () => {
  assert.deepEqual(unsureActions(fileOf("mastodon")), []);
  assert.ok(unsureActions(fileOf("quora")).length > 2);
  assert.ok(!unsureActions(fileOf("quora")).includes("undo"));
});
