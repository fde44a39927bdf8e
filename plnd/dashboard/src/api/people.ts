/** People: kept, found, merged, suggested, met, taken in from elsewhere. */
import { ask, FILE_PATIENCE_MS } from "./client.ts";
import { type FeedChange, feed } from "./feeds.ts";
import { entry } from "./journal.ts";
import { flag, list, number, object, oneOf, orNull, record, type Shaped, text } from "./schema.ts";
import { part, query } from "./url.ts";

const handle = object({ network: text, handle: text });
const touch = object({ at: number, kind: text, network: orNull(text) });
const cadence = object({ ideal_days: number, worst_days: orNull(number) });
export type Handle = Shaped<typeof handle>;
export type Cadence = Shaped<typeof cadence>;

export const person = object({
  id: text,
  name: text,
  handles: list(handle),
  last_touch: orNull(touch),
  days_since: number,
  tie: oneOf("strong", "weak", "dormant", "new"),
  gap: orNull(oneOf("fine", "due", "late")),
  cadence: orNull(cadence),
  silent_days: orNull(number),
  tags: list(text),
  how_met: text,
  note: text,
});
export type Person = Shaped<typeof person>;
const answer = object({ person });

export interface PersonWords {
  name: string;
  handles: Handle[];
  tags: string[];
  note: string;
  how_met: string;
  cadence: Cadence | null;
}

export const getPeople = (q?: string) =>
  ask(object({ people: list(person) }), `people${query({ q })}`);
export const postPerson = (body: PersonWords) => ask(answer, "people", { method: "POST", body });
export const patchPerson = (id: string, body: Partial<PersonWords>) =>
  ask(answer, `people/${part(id)}`, { method: "PATCH", body });
export const deletePerson = (id: string) =>
  ask(object({ deleted: text }), `people/${part(id)}`, { method: "DELETE" });

const page = object({
  person,
  touches: list(touch),
  meetings: list(object({ id: text, at: number, note: text })),
  entries: list(entry),
  /** Those that were turned on once. */
  feeds: list(object({ network: text, handle: text, feed })),
});
export type PersonPage = Shaped<typeof page>;
export const getPerson = (id: string) => ask(page, `people/${part(id)}`);
export const putPersonFeed = (id: string, { network, handle }: Handle, body: FeedChange) =>
  ask(page, `people/${part(id)}/feeds/${part(network)}/${part(handle)}`, { method: "PUT", body });

const ties = object({
  drifting: list(person),
  counts: record(number),
  weak_tie: orNull(person),
  gone_silent: list(person),
});
export type Ties = Shaped<typeof ties>;
export const getTies = () => ask(ties, "ties");

const suggestion = object({
  network: text,
  handle: text,
  touches: number,
  says: text,
});
export type Suggestion = Shaped<typeof suggestion>;
export const getSuggestions = () => ask(object({ suggestions: list(suggestion) }), "suggestions");
export const postSuggestion = (body: { network: string; handle: string; answer: "yes" | "no" }) =>
  ask(object({ person: orNull(person) }), "suggestions", { method: "POST", body });

export const postMeeting = (body: { person: string; note?: string }) =>
  ask(object({ person, added: flag }), "meetings", { method: "POST", body });
export const deleteMeeting = (id: string) =>
  ask(object({ deleted: text }), `meetings/${part(id)}`, { method: "DELETE" });

const imported = object({
  dry_run: flag,
  added: list(text),
  changed: list(text),
  same: number,
  problems: list(object({ where: text, message: text })),
});
export type Imported = Shaped<typeof imported>;
export type ImportKind = "vcard" | "linkedin" | "meetings";
export const postPeopleImport = (body: { kind: ImportKind; content: string; dry_run: boolean }) =>
  ask(imported, "people-import", { method: "POST", body, patience: FILE_PATIENCE_MS });

const merge = object({ id: text, kept: object({ name: text }), gone: object({ name: text }) });
export const getMerges = () => ask(object({ merges: list(merge) }), "merges");
export const postMerge = (body: { kept: string; gone: string }) =>
  ask(object({ merge: text, person }), "merges", { method: "POST", body });
export const deleteMerge = (id: string) => ask(answer, `merges/${part(id)}`, { method: "DELETE" });

const tagCadence = object({ tag: text, ideal_days: number, worst_days: orNull(number) });
export type TagCadence = Shaped<typeof tagCadence>;
const cadences = object({ cadences: list(tagCadence) });
/** The cadences of all who carry a tag and have none of their own. */
export const getCadences = () => ask(cadences, "cadences");
export const putCadence = (body: TagCadence) => ask(cadences, "cadences", { method: "PUT", body });
export const deleteCadence = (tag: string) =>
  ask(object({ deleted: text }), `cadences/${part(tag)}`, { method: "DELETE" });
