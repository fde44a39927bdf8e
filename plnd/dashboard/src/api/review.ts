/** The review, the plan, the log of professional development. */
import { ask } from "./client.ts";
import { entry } from "./journal.ts";
import { person } from "./people.ts";
import {
  anything,
  flag,
  list,
  number,
  object,
  oneOf,
  orNull,
  record,
  type Shaped,
  text,
} from "./schema.ts";
import { part, query } from "./url.ts";

const review = object({
  week: text,
  first: text,
  last: text,
  days_known: number,
  lights: list(
    object({
      name: oneOf("time", "interaction", "freshness", "breadth"),
      colour: text,
      says: text,
      sums: record(anything),
    }),
  ),
  interaction_days: number,
  spent_seconds: number,
  taking_part_seconds: number,
  scrolling_seconds: number,
  chat_seconds: number,
  new_people: list(person),
  drifting: list(person),
  weak_tie: orNull(person),
  learned: list(entry),
  suggestion: object({ kind: text, text, reason: text }),
});
export type Review = Shaped<typeof review>;
export const getReview = (week?: string) => ask(review, `review${query({ week })}`);

const item = object({ key: text, text, reason: text });
const plan = object({
  plan: object({ quarter: text, add: list(item), tend: list(item), close: list(item) }),
  /** Beside the last one that was kept in an earlier quarter; keys are `add/` and the item's. */
  compared: orNull(object({ since: text, new: list(text), still: list(text), gone: list(text) })),
});
export type Plan = Shaped<typeof plan>;
export const getPlan = () => ask(plan, "plan");
export const putPlan = () => ask(plan, "plan", { method: "PUT" });

const ledger = object({
  first: text,
  last: text,
  rows: list(
    object({
      network: text,
      work_seconds: number,
      off_seconds: number,
      taking_part_seconds: number,
      interactions: number,
    }),
  ),
  people: number,
  names: orNull(list(text)),
});
export type Ledger = Shaped<typeof ledger>;
export interface LedgerOf {
  first?: string;
  last?: string;
  names?: "1";
}
const ledgerQuery = (of: LedgerOf) => query({ ...of });
export const getLedger = (of: LedgerOf) => ask(ledger, `ledger${ledgerQuery(of)}`);
/** Where the same is a page to hand on. */
export const ledgerPage = (of: LedgerOf) => `/api/v1/ledger.html${ledgerQuery(of)}`;

const row = object({
  id: text,
  day: text,
  hours: number,
  topic: text,
  evidence: text,
  note: text,
  source: oneOf("chat", "session", "journal", "own"),
  struck: flag,
});
export type CpdRow = Shaped<typeof row>;

const cpd = object({
  body: text,
  year: number,
  name: text,
  first: text,
  last: text,
  hours: number,
  rows: list(row),
});
export const getCpd = (year?: string) => ask(cpd, `cpd${query({ year })}`);
export const postCpd = (body: { day: string; hours: number; topic: string; evidence: string }) =>
  ask(object({ row }), "cpd", { method: "POST", body });
export const patchCpd = (id: string, body: { note?: string; struck?: boolean }) =>
  ask(object({ row }), `cpd/${part(id)}`, { method: "PATCH", body });
export const deleteCpd = (id: string) =>
  ask(object({ deleted: text }), `cpd/${part(id)}`, { method: "DELETE" });
