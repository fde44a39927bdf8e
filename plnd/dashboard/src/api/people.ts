/** People: kept, suggested, merged, imported; meetings with them, and cadences by tag. */
import { FILE_TIMEOUT_MS, request } from "./client.ts";
import { type FeedChange, feed } from "./feeds.ts";
import { entry } from "./journal.ts";
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
import { pathSegment, queryString } from "./url.ts";

const handle = object({ network: string, handle: string });
const touch = object({ at: number, kind: string, network: nullable(string) });
const cadence = object({ ideal_days: number, worst_days: nullable(number) });
export type Handle = Infer<typeof handle>;
export type Cadence = Infer<typeof cadence>;

export const person = object({
  id: string,
  name: string,
  handles: array(handle),
  last_touch: nullable(touch),
  days_since: number,
  tie: oneOf("strong", "weak", "dormant", "new"),
  gap: nullable(oneOf("fine", "due", "late")),
  cadence: nullable(cadence),
  silent_days: nullable(number),
  tags: array(string),
  how_met: string,
  note: string,
});
export type Person = Infer<typeof person>;
const answer = object({ person });

export interface PersonInput {
  name: string;
  handles: Handle[];
  tags: string[];
  note: string;
  how_met: string;
  cadence: Cadence | null;
}

export const getPeople = (q?: string) =>
  request(object({ people: array(person) }), `people${queryString({ q })}`);
export const postPerson = (body: PersonInput) =>
  request(answer, "people", { method: "POST", body });
export const patchPerson = (id: string, body: Partial<PersonInput>) =>
  request(answer, `people/${pathSegment(id)}`, { method: "PATCH", body });
export const deletePerson = (id: string) =>
  request(object({ deleted: string }), `people/${pathSegment(id)}`, { method: "DELETE" });

const page = object({
  person,
  touches: array(touch),
  meetings: array(object({ id: string, at: number, note: string })),
  entries: array(entry),
  /** The feeds that were on at some time. */
  feeds: array(object({ network: string, handle: string, feed })),
});
export type PersonPage = Infer<typeof page>;
export const getPerson = (id: string) => request(page, `people/${pathSegment(id)}`);
export const putPersonFeed = (id: string, { network, handle }: Handle, body: FeedChange) =>
  request(page, `people/${pathSegment(id)}/feeds/${pathSegment(network)}/${pathSegment(handle)}`, {
    method: "PUT",
    body,
  });

const ties = object({
  drifting: array(person),
  counts: record(number),
  weak_tie: nullable(person),
  gone_silent: array(person),
});
export type Ties = Infer<typeof ties>;
export const getTies = () => request(ties, "ties");

const suggestion = object({
  network: string,
  handle: string,
  touches: number,
  says: string,
});
export type Suggestion = Infer<typeof suggestion>;
export const getSuggestions = () =>
  request(object({ suggestions: array(suggestion) }), "suggestions");
export const postSuggestion = (body: { network: string; handle: string; answer: "yes" | "no" }) =>
  request(object({ person: nullable(person) }), "suggestions", { method: "POST", body });

export const postMeeting = (body: { person: string; note?: string }) =>
  request(object({ person, added: boolean }), "meetings", { method: "POST", body });
export const deleteMeeting = (id: string) =>
  request(object({ deleted: string }), `meetings/${pathSegment(id)}`, { method: "DELETE" });

const imported = object({
  dry_run: boolean,
  added: array(string),
  changed: array(string),
  same: number,
  problems: array(object({ where: string, message: string })),
});
export type PeopleImportResult = Infer<typeof imported>;
export type ImportKind = "vcard" | "linkedin" | "meetings";
export const postPeopleImport = (body: { kind: ImportKind; content: string; dry_run: boolean }) =>
  request(imported, "people-import", { method: "POST", body, timeoutMs: FILE_TIMEOUT_MS });

const merge = object({
  id: string,
  kept: object({ name: string }),
  gone: object({ name: string }),
});
export const getMerges = () => request(object({ merges: array(merge) }), "merges");
export const postMerge = (body: { kept: string; gone: string }) =>
  request(object({ merge: string, person }), "merges", { method: "POST", body });
export const deleteMerge = (id: string) =>
  request(answer, `merges/${pathSegment(id)}`, { method: "DELETE" });

const tagCadence = object({ tag: string, ideal_days: number, worst_days: nullable(number) });
export type TagCadence = Infer<typeof tagCadence>;
const cadences = object({ cadences: array(tagCadence) });
/** Cadences by tag, for people who have none of their own. */
export const getCadences = () => request(cadences, "cadences");
export const putCadence = (body: TagCadence) =>
  request(cadences, "cadences", { method: "PUT", body });
export const deleteCadence = (tag: string) =>
  request(object({ deleted: string }), `cadences/${pathSegment(tag)}`, { method: "DELETE" });
