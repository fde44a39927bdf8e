/** PURE. Detects which browser this is from its client hints and its user agent. */

/** The first match wins: most Chromium browsers also name Chromium, and many of them Chrome. */
const BROWSERS = [
  ["edge", /^Microsoft Edge$/, /\bEdg\//],
  ["opera", /^Opera\b/, /\bOPR\//],
  ["vivaldi", /^Vivaldi$/, /\bVivaldi\//],
  ["brave", /^Brave$/, /\bBrave\//],
  ["chrome", /^Google Chrome$/, null],
];

/**
 * @param {object} facts
 * @param {string} facts.extensionUrl an address inside the extension
 * @param {string[]} [facts.brands] the brands in the browser's client hints
 * @param {string} [facts.userAgent]
 * @param {boolean} [facts.hasBrave] whether `navigator.brave` exists
 * @param {object | null} [facts.tab] any tab: Vivaldi, which may present itself as Chrome, adds a
 *   field of its own
 * @returns {"firefox" | "chromium" | "chrome" | "edge" | "brave" | "vivaldi" | "opera"} the value
 *   of `source.browser`; "chromium" for any other browser built on it
 */
export function detectBrowserName({
  extensionUrl,
  brands = [],
  userAgent = "",
  hasBrave = false,
  tab = null,
}) {
  if (extensionUrl.startsWith("moz-extension:")) return "firefox";
  if (hasBrave) return "brave";
  if (tab && "vivExtData" in tab) return "vivaldi";
  const found = BROWSERS.find(
    ([, brand, agent]) => brands.some((one) => brand.test(one)) || agent?.test(userAgent),
  );
  return found?.[0] ?? "chromium";
}
