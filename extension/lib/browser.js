/** The only module that names the browser's API object; all others import `api`. */
import { detectBrowserName } from "./browser-name.js";

export const api = globalThis.browser ?? globalThis.chrome;

/** The name of this browser in one lower-case word, such as "firefox". */
export async function getBrowserName() {
  const [tab] = await api.tabs.query({}).catch(() => []);
  return detectBrowserName({
    extensionUrl: api.runtime.getURL(""),
    brands: navigator.userAgentData?.brands.map(({ brand }) => brand),
    userAgent: navigator.userAgent,
    hasBrave: "brave" in navigator,
    tab,
  });
}

/**
 * Whether a message comes from one of the extension's own pages. A script inside a network's page
 * sends under that page's address, even when the page has taken over its renderer process.
 */
export const isExtensionPage = (sender) =>
  typeof sender?.url === "string" && sender.url.startsWith(api.runtime.getURL(""));

/** The parsed JSON of a file inside the extension. */
export async function readExtensionFile(path) {
  const response = await fetch(api.runtime.getURL(path));
  return response.json();
}
