import { axisX, axisY, cell, dot, plot } from "@observablehq/plot";
import { type Drawn, tame } from "./drawing.ts";

export interface Square {
  x: number;
  y: number;
  value: number;
  /** Whether it has a dot. */
  dotted?: boolean;
  words: string;
}

const SHADES = [0, 1, 2, 3, 4, 5].map((number) => `var(--heat-${number})`);

/** Squares in rows and columns, the darker the more; `columns` and `rows` have the labels. */
export function grid(
  squares: Square[],
  {
    width,
    columns,
    rows,
    row,
  }: {
    width: number;
    columns: { count: number; labels: Map<number, string> };
    rows: Map<number, string>;
    /** How high a row is, in pixels. */
    row: number;
  },
): Drawn {
  const most = Math.max(1, ...squares.map(({ value }) => value));
  const svg = plot({
    width,
    height: 7 * row + 30,
    marginLeft: 42,
    marginTop: 24,
    marginBottom: 6,
    marginRight: 2,
    x: { type: "band", domain: [...Array(columns.count).keys()], padding: 0.08 },
    y: { type: "band", domain: [0, 1, 2, 3, 4, 5, 6], padding: 0.08 },
    color: {
      type: "threshold",
      domain: [1, ...[0.2, 0.4, 0.6, 0.8].map((one) => one * most)],
      range: SHADES,
    },
    marks: [
      cell(squares, { x: "x", y: "y", fill: "value", rx: 2 }),
      dot(
        squares.filter(({ dotted }) => dotted),
        {
          x: "x",
          y: "y",
          r: Math.max(1.2, Math.min(3, width / 320)),
          fill: "var(--ink)",
          stroke: "var(--sheet)",
          strokeWidth: 0.6,
        },
      ),
      axisX([...columns.labels.keys()], {
        anchor: "top",
        tickFormat: (one: number) => columns.labels.get(one) ?? "",
        tickSize: 0,
        label: null,
      }),
      axisY([...rows.keys()], {
        tickFormat: (one: number) => rows.get(one) ?? "",
        tickSize: 0,
        label: null,
      }),
    ],
  });
  const [x, y] = [svg.scale("x"), svg.scale("y")];
  const spots = squares.map((square) => ({
    x: x?.apply(square.x) ?? 0,
    y: y?.apply(square.y) ?? 0,
    width: x?.bandwidth ?? 0,
    height: y?.bandwidth ?? 0,
    words: square.words,
  }));
  return { svg: tame(svg), spots };
}
