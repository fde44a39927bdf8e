/**
 * Listeners, and nothing else. The worker may be stopped and woken at any moment, so all of
 * them are added at once, before anything is awaited, and each waits for `ready` itself.
 */

import { api, isOwnPage } from "./lib/browser.js";
import { answerTo } from "./lib/message-handlers.js";
import { Slots } from "./lib/request-listeners.js";
import { start } from "./lib/services.js";

const ready = start();

const look = async () => {
  const { watch, reader } = await ready;
  await watch.look();
  await reader.look();
};

// What the browser had to say before the listeners were there, nobody heard.
ready.then(({ courier }) => Promise.all([look(), courier.tick()]));

api.tabs.onActivated.addListener(look);
api.tabs.onRemoved.addListener(look);
api.tabs.onUpdated.addListener((_tabId, { url, status, audible }) => {
  if (url !== undefined || status !== undefined || audible !== undefined) return look();
});
api.windows.onFocusChanged.addListener(look);
api.windows.onRemoved.addListener(look);
api.idle.onStateChanged.addListener(look);

api.alarms.onAlarm.addListener(async () => {
  await look();
  const { courier, ownFiles } = await ready;
  await courier.tick();
  await ownFiles.tick();
});

const slots = new Slots(ready);
ready.then(() => slots.fit());
const picked = async () => {
  const { watch, courier } = await ready;
  await watch.look();
  await courier.picked();
};
api.permissions.onAdded.addListener(() => Promise.all([slots.fit({ anew: true }), picked()]));
api.permissions.onRemoved.addListener(() => Promise.all([slots.fit(), picked()]));
// The welcome page keeps own hosts, own files come from the daemon: both change what is heard.
api.storage.local.onChanged.addListener(async ({ own_hosts, own_files, unsure_off }) => {
  if (!own_hosts && !own_files && !unsure_off) return;
  await (await ready).catalogue.reload();
  await slots.fit();
});

api.runtime.onStartup.addListener(look);
api.runtime.onInstalled.addListener(async ({ reason }) => {
  const { origins } = await api.permissions.getAll();
  if (reason === "install" && origins.length === 0) await api.runtime.openOptionsPage();
});
api.runtime.onMessage.addListener((question, sender, reply) => {
  if (!isOwnPage(sender)) return false;
  ready.then(({ answers }) => answerTo(answers, question)).then(reply);
  return true;
});
