/** The networks that plnd knows: how certain their rules are, and which are counted. */
import { ask } from "./client.ts";
import { flag, list, object, oneOf, orNull, record, type Shaped, text } from "./schema.ts";
import { part } from "./url.ts";

const certainty = oneOf("high", "medium", "low");
export type Certainty = Shaped<typeof certainty>;

const network = object({
  id: text,
  name: text,
  counted: flag,
  /** By kind of act. */
  certainty: record(certainty),
  /** Kinds of act that may be counted too high. */
  about: list(text),
  fault: orNull(object({ message: text })),
});
export type Network = Shaped<typeof network>;

export const getNetworks = () => ask(object({ networks: list(network) }), "networks");
export const putNetwork = (id: string, counted: boolean) =>
  ask(object({ network }), `networks/${part(id)}`, { method: "PUT", body: { counted } });
