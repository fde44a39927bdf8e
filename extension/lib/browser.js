/** The one place that names the browser's own object; everything else imports `api`. */

export const api = globalThis.browser ?? globalThis.chrome;

/** What this browser calls itself, in one lower-case word. */
export function browserName() {
  if (api.runtime.getURL("").startsWith("moz-extension:")) return "firefox";
  const brands = (navigator.userAgentData?.brands ?? []).map((entry) => entry.brand);
  if (brands.includes("Google Chrome")) return "chrome";
  if (brands.includes("Microsoft Edge")) return "edge";
  if (brands.includes("Brave")) return "brave";
  return "chromium";
}

/** The parsed JSON of a file inside the extension. */
export async function readOwnFile(path) {
  const answer = await fetch(api.runtime.getURL(path));
  return answer.json();
}
