import type { JSX } from "preact";
import { getNetworks } from "../api/networks.ts";
import { useResource } from "../hooks/use-query.ts";

let underWay: ReturnType<typeof getNetworks> | null = null;

/** Every row of a list asks at the same moment: one request answers them all. */
function askOnce() {
  underWay ??= getNetworks().finally(() => {
    underWay = null;
  });
  return underWay;
}

/** The networks that plnd knows. */
export function useNetworks(): { id: string; name: string }[] {
  const networks = useResource(askOnce);
  return networks.value?.networks ?? [];
}

/** A choice among the networks that plnd knows; `none` is the first choice, for no network. */
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

export function useNetworkNames(): (id: string) => string {
  const names = new Map(useNetworks().map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}
