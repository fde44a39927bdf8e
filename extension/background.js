/**
 * Listeners, and nothing else. The worker may be stopped and woken at any moment, so all of
 * them are added at once, before anything is awaited, and each waits for `ready` itself.
 */
import { makeListen } from "./lib/acts.js";
import { api } from "./lib/browser.js";
import { start } from "./lib/start.js";

const ready = start();
ready.then(({ watch, courier }) => Promise.all([watch.look(), courier.tick()]));

const look = async () => {
  const { watch, reader } = await ready;
  await watch.look();
  await reader.look();
};

api.tabs.onActivated.addListener(look);
api.tabs.onRemoved.addListener(look);
api.tabs.onUpdated.addListener((_tabId, { url, status, audible }) => {
  if (url !== undefined || status !== undefined || audible !== undefined) return look();
});
api.windows.onFocusChanged.addListener(look);
api.windows.onRemoved.addListener(look);
api.idle.onStateChanged.addListener(look);

api.alarms.onAlarm.addListener(async () => {
  const { watch, courier } = await ready;
  await watch.look();
  await courier.tick();
});

const listen = makeListen(ready);
listen();
api.permissions.onAdded.addListener(() => {
  listen();
  return look();
});
api.permissions.onRemoved.addListener(look);

api.runtime.onStartup.addListener(look);
api.runtime.onInstalled.addListener(async ({ reason }) => {
  const { origins } = await api.permissions.getAll();
  if (reason === "install" && origins.length === 0) await api.runtime.openOptionsPage();
});
api.runtime.onMessage.addListener((question, _sender, reply) => {
  ready.then(({ answers }) => answers[question.ask](question)).then(reply);
  return true;
});
