/** The journal: learned and taught. */
import { ask } from "./client.ts";
import { list, number, object, oneOf, orNull, type Shaped, text } from "./schema.ts";
import { part, query } from "./url.ts";

const kind = oneOf("learned", "taught");
export type EntryKind = Shaped<typeof kind>;

export const entry = object({
  id: text,
  kind,
  at: number,
  text,
  person: orNull(text),
  person_name: orNull(text),
  link: orNull(text),
  title: orNull(text),
  minutes: orNull(number),
});
export type Entry = Shaped<typeof entry>;
const answer = object({ entry });

export const getJournal = (given: { q?: string; kind?: string }) =>
  ask(object({ entries: list(entry) }), `journal${query(given)}`);
export const postEntry = (body: {
  kind: EntryKind;
  text: string;
  person: string | null;
  link: string | null;
  minutes: number | null;
}) => ask(answer, "journal", { method: "POST", body });
export const deleteEntry = (id: string) =>
  ask(object({ deleted: text }), `journal/${part(id)}`, { method: "DELETE" });
