/** The journal: what the user learned and taught. */
import { request } from "./client.ts";
import { array, type Infer, nullable, number, object, oneOf, string } from "./schema.ts";
import { pathSegment, queryString } from "./url.ts";

const kind = oneOf("learned", "taught");
export type EntryKind = Infer<typeof kind>;

export const entry = object({
  id: string,
  kind,
  at: number,
  text: string,
  person: nullable(string),
  person_name: nullable(string),
  link: nullable(string),
  title: nullable(string),
  minutes: nullable(number),
});
export type Entry = Infer<typeof entry>;
const answer = object({ entry });

export const getJournal = (given: { q?: string; kind?: string }) =>
  request(object({ entries: array(entry) }), `journal${queryString(given)}`);
export const postEntry = (body: {
  kind: EntryKind;
  text: string;
  person: string | null;
  link: string | null;
  minutes: number | null;
}) => request(answer, "journal", { method: "POST", body });
export const deleteEntry = (id: string) =>
  request(object({ deleted: string }), `journal/${pathSegment(id)}`, { method: "DELETE" });
