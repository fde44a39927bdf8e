/** A drawing, and the places on it that have numbers. */
export interface Drawn {
  svg: Element;
  spots: Spot[];
}

export interface Spot {
  x: number;
  y: number;
  width: number;
  height: number;
  words: string;
}

/** A drawing of Plot's as the page may have it: the policy forbids a style element in it. */
export function tame<T extends Element>(drawing: T): T {
  drawing.querySelector("style")?.remove();
  drawing.setAttribute("aria-hidden", "true");
  return drawing;
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 5760];

/** Marks of an axis of seconds, as many as are easy to read. */
export function timeTicks(most: number): number[] {
  const minutes = most / 60;
  const step = STEPS.find((one) => minutes / one <= 5) ?? Math.ceil(minutes / 5);
  const found = [];
  for (let at = 0; at <= minutes; at += step) found.push(at * 60);
  return found;
}
