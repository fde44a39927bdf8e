/** The public feeds of the user's profiles and of people's handles. */
import { request } from "./client.ts";
import {
  array,
  boolean,
  type Infer,
  nullable,
  number,
  object,
  optional,
  string,
} from "./schema.ts";

/** The feed of one profile or handle. */
export const feed = object({
  on: boolean,
  checked_at: optional(number),
  /** Why the last attempt to read it failed. */
  error: optional(string),
});
export type Feed = Infer<typeof feed>;

/** Turns a feed on or off; `url` only where plnd cannot work out its address. */
export interface FeedChange {
  on: boolean;
  url?: string;
}

const view = object({
  network: string,
  name: string,
  handle: string,
  person: nullable(string),
  person_name: nullable(string),
  on: boolean,
  /** Not read, because its profile is retired. */
  resting: boolean,
  /** Null while plnd cannot work out the address. */
  address: nullable(string),
  checked_at: nullable(number),
  error: nullable(string),
});
export type FeedView = Infer<typeof view>;

export const getFeeds = () => request(object({ feeds: array(view) }), "feeds");
