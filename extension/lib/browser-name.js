/** PURE. Which browser this is, from what it says of itself. */

/** The first that fits: the family names Chromium, and most of its members Chrome, beside itself. */
const BRANDS = [
  ["edge", /^Microsoft Edge$/, /\bEdg\//],
  ["opera", /^Opera\b/, /\bOPR\//],
  ["vivaldi", /^Vivaldi$/, /\bVivaldi\//],
  ["brave", /^Brave$/, /\bBrave\//],
  ["chrome", /^Google Chrome$/, null],
];

/**
 * @param {object} said
 * @param {string} said.address an address inside the extension
 * @param {string[]} [said.brands] the browser's client hints
 * @param {string} [said.agent] its user agent
 * @param {boolean} [said.brave] whether it has Brave's own mark, `navigator.brave`
 * @param {object | null} [said.tab] any tab: Vivaldi, which may pass for Chrome, adds a field of its own
 * @returns {"firefox" | "chromium" | "chrome" | "edge" | "brave" | "vivaldi" | "opera"} the word
 *   for `source.browser`; a member of the family that is none of these is "chromium"
 */
export function brandOf({ address, brands = [], agent = "", brave = false, tab = null }) {
  if (address.startsWith("moz-extension:")) return "firefox";
  if (brave) return "brave";
  if (tab && "vivExtData" in tab) return "vivaldi";
  const found = BRANDS.find(
    ([, hint, mark]) => brands.some((brand) => hint.test(brand)) || mark?.test(agent),
  );
  return found?.[0] ?? "chromium";
}
