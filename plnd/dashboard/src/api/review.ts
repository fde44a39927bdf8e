/** The weekly review, the plan, the ledger of work and home, the CPD log. */
import { request } from "./client.ts";
import { entry } from "./journal.ts";
import { person } from "./people.ts";
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
  unknown,
} from "./schema.ts";
import { pathSegment, queryString } from "./url.ts";

const review = object({
  week: string,
  first: string,
  last: string,
  days_known: number,
  lights: array(
    object({
      name: oneOf("time", "interaction", "freshness", "breadth"),
      colour: string,
      says: string,
      sums: record(unknown),
    }),
  ),
  interaction_days: number,
  spent_seconds: number,
  taking_part_seconds: number,
  scrolling_seconds: number,
  chat_seconds: number,
  new_people: array(person),
  drifting: array(person),
  weak_tie: nullable(person),
  learned: array(entry),
  suggestion: object({ kind: string, text: string, reason: string }),
});
export type Review = Infer<typeof review>;
export const getReview = (week?: string) => request(review, `review${queryString({ week })}`);

const item = object({ key: string, text: string, reason: string });
const plan = object({
  plan: object({ quarter: string, add: array(item), tend: array(item), close: array(item) }),
  /** Compared with the last plan kept in an earlier quarter; an entry is like `add/` + key. */
  compared: nullable(
    object({ since: string, new: array(string), still: array(string), gone: array(string) }),
  ),
});
export type Plan = Infer<typeof plan>;
export const getPlan = () => request(plan, "plan");
export const putPlan = () => request(plan, "plan", { method: "PUT" });

const ledger = object({
  first: string,
  last: string,
  rows: array(
    object({
      network: string,
      work_seconds: number,
      off_seconds: number,
      taking_part_seconds: number,
      interactions: number,
    }),
  ),
  people: number,
  names: nullable(array(string)),
});
export type Ledger = Infer<typeof ledger>;
export interface LedgerQuery {
  first?: string;
  last?: string;
  names?: "1";
}
const ledgerQuery = (of: LedgerQuery) => queryString({ ...of });
export const getLedger = (of: LedgerQuery) => request(ledger, `ledger${ledgerQuery(of)}`);
/** The URL of the ledger as a page to print. */
export const ledgerPageUrl = (of: LedgerQuery) => `/api/v1/ledger.html${ledgerQuery(of)}`;

const row = object({
  id: string,
  day: string,
  hours: number,
  topic: string,
  evidence: string,
  note: string,
  source: oneOf("chat", "session", "journal", "own"),
  struck: boolean,
});
export type CpdRow = Infer<typeof row>;

const cpd = object({
  body: string,
  year: number,
  name: string,
  first: string,
  last: string,
  hours: number,
  rows: array(row),
});
export const getCpd = (year?: string) => request(cpd, `cpd${queryString({ year })}`);
export const postCpd = (body: { day: string; hours: number; topic: string; evidence: string }) =>
  request(object({ row }), "cpd", { method: "POST", body });
export const patchCpd = (id: string, body: { note?: string; struck?: boolean }) =>
  request(object({ row }), `cpd/${pathSegment(id)}`, { method: "PATCH", body });
export const deleteCpd = (id: string) =>
  request(object({ deleted: string }), `cpd/${pathSegment(id)}`, { method: "DELETE" });
