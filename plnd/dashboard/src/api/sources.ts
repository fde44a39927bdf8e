/** What the extension says of itself in each browser's profile. */
import { ask } from "./client.ts";
import { list, number, object, type Shaped, text } from "./schema.ts";

const source = object({
  profile: text,
  browser: text,
  /** Those that may be seen there. */
  networks: list(text),
  heard_at: number,
});
export type Source = Shaped<typeof source>;

/** Who spoke last stands first. */
export const getSources = () => ask(object({ sources: list(source) }), "sources");
