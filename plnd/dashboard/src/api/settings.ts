/** What the user sets: settings, budgets, the pause. */
import { ask } from "./client.ts";
import { flag, list, number, object, oneOf, orNull, type Shaped, text } from "./schema.ts";
import { weekday } from "./trends.ts";
import { part } from "./url.ts";

const settings = object({
  language: orNull(oneOf("en", "de")),
  time_zone: orNull(text),
  day_start: number,
  work_days: list(weekday),
  work_start: text,
  work_end: text,
  quiet_start: orNull(text),
  quiet_end: orNull(text),
  grace_minutes: number,
  notify_budget: flag,
  notify_profiles: flag,
  notify_chats: flag,
  notify_review: flag,
  chats_outside_budget: flag,
});
export type Settings = Shaped<typeof settings>;
const settingsAnswer = object({ settings });

export const getSettings = () => ask(settingsAnswer, "settings");
export const patchSettings = (body: Partial<Settings>) =>
  ask(settingsAnswer, "settings", { method: "PATCH", body });

const when = oneOf("work", "off");
const budget = object({
  id: text,
  minutes: number,
  network: orNull(text),
  days: orNull(list(weekday)),
  when: orNull(when),
});
export type Budget = Shaped<typeof budget>;

export const getBudgets = () => ask(object({ budgets: list(budget) }), "budgets");
export const putBudget = (body: Omit<Budget, "id">) =>
  ask(object({ budget }), "budgets", { method: "PUT", body });
export const deleteBudget = (id: string) =>
  ask(object({ deleted: text }), `budgets/${part(id)}`, { method: "DELETE" });

const pause = object({ paused: flag, since: orNull(number), until: orNull(number) });
export type Pause = Shaped<typeof pause>;

export const getPause = () => ask(pause, "pause");
export const putPause = (until: number | null) =>
  ask(pause, "pause", { method: "PUT", body: { until } });
export const deletePause = () => ask(pause, "pause", { method: "DELETE" });
