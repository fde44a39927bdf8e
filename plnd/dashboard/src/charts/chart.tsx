import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useWidth } from "../hooks/use-width.ts";
import { Card } from "../parts/card.tsx";
import { Table, type TableOf } from "../parts/data-table.tsx";
import { t } from "../words/text.ts";
import type { Drawn, Spot } from "./drawing.ts";

/**
 * A chart with its numbers: under the pointer, with the arrow keys, in a table and as CSV.
 * `draw` makes it for a width; `legend` names the colours.
 */
export function Chart({
  title,
  lead,
  draw,
  legend = [],
  table,
  wide = false,
}: {
  title: string;
  lead: string;
  draw: (width: number) => Drawn;
  legend?: { name: string; colour: string }[];
  table: TableOf;
  wide?: boolean;
}) {
  const [place, width] = useWidth();
  return (
    <Card title={title} lead={lead} wide={wide}>
      {legend.length > 1 && (
        <ul class="legend">
          {legend.map(({ name, colour }) => (
            <li key={name}>
              <svg class="key" viewBox="0 0 10 10" aria-hidden="true">
                <rect width="10" height="10" rx="2" fill={colour} />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      )}
      <div class="chart" ref={place}>
        {width > 0 && <Drawing title={title} draw={draw} width={width} />}
      </div>
      <Table of={table} />
    </Card>
  );
}

function Drawing({
  title,
  draw,
  width,
}: {
  title: string;
  draw: (width: number) => Drawn;
  width: number;
}) {
  const place = useRef<HTMLDivElement>(null);
  const { svg, spots } = useMemo(() => draw(width), [draw, width]);
  const [picked, setPicked] = useState<Spot | null>(null);
  useEffect(() => {
    place.current?.replaceChildren(svg);
    setPicked(null);
  }, [svg]);
  useEffect(() => mark(svg, picked), [svg, picked]);
  return (
    <>
      <div
        ref={place}
        role="group"
        tabIndex={0}
        aria-label={t("chart_keys", { title })}
        onPointerMove={(event) => setPicked(under(spots, svg, event))}
        onPointerLeave={() => setPicked(null)}
        onKeyDown={(event) => {
          const next = stepped(spots, picked, event.key);
          if (!next) return;
          event.preventDefault();
          setPicked(next);
        }}
      />
      <p class="readout" role="status">
        {picked?.words ?? "\u00a0"}
      </p>
    </>
  );
}

/** Draw a frame around the spot whose numbers are told. */
function mark(svg: Element, spot: Spot | null): void {
  svg.querySelector(".picked")?.remove();
  if (!spot) return;
  const frame = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  frame.setAttribute("class", "picked");
  for (const name of ["x", "y", "width", "height"] as const) {
    frame.setAttribute(name, String(spot[name]));
  }
  svg.append(frame);
}

function under(spots: Spot[], svg: Element, event: PointerEvent): Spot | null {
  const box = svg.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const inside = (spot: Spot) =>
    x >= spot.x && x <= spot.x + spot.width && y >= spot.y && y <= spot.y + spot.height;
  return spots.find(inside) ?? null;
}

const STEPS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The spot to which a key leads: the nearest in its direction. */
function stepped(spots: Spot[], from: Spot | null, key: string): Spot | null {
  if (key === "Home") return spots[0] ?? null;
  if (key === "End" || (!from && key in STEPS)) return spots.at(-1) ?? null;
  const step = STEPS[key];
  if (!step || !from) return null;
  const [dx, dy] = step;
  let best: Spot | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const spot of spots) {
    const [x, y] = [spot.x - from.x, spot.y - from.y];
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (ahead > 0.5 && ahead + 8 * aside < least) {
      best = spot;
      least = ahead + 8 * aside;
    }
  }
  return best;
}
