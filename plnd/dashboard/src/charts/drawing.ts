/** A chart as SVG, and the areas on it that show their numbers when selected. */
export interface ChartDrawing {
  svg: Element;
  hotspots: Hotspot[];
}

export interface Hotspot {
  x: number;
  y: number;
  width: number;
  height: number;
  words: string;
}

/** Removes the style element from a drawing by Plot: the content security policy forbids it. */
export function makeCspSafe<T extends Element>(drawing: T): T {
  drawing.querySelector("style")?.remove();
  drawing.setAttribute("aria-hidden", "true");
  return drawing;
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 5760];

/** The ticks of an axis up to `most` seconds, five or so, at round durations. */
export function timeTicks(most: number): number[] {
  const minutes = most / 60;
  const step = STEPS.find((one) => minutes / one <= 5) ?? Math.ceil(minutes / 5);
  const found = [];
  for (let at = 0; at <= minutes; at += step) found.push(at * 60);
  return found;
}
