/** Numbers, durations, days and times as the reader's language and region write them. */
import { locale, t } from "./lookup.ts";

/** A duration in whole minutes, from an hour on as hours and minutes. */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("duration_m", { m: minutes });
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  return m === 0 ? t("duration_h", { h }) : t("duration_hm", { h, m });
}

/** `part` as a percentage of `whole`, rounded down. */
export const percent = (part: number, whole: number): string =>
  t("percent", { n: whole > 0 ? Math.floor((100 * part) / whole) : 0 });

const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
export const formatNumber = (value: number): string => decimal.format(value);

const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

/**
 * How long ago `at` (ms) was, `days` being the whole days since: by the calendar for the last
 * two days ("yesterday"), then in days, and from 60 days on in months.
 */
export function ago(days: number, at: number): string {
  if (days < 2) return relative.format(-midnightsSince(at), "day");
  if (days < 60) return relative.format(-days, "day");
  return relative.format(-Math.floor(days / 30.44), "month");
}

function midnightsSince(at: number): number {
  const noon = (day: Date) => day.setHours(12, 0, 0, 0);
  return Math.round((noon(new Date()) - noon(new Date(at))) / 86_400_000);
}

const dateFormat = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale, options);
const clocks = new Map<string, Intl.DateTimeFormat>();

/** The time of day in a time zone; without one, in the browser's. */
export function timeOfDay(at: number, timeZone?: string): string {
  const key = timeZone ?? "";
  const known = clocks.get(key);
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = known ?? dateFormat({ hour: "2-digit", minute: "2-digit", ...zone });
  clocks.set(key, clock);
  return clock.format(at);
}

const moment = dateFormat({
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
export const dayAndTime = (at: number): string => moment.format(at);

/** An ISO day as a date at noon in UTC, so that no time zone moves it to another day. */
export const dateOfDay = (day: string): Date => new Date(`${day}T12:00:00Z`);
export const isoDay = (date: Date): string => date.toISOString().slice(0, 10);
export const plusDays = (day: string, count: number): string =>
  isoDay(new Date(dateOfDay(day).getTime() + count * 86_400_000));

const UTC = { timeZone: "UTC" } as const;
const longDay = dateFormat({ weekday: "long", day: "numeric", month: "long", ...UTC });
const shortDay = dateFormat({ day: "numeric", month: "short", ...UTC });
const fullDay = dateFormat({
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  ...UTC,
});
const monthName = dateFormat({ month: "short", ...UTC });
const weekdayName = dateFormat({ weekday: "short", ...UTC });
const longWeekdayName = dateFormat({ weekday: "long", ...UTC });
const hourName = dateFormat({ hour: "numeric", ...UTC });

export const dayLong = (day: string): string => longDay.format(dateOfDay(day));
export const dayShort = (day: string): string => shortDay.format(dateOfDay(day));
export const dayFull = (day: string): string => fullDay.format(dateOfDay(day));
const monthOfYear = dateFormat({ month: "short", year: "numeric", ...UTC });

/** A year, a month or a day, depending on the precision of the ISO text. */
export function dayOrLonger(text: string): string {
  if (text.length === "2026".length) return text;
  return text.length === "2026-11".length
    ? monthOfYear.format(dateOfDay(`${text}-15`))
    : fullDay.format(dateOfDay(text));
}
export const month = (day: string): string => monthName.format(dateOfDay(day));

/** The name of a weekday by its number; Monday is 0. */
export const weekday = (number: number): string =>
  weekdayName.format(Date.UTC(2024, 0, 1 + number));
export const weekdayLong = (number: number): string =>
  longWeekdayName.format(Date.UTC(2024, 0, 1 + number));
export const hourOfDay = (hour: number): string => hourName.format(Date.UTC(2024, 0, 1, hour));

/** A list in words: "a, b and c". */
export const formatList = (parts: string[]): string =>
  new Intl.ListFormat(locale, { type: "conjunction" }).format(parts);
