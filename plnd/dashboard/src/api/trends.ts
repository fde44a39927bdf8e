/** Figures over time: the spans of one day, and many days with their sums. */
import { request } from "./client.ts";
import {
  array,
  boolean,
  type Infer,
  nullable,
  number,
  object,
  oneOf,
  record,
  string,
} from "./schema.ts";
import { queryString } from "./url.ts";

const networkName = object({ id: string, name: string });

const spans = object({
  day: string,
  time_zone: string,
  start: number,
  end: number,
  networks: array(networkName),
  spans: array(object({ network: string, start: number, end: number })),
  interactions: array(object({ network: string, action: string, at: number })),
});
export type Spans = Infer<typeof spans>;

export const getSpans = (day?: string) => request(spans, `spans${queryString({ day })}`);

export const weekday = oneOf("mon", "tue", "wed", "thu", "fri", "sat", "sun");
export type Weekday = Infer<typeof weekday>;
export const WEEKDAYS: Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const networkOfDay = object({
  id: string,
  spent_seconds: number,
  work_seconds: number,
  taking_part_seconds: number,
  interactions: record(number),
});

const days = object({
  first: string,
  last: string,
  time_zone: string,
  known_since: nullable(string),
  networks: array(networkName),
  days: array(object({ day: string, interaction_day: boolean, networks: array(networkOfDay) })),
  hours: array(
    object({ weekday, hour: number, spent_seconds: number, taking_part_seconds: number }),
  ),
});
export type Days = Infer<typeof days>;
export type Day = Days["days"][number];

export const getDays = (from?: string, to?: string) =>
  request(days, `days${queryString({ from, to })}`);
