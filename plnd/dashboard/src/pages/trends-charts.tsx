import { useCallback, useMemo } from "preact/hooks";
import { type Day, type Days, getDays, WEEKDAYS } from "../api/trends.ts";
import { Chart } from "../charts/chart.tsx";
import { type HeatmapCell, heatmap } from "../charts/heatmap.ts";
import { colourOf } from "../charts/network-colour.ts";
import { type Column, stackedBars, total } from "../charts/stacked-bars.ts";
import { useQuery } from "../hooks/use-query.ts";
import type { Cell } from "../parts/data-table.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import {
  dateOfDay,
  dayFull,
  duration,
  hourOfDay,
  month,
  plusDays,
  weekday,
  weekdayLong,
} from "../words/format.ts";
import { t } from "../words/lookup.ts";

const MINUTE_MS = 60_000;
const MAX_COLUMNS = 100;
const MAX_SERIES = 7;

interface Series {
  id: string;
  name: string;
  colour: string;
}

const time = (seconds: number): Cell => ({
  shown: duration(seconds),
  value: Math.round(seconds / 60),
});
const dayCell = (day: string): Cell => ({ shown: dayFull(day), value: day });
const inMinutes = (name: string) => `${name} (min)`;

export function NetworksChart({ days }: { days: Days }) {
  const series = useMemo(() => seriesOf(days), [days]);
  const shown = new Set(series.map(({ id }) => id));
  const parts = (group: Day[]) =>
    series.map(({ id, name }) => ({
      id,
      name,
      seconds: sum(group, (network) =>
        network.id === id || (id === "" && !shown.has(network.id)) ? network.spent_seconds : 0,
      ),
    }));
  return <StackedChart title={t("days_title")} days={days} series={series} parts={parts} weekly />;
}

export function WorkChart({ days }: { days: Days }) {
  const series = useMemo(
    () => [
      { id: "work", name: t("work"), colour: "var(--network-0)" },
      { id: "off", name: t("off"), colour: "var(--network-1)" },
    ],
    [],
  );
  const parts = (group: Day[]) => {
    const work = sum(group, (network) => network.work_seconds);
    const all = sum(group, (network) => network.spent_seconds);
    return [
      { id: "work", name: t("work"), seconds: work },
      { id: "off", name: t("off"), seconds: all - work },
    ];
  };
  return (
    <StackedChart
      title={t("work_title")}
      lead={t("work_lead")}
      days={days}
      series={series}
      parts={parts}
    />
  );
}

function StackedChart({
  title,
  lead,
  days,
  series,
  parts,
  weekly = false,
}: {
  title: string;
  lead?: string;
  days: Days;
  series: Series[];
  parts: (days: Day[]) => Column["parts"];
  weekly?: boolean;
}) {
  const weeks = days.days.length > MAX_COLUMNS;
  const columns = useMemo(
    () =>
      groups(days.days, weeks).map((group) => ({ day: group[0]?.day ?? "", parts: parts(group) })),
    [days, series, weeks],
  );
  const draw = useCallback(
    (width: number) => stackedBars(columns, series, { width, weeks }),
    [columns, series, weeks],
  );
  return (
    <Chart
      title={title}
      lead={lead ?? t(weeks ? "weeks_lead" : "days_lead")}
      draw={draw}
      legend={series}
      wide={weekly}
      table={{
        file: `plnd ${days.first} ${days.last} ${title}`,
        caption: title,
        head: [t("day"), ...[...series.map(({ name }) => name), t("in_all")].map(inMinutes)],
        rows: columns.map((column) => [
          dayCell(column.day),
          ...column.parts.map(({ seconds }) => time(seconds)),
          time(total(column)),
        ]),
      }}
    />
  );
}

/** A series for each network with the most time; the rest together is one more. */
function seriesOf(days: Days): Series[] {
  const spent = ({ id }: { id: string }) =>
    sum(days.days, (network) => (network.id === id ? network.spent_seconds : 0));
  const networks = days.networks
    .map((network) => ({ ...network, spent: spent(network) }))
    .filter((network) => network.spent > 0)
    .sort((a, b) => b.spent - a.spent);
  const first = networks.slice(0, networks.length > MAX_SERIES + 1 ? MAX_SERIES : MAX_SERIES + 1);
  const series = first.map(({ id, name }) => ({ id, name, colour: colourOf(id) }));
  return networks.length > first.length
    ? [...series, { id: "", name: t("others"), colour: "var(--soft)" }]
    : series;
}

const sum = (days: Day[], of: (network: Day["networks"][number]) => number) =>
  days.reduce((all, day) => all + day.networks.reduce((part, one) => part + of(one), 0), 0);

/** Groups days by themselves, or by week from Monday. */
function groups(days: Day[], weeks: boolean): Day[][] {
  if (!weeks) return days.map((day) => [day]);
  const found: Day[][] = [];
  for (const day of days) {
    if (found.length === 0 || weekdayOf(day.day) === 0) found.push([]);
    found.at(-1)?.push(day);
  }
  return found;
}

const weekdayOf = (day: string) => (dateOfDay(day).getUTCDay() + 6) % 7;
const rowNames = new Map([0, 2, 4, 6].map((number) => [number, weekday(number)]));

export function HoursChart({ days }: { days: Days }) {
  const squares = useMemo(() => hourSquares(days), [days]);
  const draw = useCallback(
    (width: number) =>
      heatmap(squares, {
        width,
        columns: {
          count: 24,
          labels: new Map([0, 6, 12, 18].map((hour) => [hour, hourOfDay(hour)])),
        },
        rows: rowNames,
        row: 24,
      }),
    [squares],
  );
  return (
    <Chart
      title={t("hours_title")}
      lead={t("hours_lead")}
      draw={draw}
      table={{
        file: `plnd ${days.first} ${days.last} ${t("hours_title")}`,
        caption: t("hours_title"),
        head: [t("hour"), ...WEEKDAYS.map((_, number) => inMinutes(weekday(number)))],
        rows: [...Array(24).keys()].map((hour) => [
          hourOfDay(hour),
          ...WEEKDAYS.map((_, row) => time(squares[row * 24 + hour]?.value ?? 0)),
        ]),
      }}
    />
  );
}

function hourSquares(days: Days): HeatmapCell[] {
  const found = new Map(days.hours.map((row) => [`${row.weekday} ${row.hour}`, row.spent_seconds]));
  return WEEKDAYS.flatMap((name, row) =>
    [...Array(24).keys()].map((hour) => {
      const value = found.get(`${name} ${hour}`) ?? 0;
      const when = `${weekdayLong(row)}, ${hourOfDay(hour)}`;
      return { x: hour, y: row, value, words: t("chart_at", { when, what: duration(value) }) };
    }),
  );
}

/** The year up to the last day of the range. */
export function YearChart({ to }: { to: string }) {
  const from = plusDays(to, -(52 * 7) - weekdayOf(to));
  const days = useQuery(() => getDays(from, to), `${from} ${to}`, { minIntervalMs: MINUTE_MS });
  return <QueryResult query={days}>{(days) => <Year days={days} />}</QueryResult>;
}

function Year({ days }: { days: Days }) {
  const squares = useMemo(() => days.days.map(daySquare), [days]);
  const draw = useCallback(
    (width: number) =>
      heatmap(squares, {
        width,
        columns: { count: Math.ceil(days.days.length / 7), labels: months(days.days, width) },
        rows: rowNames,
        row: Math.max(11, Math.min(20, width / 54)),
      }),
    [squares, days],
  );
  return (
    <Chart
      title={t("year_title")}
      lead={t("year_lead")}
      draw={draw}
      wide
      table={{
        file: `plnd ${days.first} ${days.last}`,
        caption: t("year_title"),
        head: [t("day"), inMinutes(t("time")), t("interactions")],
        rows: days.days.map((day) => [
          dayCell(day.day),
          time(spentOn(day)),
          day.interaction_day ? t("yes") : t("no"),
        ]),
      }}
    />
  );
}

const spentOn = (day: Day) => sum([day], (network) => network.spent_seconds);

function daySquare(day: Day, number: number): HeatmapCell {
  const value = spentOn(day);
  const acts = day.interaction_day ? ` · ${t("with_interaction")}` : "";
  return {
    x: Math.floor(number / 7),
    y: number % 7,
    value,
    dotted: day.interaction_day,
    words: t("chart_at", { when: dayFull(day.day), what: duration(value) + acts }),
  };
}

/** Month names by the week in which each month begins; every third where space is short. */
function months(days: Day[], width: number): Map<number, string> {
  const every = width < 500 ? 3 : 1;
  const firsts = days.flatMap(({ day }, number) =>
    day.endsWith("-01") ? [[Math.floor(number / 7), month(day)] as const] : [],
  );
  return new Map(firsts.filter((_, number) => number % every === 0));
}
