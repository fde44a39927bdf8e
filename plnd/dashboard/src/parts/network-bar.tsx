import type { NetworkToday } from "../api/day.ts";
import { duration, formatList } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";

export const ACTS = ["post", "reply", "share", "message", "react", "follow", "save"] as const;

/** A network today: one bar as long as the time spent, split into taking part and scrolling. */
export function NetworkBar({ network, most }: { network: NetworkToday; most: number }) {
  const { spent_seconds: spent, taking_part_seconds: part, budget_minutes: budget } = network;
  const share = (seconds: number) => ({ width: `${most > 0 ? (100 * seconds) / most : 0}%` });
  return (
    <li class="network">
      <span class="name">{network.name}</span>
      <span class="spent">
        {budget === null
          ? duration(spent)
          : t("of_budget", { spent: duration(spent), budget: duration(budget * 60) })}
        {budget !== null && (
          <span class={`state ${network.state}`}>{t(`state_${network.state}`)}</span>
        )}
      </span>
      <span class="bar" aria-hidden="true">
        <span class="taking-part" style={share(part)} />
        <span class="scrolling" style={share(spent - part)} />
      </span>
      <span class="words soft">
        {t("part_words", { part: duration(part), rest: duration(spent - part) })} ·{" "}
        {actsOf(network)}
      </span>
    </li>
  );
}

function actsOf({ interactions: acts, about }: NetworkToday): string {
  const parts = ACTS.filter((act) => acts[act]).map((act) => counted(`act_${act}`, acts[act] ?? 0));
  const words = parts.length ? formatList(parts) : t("only_looking");
  return parts.length && about.length ? t("about", { acts: words }) : words;
}
