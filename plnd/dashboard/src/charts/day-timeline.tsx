import type { Spans } from "../api/trends.ts";
import { useWidth } from "../hooks/use-width.ts";
import { DataTable, type TableData } from "../parts/data-table.tsx";
import { duration, timeOfDay } from "../words/format.ts";
import { counted, isKey, t } from "../words/lookup.ts";
import { colourOf } from "./network-colour.ts";

const LANE_HEIGHT = 34;
const TOP = 8;
const HOUR_MS = 3_600_000;

/** The day from first to last visit: a lane for each network, a diamond for each interaction. */
export function DayTimeline({ spans }: { spans: Spans }) {
  const [ref, width] = useWidth();
  const [low, high] = rangeOf(spans);
  const names = spans.networks.map(({ name }) => name);
  const left = Math.min(130, 18 + 7.5 * Math.max(...names.map((name) => name.length)));
  const x = (at: number) => left + ((at - low) / (high - low)) * (width - left - 12);
  const bottom = TOP + LANE_HEIGHT * spans.networks.length;
  const lane = (network: string) => spans.networks.findIndex(({ id }) => id === network);
  return (
    <div class="timeline" ref={ref}>
      {width > 0 && (
        <svg width={width} height={bottom + 26} role="img" aria-label={label(spans, low, high)}>
          {hourTicks(low, high, width).map((at) => (
            <g key={at} class="hour">
              <line x1={x(at)} x2={x(at)} y1={TOP} y2={bottom} />
              <text x={x(at)} y={bottom + 18}>
                {timeOfDay(at, spans.time_zone)}
              </text>
            </g>
          ))}
          {spans.networks.map(({ id, name }, number) => (
            <text key={id} class="lane" x={0} y={TOP + LANE_HEIGHT * number + LANE_HEIGHT / 2 + 4}>
              {name}
            </text>
          ))}
          {spans.spans.map((one) => (
            <rect
              key={`${one.network}${one.start}`}
              x={x(one.start)}
              y={TOP + LANE_HEIGHT * lane(one.network) + 9}
              width={Math.max(2, x(one.end) - x(one.start))}
              height={LANE_HEIGHT - 18}
              rx="3"
              fill={colourOf(one.network)}
            >
              <title>{spanText(spans, one)}</title>
            </rect>
          ))}
          {spans.interactions.map((one) => (
            <path
              key={`${one.network}${one.at}${one.action}`}
              class="mark"
              d={diamond(x(one.at), TOP + LANE_HEIGHT * lane(one.network) + LANE_HEIGHT / 2)}
            >
              <title>{interactionText(spans, one)}</title>
            </path>
          ))}
        </svg>
      )}
      <DataTable data={tableOf(spans)} />
    </div>
  );
}

function tableOf(spans: Spans): TableData {
  const rows = [
    ...spans.spans.map((one) => ({ at: one.start, network: one.network, what: spanDuration(one) })),
    ...spans.interactions.map((one) => ({
      at: one.at,
      network: one.network,
      what: actionText(one.action),
    })),
  ].sort((a, b) => a.at - b.at);
  return {
    file: `plnd ${spans.day}`,
    caption: t("strip_title"),
    head: [t("hour"), t("network"), t("what")],
    rows: rows.map(({ at, network, what }) => [
      timeOfDay(at, spans.time_zone),
      nameOf(spans, network),
      what,
    ]),
  };
}

const spanDuration = ({ start, end }: { start: number; end: number }) =>
  end - start < 60_000
    ? t("seconds", { n: Math.round((end - start) / 1000) })
    : duration((end - start) / 1000);

/** From first to last visit in ms, widened to two hours at least, within the day. */
function rangeOf({ spans, interactions, start, end }: Spans): [number, number] {
  const moments = [
    ...spans.flatMap((one) => [one.start, one.end]),
    ...interactions.map((one) => one.at),
  ];
  const low = Math.min(...moments);
  const high = Math.max(...moments);
  const missing = Math.max(0, 2 * HOUR_MS - (high - low)) / 2;
  return [Math.max(start, low - missing), Math.min(end, high + missing)];
}

/** The full hours to label, as many as fit. */
function hourTicks(low: number, high: number, width: number): number[] {
  const room = Math.max(2, Math.floor(width / 90));
  const step = [1, 2, 3, 4, 6, 8, 12].find((one) => (high - low) / HOUR_MS / one <= room) ?? 24;
  const found = [];
  for (
    let at = Math.ceil(low / (step * HOUR_MS)) * step * HOUR_MS;
    at <= high;
    at += step * HOUR_MS
  ) {
    found.push(at);
  }
  return found;
}

const diamond = (x: number, y: number) => `M${x} ${y - 6}l5 6l-5 6l-5 -6z`;
const nameOf = (spans: Spans, network: string) =>
  spans.networks.find(({ id }) => id === network)?.name ?? network;

function actionText(action: string): string {
  const key = `did_${action}`;
  return isKey(key) ? t(key) : action;
}

function spanText(spans: Spans, one: { network: string; start: number; end: number }): string {
  const [from, to] = [one.start, one.end].map((at) => timeOfDay(at, spans.time_zone));
  return `${nameOf(spans, one.network)}, ${from}–${to}: ${spanDuration(one)}`;
}

function interactionText(
  spans: Spans,
  one: { network: string; action: string; at: number },
): string {
  return `${nameOf(spans, one.network)}, ${timeOfDay(one.at, spans.time_zone)}: ${actionText(one.action)}`;
}

function label(spans: Spans, low: number, high: number): string {
  return t("strip_label", {
    first: timeOfDay(low, spans.time_zone),
    last: timeOfDay(high, spans.time_zone),
    spans: counted("spans", spans.spans.length),
    acts: counted("acts", spans.interactions.length),
  });
}
