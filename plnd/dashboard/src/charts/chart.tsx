import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useWidth } from "../hooks/use-width.ts";
import { Card } from "../parts/card.tsx";
import { DataTable, type TableData } from "../parts/data-table.tsx";
import { t } from "../words/lookup.ts";
import type { ChartDrawing, Hotspot } from "./drawing.ts";

/**
 * A chart in a card. Its numbers can be read with the pointer, with the arrow keys, in a table
 * and as CSV. `draw` draws it for a width in pixels; `legend` names the colours.
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
  draw: (width: number) => ChartDrawing;
  legend?: { name: string; colour: string }[];
  table: TableData;
  wide?: boolean;
}) {
  const [ref, width] = useWidth();
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
      <div class="chart" ref={ref}>
        {width > 0 && <Drawing title={title} draw={draw} width={width} />}
      </div>
      <DataTable data={table} />
    </Card>
  );
}

function Drawing({
  title,
  draw,
  width,
}: {
  title: string;
  draw: (width: number) => ChartDrawing;
  width: number;
}) {
  const container = useRef<HTMLDivElement>(null);
  const { svg, hotspots } = useMemo(() => draw(width), [draw, width]);
  const [selected, setSelected] = useState<Hotspot | null>(null);
  useEffect(() => {
    container.current?.replaceChildren(svg);
    setSelected(null);
  }, [svg]);
  useEffect(() => drawFrame(svg, selected), [svg, selected]);
  return (
    <>
      <div
        ref={container}
        role="group"
        tabIndex={0}
        aria-label={t("chart_keys", { title })}
        onPointerMove={(event) => setSelected(hotspotAt(hotspots, svg, event))}
        onPointerLeave={() => setSelected(null)}
        onKeyDown={(event) => {
          const next = nextHotspot(hotspots, selected, event.key);
          if (!next) return;
          event.preventDefault();
          setSelected(next);
        }}
      />
      <p class="readout" role="status">
        {selected?.words ?? "\u00a0"}
      </p>
    </>
  );
}

/** Draws a frame around the selected hotspot. */
function drawFrame(svg: Element, hotspot: Hotspot | null): void {
  svg.querySelector(".selected")?.remove();
  if (!hotspot) return;
  const frame = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  frame.setAttribute("class", "selected");
  for (const name of ["x", "y", "width", "height"] as const) {
    frame.setAttribute(name, String(hotspot[name]));
  }
  svg.append(frame);
}

function hotspotAt(hotspots: Hotspot[], svg: Element, event: PointerEvent): Hotspot | null {
  const box = svg.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const inside = (hotspot: Hotspot) =>
    x >= hotspot.x &&
    x <= hotspot.x + hotspot.width &&
    y >= hotspot.y &&
    y <= hotspot.y + hotspot.height;
  return hotspots.find(inside) ?? null;
}

const DIRECTIONS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The hotspot to which a key moves: the nearest one in its direction. */
function nextHotspot(hotspots: Hotspot[], from: Hotspot | null, key: string): Hotspot | null {
  if (key === "Home") return hotspots[0] ?? null;
  if (key === "End" || (!from && key in DIRECTIONS)) return hotspots.at(-1) ?? null;
  const step = DIRECTIONS[key];
  if (!step || !from) return null;
  const [dx, dy] = step;
  let best: Hotspot | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const hotspot of hotspots) {
    const [x, y] = [hotspot.x - from.x, hotspot.y - from.y];
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (ahead > 0.5 && ahead + 8 * aside < least) {
      best = hotspot;
      least = ahead + 8 * aside;
    }
  }
  return best;
}
