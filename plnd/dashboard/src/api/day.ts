/** Today's figures. */
import { request } from "./client.ts";
import { array, type Infer, nullable, number, object, oneOf, record, string } from "./schema.ts";

const budgetState = oneOf("under", "near", "over", "off");

const networkToday = object({
  id: string,
  name: string,
  spent_seconds: number,
  budget_minutes: nullable(number),
  state: budgetState,
  taking_part_seconds: number,
  interactions: record(number),
  /** The kinds of interaction whose counts may be too high. */
  about: array(string),
  page_seconds: record(number),
});
export type NetworkToday = Infer<typeof networkToday>;

const profileToday = object({
  network: string,
  handle: string,
  last_post_at: nullable(number),
  days_silent: nullable(number),
  freshness: oneOf("fresh", "quiet", "ageing", "stale", "unknown"),
  mode: oneOf("active", "reading", "retired"),
});
export type ProfileToday = Infer<typeof profileToday>;

const chatSlot = object({ tag: string, network: string, starts_at: number, ends_at: number });

export const today = object({
  day: string,
  time_zone: string,
  now: number,
  spent_seconds: number,
  budget_minutes: nullable(number),
  left_seconds: nullable(number),
  state: budgetState,
  taking_part_seconds: number,
  chat_seconds: number,
  networks: array(networkToday),
  profiles: array(profileToday),
  next_chat: nullable(chatSlot),
  sources: array(object({ browser: string, last_event_at: number })),
});
export type Today = Infer<typeof today>;

export const getToday = () => request(today, "today");
