/** The networks: whether each is counted, and how certain its rules are. */
import { request } from "./client.ts";
import { array, boolean, type Infer, nullable, object, oneOf, record, string } from "./schema.ts";
import { pathSegment } from "./url.ts";

const certainty = oneOf("high", "medium", "low");
export type Certainty = Infer<typeof certainty>;

const network = object({
  id: string,
  name: string,
  counted: boolean,
  /** By kind of interaction. */
  certainty: record(certainty),
  /** The kinds of interaction whose counts may be too high. */
  about: array(string),
  fault: nullable(object({ message: string })),
});
export type Network = Infer<typeof network>;

export const getNetworks = () => request(object({ networks: array(network) }), "networks");
export const putNetwork = (id: string, counted: boolean) =>
  request(object({ network }), `networks/${pathSegment(id)}`, { method: "PUT", body: { counted } });
