/** A day's figures. */
import { ask } from "./client.ts";
import { list, number, object, oneOf, orNull, record, type Shaped, text } from "./schema.ts";

const budgetState = oneOf("under", "near", "over", "off");

const networkToday = object({
  id: text,
  name: text,
  spent_seconds: number,
  budget_minutes: orNull(number),
  state: budgetState,
  taking_part_seconds: number,
  interactions: record(number),
  /** Kinds of act that may be counted too high. */
  about: list(text),
  page_seconds: record(number),
});
export type NetworkToday = Shaped<typeof networkToday>;

const profileToday = object({
  network: text,
  handle: text,
  last_post_at: orNull(number),
  days_silent: orNull(number),
  freshness: oneOf("fresh", "quiet", "ageing", "stale", "unknown"),
  mode: oneOf("active", "reading", "retired"),
});
export type ProfileToday = Shaped<typeof profileToday>;

const chatSlot = object({ tag: text, network: text, starts_at: number, ends_at: number });

export const today = object({
  day: text,
  time_zone: text,
  now: number,
  spent_seconds: number,
  budget_minutes: orNull(number),
  left_seconds: orNull(number),
  state: budgetState,
  taking_part_seconds: number,
  chat_seconds: number,
  networks: list(networkToday),
  profiles: list(profileToday),
  next_chat: orNull(chatSlot),
  sources: list(object({ browser: text, last_event_at: number })),
});
export type Today = Shaped<typeof today>;

export const getToday = () => ask(today, "today");
