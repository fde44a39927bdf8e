/** The one place that names the browser's own object; everything else imports `api`. */
import { brandOf } from "./browser-name.js";

export const api = globalThis.browser ?? globalThis.chrome;

/** What this browser is called, in one lower-case word. */
export async function browserName() {
  const [tab] = await api.tabs.query({}).catch(() => []);
  return brandOf({
    address: api.runtime.getURL(""),
    brands: navigator.userAgentData?.brands.map(({ brand }) => brand),
    agent: navigator.userAgent,
    brave: "brave" in navigator,
    tab,
  });
}

/**
 * Whether a message comes from a page of the extension itself. What runs inside a network's page
 * sends under that page's address, also when the page has taken over all that runs there.
 */
export const isOwnPage = (sender) =>
  typeof sender?.url === "string" && sender.url.startsWith(api.runtime.getURL(""));

/** The parsed JSON of a file inside the extension. */
export async function readOwnFile(path) {
  const answer = await fetch(api.runtime.getURL(path));
  return answer.json();
}
