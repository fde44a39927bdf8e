import type { JSX } from "preact";
import { getNetworks } from "../api/networks.ts";
import { useQuery } from "../hooks/use-query.ts";

let pending: ReturnType<typeof getNetworks> | null = null;

/** Rows of a list ask at the same moment: they share one request. */
function getNetworksOnce() {
  pending ??= getNetworks().finally(() => {
    pending = null;
  });
  return pending;
}

/** All networks that plnd knows; empty until they are loaded. */
export function useNetworks(): { id: string; name: string }[] {
  const networks = useQuery(getNetworksOnce);
  return networks.data?.networks ?? [];
}

/** A select of all networks; `none` is the text of a first option that means no network. */
export function NetworkSelect({
  none,
  ...rest
}: { none?: string } & JSX.IntrinsicElements["select"]) {
  const networks = useNetworks();
  return (
    <select {...rest}>
      {none !== undefined && <option value="">{none}</option>}
      {networks.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** A function from a network's id to its name. */
export function useNetworkNames(): (id: string) => string {
  const names = new Map(useNetworks().map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}
