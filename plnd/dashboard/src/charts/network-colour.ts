/**
 * A colour for each network, the same on every page and every day: networks get colours in the
 * order in which this browser first showed them. A name always stands beside the colour.
 */
const COLOURS = 8;
const STORAGE_KEY = "networks-in-order";

const order: string[] = readOrder();

function readOrder(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

function colourNumber(network: string): number {
  let position = order.indexOf(network);
  if (position < 0) {
    position = order.push(network) - 1;
    localStorage.setItem(STORAGE_KEY, JSON.stringify(order));
  }
  return position % COLOURS;
}

/** The colour as a CSS value; look/tokens.css has its light and its dark form. */
export const colourOf = (network: string): string => `var(--network-${colourNumber(network)})`;
