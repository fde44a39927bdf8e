import { axisX, axisY, cell, dot, plot } from "@observablehq/plot";
import { type ChartDrawing, makeCspSafe } from "./drawing.ts";

export interface HeatmapCell {
  x: number;
  y: number;
  value: number;
  /** Whether a dot marks the cell. */
  dotted?: boolean;
  words: string;
}

const SHADES = [0, 1, 2, 3, 4, 5].map((number) => `var(--heat-${number})`);

/** A heat map: the darker a cell, the higher its value. `columns` and `rows` carry the labels. */
export function heatmap(
  cells: HeatmapCell[],
  {
    width,
    columns,
    rows,
    row,
  }: {
    width: number;
    columns: { count: number; labels: Map<number, string> };
    rows: Map<number, string>;
    /** The height of a row in pixels. */
    row: number;
  },
): ChartDrawing {
  const most = Math.max(1, ...cells.map(({ value }) => value));
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
      cell(cells, { x: "x", y: "y", fill: "value", rx: 2 }),
      dot(
        cells.filter(({ dotted }) => dotted),
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
  const hotspots = cells.map((one) => ({
    x: x?.apply(one.x) ?? 0,
    y: y?.apply(one.y) ?? 0,
    width: x?.bandwidth ?? 0,
    height: y?.bandwidth ?? 0,
    words: one.words,
  }));
  return { svg: makeCspSafe(svg), hotspots };
}
