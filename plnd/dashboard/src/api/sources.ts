/** The extension in each browser profile, and what it may see there. */
import { request } from "./client.ts";
import { array, type Infer, number, object, string } from "./schema.ts";

const source = object({
  profile: string,
  browser: string,
  /** The networks that the extension may see there. */
  networks: array(string),
  heard_at: number,
});
export type Source = Infer<typeof source>;

/** Sorted by when they last reported, the latest first. */
export const getSources = () => request(object({ sources: array(source) }), "sources");
