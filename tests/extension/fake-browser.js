/**
 * A fake browser that records what the extension does with it.
 * Import it before any module of the extension.
 */
import { MemoryStorage } from "./fake-storage.js";

/** The state after the browser's start: the feed of X in front of an active user. */
const initialState = () => ({
  front: { id: 1, focused: true, incognito: false },
  tab: { id: 7, url: "https://x.com/home", audible: false, incognito: false },
  idleSeconds: 0,
  locked: false,
  granted: [],
  badge: {},
  scripts: [],
  page: null,
});

export const browser = {
  storage: { local: new MemoryStorage(), session: new MemoryStorage() },
  ...initialState(),
};

globalThis.navigator ??= { language: "en-GB" };
globalThis.chrome = {
  storage: browser.storage,
  windows: {
    getLastFocused: async () => {
      if (!browser.front) throw new Error("No last-focused window");
      return browser.front;
    },
  },
  tabs: {
    query: async ({ windowId }) =>
      windowId === browser.front.id && browser.tab ? [browser.tab] : [],
    get: async (id) => {
      if (id !== browser.tab?.id) throw new Error("No tab with id");
      return browser.tab;
    },
  },
  idle: {
    queryState: async (seconds) => {
      if (browser.locked) return "locked";
      return browser.idleSeconds >= seconds ? "idle" : "active";
    },
  },
  scripting: {
    executeScript: async (injection) => {
      browser.scripts.push(injection);
      if (browser.page instanceof Error) throw browser.page;
      return [{ result: browser.page }];
    },
  },
  action: {
    setBadgeText: async ({ text }) => {
      browser.badge.text = text;
    },
    setBadgeBackgroundColor: async ({ color }) => {
      browser.badge.colour = color;
    },
    setBadgeTextColor: async () => {},
    setTitle: async ({ title }) => {
      browser.badge.title = title;
    },
  },
  i18n: {
    getMessage: (key, parts = []) => (key === "language" ? "en" : [key, ...parts].join(" ")),
  },
};

/** Resets the browser to its initial state, with nothing stored. */
export function freshBrowser() {
  for (const area of Object.values(browser.storage)) area.data.clear();
  return Object.assign(browser, initialState());
}
