import type { Spans } from "../api/trends.ts";
import { useWidth } from "../hooks/use-width.ts";
import { Table, type TableOf } from "../parts/data-table.tsx";
import { duration, timeOfDay } from "../words/format.ts";
import { counted, isKey, t } from "../words/text.ts";
import { colourOf } from "./network-colour.ts";

const LANE = 34;
const TOP = 8;
const HOUR = 3_600_000;

/** The day from its first to its last visit: a lane for each network, diamonds for what was done. */
export function Strip({ spans }: { spans: Spans }) {
  const [place, width] = useWidth();
  const [low, high] = ends(spans);
  const names = spans.networks.map(({ name }) => name);
  const left = Math.min(130, 18 + 7.5 * Math.max(...names.map((name) => name.length)));
  const x = (at: number) => left + ((at - low) / (high - low)) * (width - left - 12);
  const bottom = TOP + LANE * spans.networks.length;
  const lane = (network: string) => spans.networks.findIndex(({ id }) => id === network);
  return (
    <div class="strip" ref={place}>
      {width > 0 && (
        <svg width={width} height={bottom + 26} role="img" aria-label={label(spans, low, high)}>
          {hours(low, high, width).map((at) => (
            <g key={at} class="hour">
              <line x1={x(at)} x2={x(at)} y1={TOP} y2={bottom} />
              <text x={x(at)} y={bottom + 18}>
                {timeOfDay(at, spans.time_zone)}
              </text>
            </g>
          ))}
          {spans.networks.map(({ id, name }, number) => (
            <text key={id} class="lane" x={0} y={TOP + LANE * number + LANE / 2 + 4}>
              {name}
            </text>
          ))}
          {spans.spans.map((one) => (
            <rect
              key={`${one.network}${one.start}`}
              x={x(one.start)}
              y={TOP + LANE * lane(one.network) + 9}
              width={Math.max(2, x(one.end) - x(one.start))}
              height={LANE - 18}
              rx="3"
              fill={colourOf(one.network)}
            >
              <title>{spanWords(spans, one)}</title>
            </rect>
          ))}
          {spans.interactions.map((one) => (
            <path
              key={`${one.network}${one.at}${one.action}`}
              class="mark"
              d={diamond(x(one.at), TOP + LANE * lane(one.network) + LANE / 2)}
            >
              <title>{markWords(spans, one)}</title>
            </path>
          ))}
        </svg>
      )}
      <Table of={tableOf(spans)} />
    </div>
  );
}

function tableOf(spans: Spans): TableOf {
  const rows = [
    ...spans.spans.map((one) => ({ at: one.start, network: one.network, what: spanLength(one) })),
    ...spans.interactions.map((one) => ({
      at: one.at,
      network: one.network,
      what: didWord(one.action),
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

const spanLength = ({ start, end }: { start: number; end: number }) =>
  end - start < 60_000
    ? t("seconds", { n: Math.round((end - start) / 1000) })
    : duration((end - start) / 1000);

/** From the first visit to the last, at least two hours. */
function ends({ spans, interactions, start, end }: Spans): [number, number] {
  const moments = [
    ...spans.flatMap((one) => [one.start, one.end]),
    ...interactions.map((one) => one.at),
  ];
  const low = Math.min(...moments);
  const high = Math.max(...moments);
  const missing = Math.max(0, 2 * HOUR - (high - low)) / 2;
  return [Math.max(start, low - missing), Math.min(end, high + missing)];
}

/** Whole hours between, as many as there is room for. */
function hours(low: number, high: number, width: number): number[] {
  const room = Math.max(2, Math.floor(width / 90));
  const step = [1, 2, 3, 4, 6, 8, 12].find((one) => (high - low) / HOUR / one <= room) ?? 24;
  const found = [];
  for (let at = Math.ceil(low / (step * HOUR)) * step * HOUR; at <= high; at += step * HOUR) {
    found.push(at);
  }
  return found;
}

const diamond = (x: number, y: number) => `M${x} ${y - 6}l5 6l-5 6l-5 -6z`;
const nameOf = (spans: Spans, network: string) =>
  spans.networks.find(({ id }) => id === network)?.name ?? network;

function didWord(action: string): string {
  const key = `did_${action}`;
  return isKey(key) ? t(key) : action;
}

function spanWords(spans: Spans, one: { network: string; start: number; end: number }): string {
  const [from, to] = [one.start, one.end].map((at) => timeOfDay(at, spans.time_zone));
  return `${nameOf(spans, one.network)}, ${from}–${to}: ${spanLength(one)}`;
}

function markWords(spans: Spans, one: { network: string; action: string; at: number }): string {
  return `${nameOf(spans, one.network)}, ${timeOfDay(one.at, spans.time_zone)}: ${didWord(one.action)}`;
}

function label(spans: Spans, low: number, high: number): string {
  return t("strip_label", {
    first: timeOfDay(low, spans.time_zone),
    last: timeOfDay(high, spans.time_zone),
    spans: counted("spans", spans.spans.length),
    acts: counted("acts", spans.interactions.length),
  });
}
