/** Looking back: a day as a strip of time, and many days side by side. */
import { ask } from "./client.ts";
import { flag, list, number, object, oneOf, orNull, record, type Shaped, text } from "./schema.ts";
import { query } from "./url.ts";

const networkName = object({ id: text, name: text });

const spans = object({
  day: text,
  time_zone: text,
  start: number,
  end: number,
  networks: list(networkName),
  spans: list(object({ network: text, start: number, end: number })),
  interactions: list(object({ network: text, action: text, at: number })),
});
export type Spans = Shaped<typeof spans>;

export const getSpans = (day?: string) => ask(spans, `spans${query({ day })}`);

export const weekday = oneOf("mon", "tue", "wed", "thu", "fri", "sat", "sun");
export type Weekday = Shaped<typeof weekday>;
export const WEEKDAYS: Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const networkOfDay = object({
  id: text,
  spent_seconds: number,
  work_seconds: number,
  taking_part_seconds: number,
  interactions: record(number),
});

const days = object({
  first: text,
  last: text,
  time_zone: text,
  known_since: orNull(text),
  networks: list(networkName),
  days: list(object({ day: text, interaction_day: flag, networks: list(networkOfDay) })),
  hours: list(
    object({ weekday, hour: number, spent_seconds: number, taking_part_seconds: number }),
  ),
});
export type Days = Shaped<typeof days>;
export type Day = Days["days"][number];

export const getDays = (from?: string, to?: string) => ask(days, `days${query({ from, to })}`);
