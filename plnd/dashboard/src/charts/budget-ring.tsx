import type { Today } from "../api/day.ts";
import { duration } from "../words/format.ts";
import { t } from "../words/lookup.ts";

const RADIUS = 54;
const CIRCUMFERENCE = 2 * Math.PI * RADIUS;

/** The rest of the budget as a ring that empties; the headline beside it says the same. */
export function BudgetRing({ today }: { today: Today }) {
  const { figure, label, part } = ringOf(today);
  return (
    <svg class={`ring ${today.state}`} viewBox="0 0 128 128" aria-hidden="true">
      <circle class="track" cx="64" cy="64" r={RADIUS} />
      <circle
        class="part"
        cx="64"
        cy="64"
        r={RADIUS}
        stroke-dasharray={`${part * CIRCUMFERENCE} ${CIRCUMFERENCE}`}
        transform="rotate(-90 64 64)"
      />
      <text class="figure" x="64" y="66">
        {figure}
      </text>
      <text class="label" x="64" y="84">
        {label}
      </text>
    </svg>
  );
}

function ringOf({
  state,
  spent_seconds: spent,
  budget_minutes: minutes,
  left_seconds: left,
}: Today) {
  const budget = (minutes ?? 0) * 60;
  if (state === "off") return { figure: duration(spent), label: t("spent_label"), part: 0 };
  if (state === "over") {
    return { figure: duration(Math.max(0, spent - budget)), label: t("over_label"), part: 1 };
  }
  const rest = left ?? 0;
  return {
    figure: duration(roundUpToMinute(rest)),
    label: t("left_label"),
    part: budget > 0 ? rest / budget : 0,
  };
}

/** Rounds up to whole minutes: used time is rounded down, and both together make the budget. */
export const roundUpToMinute = (seconds: number): number => Math.ceil(seconds / 60) * 60;
