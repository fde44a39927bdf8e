/** The user's own data: the receipt, forgetting, export and import, backups. */
import { request } from "./client.ts";
import {
  array,
  boolean,
  type Infer,
  nullable,
  number,
  object,
  record,
  string,
  unknown,
} from "./schema.ts";
import { queryString } from "./url.ts";

const receipt = object({
  entries: array(object({ words: string, at: number, browser: string, event: record(unknown) })),
  next: nullable(string),
});
export type Receipt = Infer<typeof receipt>;
export const getReceipt = (before?: string, network?: string) =>
  request(receipt, `receipt${queryString({ before, network })}`);

const forgotten = object({
  dry_run: boolean,
  person: nullable(string),
  visits: number,
  visit_seconds: number,
  interactions: number,
  backups: number,
  documents: record(number),
  kept: record(number),
  unfinished: array(string),
});
export type Forgotten = Infer<typeof forgotten>;
export interface ForgetScope {
  start?: number;
  end?: number;
  day?: string;
  network?: string;
  /** A whole person, without other fields: an id, network:handle or the full name. */
  person?: string;
  everything?: boolean;
}
export const postForget = (what: ForgetScope, dry_run: boolean) =>
  request(forgotten, "forget", { method: "POST", body: { ...what, dry_run } });

const exported = object({
  lines: array(record(unknown)),
  next: nullable(string),
  left_out: array(object({ file: string, message: string })),
});
export const getExport = (after?: string) => request(exported, `export${queryString({ after })}`);

const imported = object({
  taken: number,
  known: number,
  rejected: array(object({ index: number, message: string })),
  networks: array(string),
  switched_off: array(string),
});
/** `networks`: the networks that earlier parts of the same dry run would have added. */
export const postImport = (lines: string[], dry_run: boolean, networks: string[]) =>
  request(imported, "import", { method: "POST", body: { lines, dry_run, networks } });

const backup = object({ name: string, made_at: number, why: string });
export const getBackups = () => request(object({ backups: array(backup) }), "backups");
export const postRestore = (name: string, dry_run: boolean) =>
  request(
    object({ dry_run: boolean, kept_aside: nullable(string), switched_off: array(string) }),
    "restore",
    {
      method: "POST",
      body: { backup: name, dry_run },
    },
  );
