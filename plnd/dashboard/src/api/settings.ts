/** Settings, budgets and the pause. */
import { request } from "./client.ts";
import { array, boolean, type Infer, nullable, number, object, oneOf, string } from "./schema.ts";
import { weekday } from "./trends.ts";
import { pathSegment } from "./url.ts";

const settings = object({
  language: nullable(oneOf("en", "de")),
  time_zone: nullable(string),
  day_start: number,
  work_days: array(weekday),
  work_start: string,
  work_end: string,
  quiet_start: nullable(string),
  quiet_end: nullable(string),
  grace_minutes: number,
  notify_budget: boolean,
  notify_profiles: boolean,
  notify_chats: boolean,
  notify_review: boolean,
  chats_outside_budget: boolean,
});
export type Settings = Infer<typeof settings>;
const settingsAnswer = object({ settings });

export const getSettings = () => request(settingsAnswer, "settings");
export const patchSettings = (body: Partial<Settings>) =>
  request(settingsAnswer, "settings", { method: "PATCH", body });

const when = oneOf("work", "off");
const budget = object({
  id: string,
  minutes: number,
  network: nullable(string),
  days: nullable(array(weekday)),
  when: nullable(when),
});
export type Budget = Infer<typeof budget>;

export const getBudgets = () => request(object({ budgets: array(budget) }), "budgets");
export const putBudget = (body: Omit<Budget, "id">) =>
  request(object({ budget }), "budgets", { method: "PUT", body });
export const deleteBudget = (id: string) =>
  request(object({ deleted: string }), `budgets/${pathSegment(id)}`, { method: "DELETE" });

const pause = object({ paused: boolean, since: nullable(number), until: nullable(number) });
export type Pause = Infer<typeof pause>;

export const getPause = () => request(pause, "pause");
export const putPause = (until: number | null) =>
  request(pause, "pause", { method: "PUT", body: { until } });
export const deletePause = () => request(pause, "pause", { method: "DELETE" });
