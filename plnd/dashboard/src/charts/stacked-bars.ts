import { axisX, axisY, barY, gridY, plot, ruleY } from "@observablehq/plot";
import { dayFull, dayShort, duration } from "../words/format.ts";
import { t } from "../words/lookup.ts";
import { type ChartDrawing, type Hotspot, makeCspSafe, timeTicks } from "./drawing.ts";

export interface Column {
  /** The day, or the first day of the week, that the column stands for. */
  day: string;
  parts: { id: string; name: string; seconds: number }[];
}

const HEIGHT = 260;
const LEFT = 56;

/** Stacked bars of the time by day, or by week with `weeks`. */
export function stackedBars(
  columns: Column[],
  series: { id: string; colour: string }[],
  { width, weeks }: { width: number; weeks: boolean },
): ChartDrawing {
  const pieces = columns.flatMap(({ day, parts }) => parts.map((part) => ({ day, ...part })));
  const most = Math.max(60, ...columns.map(total));
  const domain = columns.map(({ day }) => day);
  const every = Math.ceil(domain.length / Math.max(2, Math.floor((width - LEFT) / 64)));
  const svg = plot({
    width,
    height: HEIGHT,
    marginLeft: LEFT,
    marginTop: 10,
    x: { type: "band", domain, padding: domain.length > 60 ? 0.1 : 0.25 },
    y: { domain: [0, most], label: null },
    color: { domain: series.map(({ id }) => id), range: series.map(({ colour }) => colour) },
    marks: [
      gridY(timeTicks(most)),
      barY(pieces, { x: "day", y: "seconds", fill: "id", order: series.map(({ id }) => id) }),
      axisX(
        domain.filter((_, number) => number % every === 0),
        {
          tickFormat: dayShort,
          tickSize: 0,
          label: null,
        },
      ),
      axisY(timeTicks(most), { tickFormat: duration, tickSize: 0, label: null }),
      ruleY([0]),
    ],
  });
  return {
    svg: makeCspSafe(svg),
    hotspots: columns.map((column) => hotspotOf(column, svg, weeks)),
  };
}

export const total = ({ parts }: Column): number =>
  parts.reduce((sum, { seconds }) => sum + seconds, 0);

function hotspotOf(column: Column, svg: ReturnType<typeof plot>, weeks: boolean): Hotspot {
  const scale = svg.scale("x");
  const width = scale?.bandwidth ?? 0;
  const room = ((scale?.step ?? width) - width) / 2;
  const when = weeks ? t("week_of", { day: dayFull(column.day) }) : dayFull(column.day);
  const parts = column.parts.filter(({ seconds }) => seconds > 0);
  const what = [
    duration(total(column)),
    ...parts.map(({ name, seconds }) => `${name} ${duration(seconds)}`),
  ];
  return {
    x: (scale?.apply(column.day) ?? 0) - room,
    y: 4,
    width: width + 2 * room,
    height: HEIGHT - 32,
    words: t("chart_at", { when, what: parts.length ? what.join(" · ") : t("nothing") }),
  };
}
