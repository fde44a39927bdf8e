/**
 * A colour for each network, the same on every page and every day: networks take the colours in
 * the order in which this browser first saw them. A colour never stands alone.
 */
const COLOURS = 8;
const KEY = "networks-in-order";

const order: string[] = remembered();

function remembered(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export function colourNumber(network: string): number {
  let at = order.indexOf(network);
  if (at < 0) {
    at = order.push(network) - 1;
    localStorage.setItem(KEY, JSON.stringify(order));
  }
  return at % COLOURS;
}

/** The colour as CSS: the values are in look.css, for light and for dark. */
export const colourOf = (network: string): string => `var(--network-${colourNumber(network)})`;
