/** What the extension's files require of each other. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const ROOT = new URL("../../extension/", import.meta.url);
const read = (path) => readFileSync(new URL(path, ROOT), "utf8");
const json = (path) => JSON.parse(read(path));
const manifest = json("manifest.json");
const networks = json("catalogue/index.json").map((id) => json(`catalogue/${id}.json`));
const code = readdirSync(ROOT, { recursive: true }).filter((path) => path.endsWith(".js"));
const pages = ["popup/popup.html", "welcome/welcome.html"];

test("the manifest names the catalogue's hosts and any other, all optional, and nothing else", () => {
  const hosts = networks.flatMap((network) => [...network.hosts, ...network.write_hosts]);
  const wanted = [...new Set(hosts)].map((host) => `https://${host}/*`);
  assert.deepEqual(manifest.optional_host_permissions, [...wanted, "https://*/*"]);
  assert.deepEqual([...manifest.permissions].sort(), [
    "alarms",
    "idle",
    "nativeMessaging",
    "scripting",
    "storage",
    "webRequest",
  ]);
  for (const key of [
    "host_permissions",
    "content_scripts",
    "optional_permissions",
    "externally_connectable",
  ]) {
    assert.equal(manifest[key], undefined, key);
  }
  assert.equal(manifest.incognito, "not_allowed");
});

test("Firefox is told which data goes to the daemon, and that this is required", () => {
  const { gecko } = manifest.browser_specific_settings;
  assert.deepEqual(gecko.data_collection_permissions, {
    required: ["browsingActivity", "websiteActivity"],
  });
  // The first Firefox that knows that key, and optional hosts in this version of the manifest.
  assert.ok(Number.parseInt(gecko.strict_min_version, 10) >= 140);
  assert.deepEqual(manifest.background.scripts, [manifest.background.service_worker]);
});

test("every file that the manifest and the pages name is there", () => {
  const named = [
    ...Object.values(manifest.icons),
    ...Object.values(manifest.action.default_icon),
    manifest.action.default_popup,
    manifest.options_ui.page,
    manifest.background.service_worker,
    ...manifest.background.scripts,
  ];
  for (const page of pages) {
    const folder = page.split("/")[0];
    const links = [...read(page).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link);
    assert.ok(links.length > 2, page);
    named.push(...links.map((link) => `${folder}/${link}`));
  }
  for (const path of named) assert.ok(existsSync(new URL(path, ROOT)), path);
});

test("only lib/browser.js names the browser's object", () => {
  for (const path of code.filter((one) => one !== "lib/browser.js")) {
    assert.doesNotMatch(read(path), /\b(?:chrome|browser)\??\.(?!js\b)[a-z]/, path);
  }
});

test("the pure modules import nothing that is not pure and name no clock", () => {
  const isPure = (path) => /^\/\*\*\s+(?:\* )?PURE\. /.test(read(path));
  for (const name of ["spans", "recognise", "deduplication", "browser-name", "health"])
    assert.ok(isPure(`lib/${name}.js`), name);
  for (const path of code.filter(isPure)) {
    for (const [, name] of read(path).matchAll(/from "\.\/([\w-]+\.js)"/g))
      assert.ok(isPure(`lib/${name}`), `${path} imports ${name}`);
    assert.doesNotMatch(read(path), /Date\.now|new Date|setTimeout|fetch\(|\bapi\b/, path);
  }
});

test("no code asks for all hosts: only for those of a network, and for one that was typed", () => {
  const asks = code.filter((path) => /permissions\s*\.request\(/.test(read(path)));
  assert.deepEqual(asks.sort(), ["welcome/own-hosts-form.js", "welcome/welcome.js"]);
  const wide = code.filter((path) => read(path).includes('"https://*/*"'));
  assert.deepEqual(wide, ["lib/request-listeners.js"]); // what is listened to, of what the user granted
  for (const { hosts, write_hosts: more } of networks)
    for (const host of [...hosts, ...more])
      assert.match(host, /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/);
});

const languages = readdirSync(new URL("_locales/", ROOT));
const messages = Object.fromEntries(
  languages.map((one) => [one, json(`_locales/${one}/messages.json`)]),
);

test("every language has every text, with the same parts", () => {
  assert.deepEqual(languages.sort(), ["de", "en"]);
  const parts = ({ message }) => (message.match(/\$\d/g) ?? []).sort();
  assert.deepEqual(Object.keys(messages.de), Object.keys(messages.en));
  for (const [key, entry] of Object.entries(messages.en)) {
    assert.notEqual(entry.message, "", key);
    assert.deepEqual(parts(messages.de[key]), parts(entry), key);
  }
});

/** Keys that are composed of a prefix and a word. */
const MADE = {
  page_: [
    "feed",
    "profile",
    "post",
    "group",
    "tag",
    "search",
    "messages",
    "notifications",
    "compose",
    "article",
    "settings",
    "other",
  ],
  page_is_: ["counted", "paused", "uncounted", "unseen", "none_picked"],
  action_: ["post", "reply", "share", "react", "follow", "message", "save"].flatMap((one) => [
    one,
    `${one}s`,
  ]),
  state_: ["under", "near", "over"],
  welcome_group_: ["talk", "forum", "writing", "media"],
};

test("every text that is used exists, and every one that exists is used", () => {
  const sources = [...code, ...pages, "manifest.json"].map(read).join("\n");
  const asked = new Set(
    Object.entries(MADE).flatMap(([start, ends]) => ends.map((end) => start + end)),
  );
  for (const [, key] of sources.matchAll(/data-(?:text|label|hint)="(\w+)"/g)) asked.add(key);
  for (const [, key] of sources.matchAll(/__MSG_(\w+)__/g)) asked.add(key);
  for (const [, key] of sources.matchAll(/"((?:badge|error|popup|welcome|language)_?\w*)"/g)) {
    if (key in messages.en) asked.add(key);
  }
  for (const [, key] of sources.matchAll(/(?<!\.)\btext\("(\w+)"/g)) asked.add(key);
  assert.deepEqual([...asked].sort(), Object.keys(messages.en).sort());
});

test("every page kind and action of the catalogue has its text", () => {
  for (const { pages: rules, interactions } of networks) {
    for (const { page } of rules) assert.ok(MADE.page_.includes(page), page);
    for (const { action } of interactions)
      assert.ok(action === "undo" || MADE.action_.includes(action), action);
  }
});
