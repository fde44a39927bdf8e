/**
 * Adds the listeners. The browser may stop and restart the worker at any moment, so all of them are
 * added synchronously at the start, and each awaits `ready` itself.
 */
import { api, isExtensionPage } from "./lib/browser.js";
import { handleMessage } from "./lib/message-handlers.js";
import { RequestListeners } from "./lib/request-listeners.js";
import { createServices } from "./lib/services.js";

const ready = createServices();

const poll = async () => {
  const { monitor, pageReader } = await ready;
  await monitor.poll();
  await pageReader.readIfWanted();
};

// Events that the browser sent before the listeners were there are lost.
ready.then(({ sender }) => Promise.all([poll(), sender.runPeriodicTasks()]));

api.tabs.onActivated.addListener(poll);
api.tabs.onRemoved.addListener(poll);
api.tabs.onUpdated.addListener((_tabId, { url, status, audible }) => {
  if (url !== undefined || status !== undefined || audible !== undefined) return poll();
});
api.windows.onFocusChanged.addListener(poll);
api.windows.onRemoved.addListener(poll);
api.idle.onStateChanged.addListener(poll);

api.alarms.onAlarm.addListener(async () => {
  await poll();
  const { sender, ownFiles } = await ready;
  await sender.runPeriodicTasks();
  await ownFiles.refreshIfDue();
});

const requestListeners = new RequestListeners(ready);
ready.then(() => requestListeners.update());
const reportPermissions = async () => {
  const { monitor, sender } = await ready;
  await monitor.poll();
  await sender.reportPermissions();
};
api.permissions.onAdded.addListener(() =>
  Promise.all([requestListeners.update({ reattach: true }), reportPermissions()]),
);
api.permissions.onRemoved.addListener(() =>
  Promise.all([requestListeners.update(), reportPermissions()]),
);
// The welcome page stores own hosts, the daemon sends own files: both change what to listen to.
api.storage.local.onChanged.addListener(async ({ own_hosts, own_files, unsure_off }) => {
  if (!own_hosts && !own_files && !unsure_off) return;
  await (await ready).catalogue.reload();
  await requestListeners.update();
});

api.runtime.onStartup.addListener(poll);
api.runtime.onInstalled.addListener(async ({ reason }) => {
  const { origins } = await api.permissions.getAll();
  if (reason === "install" && origins.length === 0) await api.runtime.openOptionsPage();
});
api.runtime.onMessage.addListener((message, sender, sendResponse) => {
  if (!isExtensionPage(sender)) return false;
  ready.then(({ handlers }) => handleMessage(handlers, message)).then(sendResponse);
  return true;
});
