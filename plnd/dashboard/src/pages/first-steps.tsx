import type { Today } from "../api/day.ts";
import type { Budget } from "../api/settings.ts";
import type { Days } from "../api/trends.ts";
import { Card } from "../parts/card.tsx";
import { type Key, t } from "../words/lookup.ts";

interface Step {
  name: Key;
  how: Key;
  done: boolean;
}

/** The first steps after installing. Each ticks itself off; the card goes when all are done. */
export function FirstSteps({
  today,
  days,
  budgets,
}: {
  today: Today;
  days: Days;
  budgets: Budget[];
}) {
  const steps: Step[] = [
    { name: "step_extension", how: "step_extension_how", done: today.sources.length > 0 },
    { name: "step_networks", how: "step_networks_how", done: days.known_since !== null },
    { name: "step_profiles", how: "step_profiles_how", done: today.profiles.length > 0 },
    { name: "step_budget", how: "step_budget_how", done: budgets.length > 0 },
  ];
  if (steps.every((step) => step.done)) return null;
  return (
    <Card title={t("steps_title")} lead={t("steps_lead")} wide>
      <ol class="steps">
        {steps.map(({ name, how, done }) => (
          <li key={name} class={done ? "done" : ""}>
            <strong>{t(name)}</strong>{" "}
            <span class="state">{t(done ? "step_done" : "step_open")}</span>
            {!done && <p class="soft">{t(how)}</p>}
          </li>
        ))}
      </ol>
    </Card>
  );
}
