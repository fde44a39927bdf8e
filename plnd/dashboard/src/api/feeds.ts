/** Public feeds: of own profiles, and of people's handles. */
import { ask } from "./client.ts";
import { flag, list, number, object, orAbsent, orNull, type Shaped, text } from "./schema.ts";

/** A feed as it stands with its profile or person. */
export const feed = object({
  on: flag,
  checked_at: orAbsent(number),
  /** Why the last answer said nothing. */
  error: orAbsent(text),
});
export type Feed = Shaped<typeof feed>;

/** Whether it may be asked, and where it is if plnd cannot know. */
export interface FeedChange {
  on: boolean;
  url?: string;
}

const view = object({
  network: text,
  name: text,
  handle: text,
  person: orNull(text),
  person_name: orNull(text),
  on: flag,
  /** Its profile is closed: it is not asked. */
  resting: flag,
  /** Null while plnd cannot know where it is. */
  address: orNull(text),
  checked_at: orNull(number),
  error: orNull(text),
});
export type FeedView = Shaped<typeof view>;

export const getFeeds = () => ask(object({ feeds: list(view) }), "feeds");
