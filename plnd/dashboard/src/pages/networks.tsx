import { type Certainty, getNetworks, type Network, putNetwork } from "../api/networks.ts";
import { getSources, type Source } from "../api/sources.ts";
import { getDays } from "../api/trends.ts";
import { useDoing, useResource } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { ACTS } from "../parts/network-bar.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { Switch } from "../parts/switch.tsx";
import { together } from "../words/format.ts";
import { counted, t } from "../words/text.ts";

/** Which networks are counted, which browser sees them, and how well they are known. */
export function Networks() {
  const networks = useResource(getNetworks);
  const sources = useResource(getSources);
  const days = useResource(getDays);
  const used = new Set(days.value?.networks.map(({ id }) => id));
  return (
    <Card title={t("networks_title")} lead={t("networks_lead")}>
      <Resourceful of={networks}>
        {({ networks }) => (
          <Resourceful of={sources}>
            {({ sources }) => <Listed networks={networks} sources={sources} used={used} />}
          </Resourceful>
        )}
      </Resourceful>
      <p class="soft">{t("networks_withdraw")}</p>
    </Card>
  );
}

/** In sight are those that are seen, or were lately, or are switched off. */
function Listed({
  networks,
  sources,
  used,
}: {
  networks: Network[];
  sources: Source[];
  used: Set<string>;
}) {
  const rows = networks.map((network) => ({ network, seenBy: browsersOf(network.id, sources) }));
  const near = rows.filter(
    ({ network, seenBy }) =>
      seenBy.length > 0 || used.has(network.id) || !network.counted || network.fault,
  );
  const rest = rows.filter((row) => !near.includes(row));
  return (
    <>
      {near.length === 0 ? (
        <p>{t("networks_none")}</p>
      ) : (
        <ul class="rows">
          {near.map((row) => (
            <Row key={row.network.id} {...row} />
          ))}
        </ul>
      )}
      {rest.length > 0 && (
        <details class="more">
          <summary>{counted("networks_rest", rest.length)}</summary>
          <ul class="rows">
            {rest.map((row) => (
              <Row key={row.network.id} {...row} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

const browsersOf = (network: string, sources: Source[]): string[] => [
  ...new Set(
    sources.filter(({ networks }) => networks.includes(network)).map(({ browser }) => browser),
  ),
];

function Row({ network, seenBy }: { network: Network; seenBy: string[] }) {
  const doing = useDoing();
  const certainty = certaintyWords(network);
  return (
    <li>
      <span>
        <strong>{network.name}</strong>
        <br />
        <span class="soft">
          {seenBy.length > 0
            ? t("network_seen_by", { browsers: together(seenBy) })
            : t("network_unseen")}
          {certainty && (
            <>
              <br />
              {certainty}
            </>
          )}
        </span>
        {network.fault && (
          <>
            <br />
            {t("network_fault")} <bdi>{network.fault.message}</bdi>
          </>
        )}
        <Done of={doing} says="" />
      </span>
      <Switch
        on={network.counted}
        change={(counted) => doing.run(() => putNetwork(network.id, counted))}
      >
        <span class="unseen">{network.name}: </span>
        {t("network_counted")}
      </Switch>
    </li>
  );
}

/** How well which acts are known, the surest first; and that counts may be too high. */
function certaintyWords({ certainty, about }: Network): string {
  const acts = (how: Certainty) => ACTS.filter((act) => certainty[act] === how);
  const known = (["high", "medium", "low"] as const)
    .filter((how) => acts(how).length > 0)
    .map((how) => t(`rules_${how}`, { acts: together(acts(how).map((act) => t(`acts_${act}`))) }));
  const tooHigh = about.some((act) => certainty[act] && certainty[act] !== "low");
  return [...known, tooHigh && t("rules_about")].filter(Boolean).join(" ");
}
