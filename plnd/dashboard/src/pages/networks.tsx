import { type Certainty, getNetworks, type Network, putNetwork } from "../api/networks.ts";
import { getSources, type Source } from "../api/sources.ts";
import { getDays } from "../api/trends.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { ACTS } from "../parts/network-bar.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { Switch } from "../parts/switch.tsx";
import { formatList } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";

/** Which networks are counted, which browsers see them, and how certain their rules are. */
export function Networks() {
  const networks = useQuery(getNetworks);
  const sources = useQuery(getSources);
  const days = useQuery(getDays);
  const used = new Set(days.data?.networks.map(({ id }) => id));
  return (
    <Card title={t("networks_title")} lead={t("networks_lead")}>
      <QueryResult query={networks}>
        {({ networks }) => (
          <QueryResult query={sources}>
            {({ sources }) => <NetworkList networks={networks} sources={sources} used={used} />}
          </QueryResult>
        )}
      </QueryResult>
      <p class="soft">{t("networks_withdraw")}</p>
    </Card>
  );
}

/** Lists networks that are seen, recently used, off or faulty; the rest is folded away. */
function NetworkList({
  networks,
  sources,
  used,
}: {
  networks: Network[];
  sources: Source[];
  used: Set<string>;
}) {
  const rows = networks.map((network) => ({ network, seenBy: browsersFor(network.id, sources) }));
  const relevant = rows.filter(
    ({ network, seenBy }) =>
      seenBy.length > 0 || used.has(network.id) || !network.counted || network.fault,
  );
  const rest = rows.filter((row) => !relevant.includes(row));
  return (
    <>
      {relevant.length === 0 ? (
        <p>{t("networks_none")}</p>
      ) : (
        <ul class="rows">
          {relevant.map((row) => (
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

const browsersFor = (network: string, sources: Source[]): string[] => [
  ...new Set(
    sources.filter(({ networks }) => networks.includes(network)).map(({ browser }) => browser),
  ),
];

function Row({ network, seenBy }: { network: Network; seenBy: string[] }) {
  const mutation = useMutation();
  const certainty = certaintyText(network);
  return (
    <li>
      <span>
        <strong>{network.name}</strong>
        <br />
        <span class="soft">
          {seenBy.length > 0
            ? t("network_seen_by", { browsers: formatList(seenBy) })
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
        <MutationStatus mutation={mutation} success="" />
      </span>
      <Switch
        on={network.counted}
        onChange={(counted) => mutation.run(() => putNetwork(network.id, counted))}
      >
        <span class="visually-hidden">{network.name}: </span>
        {t("network_counted")}
      </Switch>
    </li>
  );
}

/** The kinds of interaction by certainty, highest first, and whether counts may be too high. */
function certaintyText({ certainty, about }: Network): string {
  const acts = (how: Certainty) => ACTS.filter((act) => certainty[act] === how);
  const known = (["high", "medium", "low"] as const)
    .filter((how) => acts(how).length > 0)
    .map((how) =>
      t(`rules_${how}`, { acts: formatList(acts(how).map((act) => t(`acts_${act}`))) }),
    );
  const tooHigh = about.some((act) => certainty[act] && certainty[act] !== "low");
  return [...known, tooHigh && t("rules_about")].filter(Boolean).join(" ");
}
