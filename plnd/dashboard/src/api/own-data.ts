/** The user's own: the receipt, forgetting, export and import, backups. */
import { ask } from "./client.ts";
import {
  anything,
  flag,
  list,
  number,
  object,
  orNull,
  record,
  type Shaped,
  text,
} from "./schema.ts";
import { query } from "./url.ts";

const receipt = object({
  entries: list(object({ words: text, at: number, browser: text, event: record(anything) })),
  next: orNull(text),
});
export type Receipt = Shaped<typeof receipt>;
export const getReceipt = (before?: string, network?: string) =>
  ask(receipt, `receipt${query({ before, network })}`);

const forgotten = object({
  dry_run: flag,
  person: orNull(text),
  visits: number,
  visit_seconds: number,
  interactions: number,
  backups: number,
  documents: record(number),
  kept: record(number),
  unfinished: list(text),
});
export type Forgotten = Shaped<typeof forgotten>;
export interface ToForget {
  start?: number;
  end?: number;
  day?: string;
  network?: string;
  /** Somebody as a whole, and nothing else: an id, network:handle or the whole name. */
  person?: string;
  everything?: boolean;
}
export const postForget = (what: ToForget, dry_run: boolean) =>
  ask(forgotten, "forget", { method: "POST", body: { ...what, dry_run } });

const exported = object({
  lines: list(record(anything)),
  next: orNull(text),
  left_out: list(object({ file: text, message: text })),
});
export const getExport = (after?: string) => ask(exported, `export${query({ after })}`);

const imported = object({
  taken: number,
  known: number,
  rejected: list(object({ index: number, message: text })),
  networks: list(text),
  switched_off: list(text),
});
/** `networks`: those that earlier parts of a trial would have brought. */
export const postImport = (lines: string[], dry_run: boolean, networks: string[]) =>
  ask(imported, "import", { method: "POST", body: { lines, dry_run, networks } });

const backup = object({ name: text, made_at: number, why: text });
export const getBackups = () => ask(object({ backups: list(backup) }), "backups");
export const postRestore = (name: string, dry_run: boolean) =>
  ask(object({ dry_run: flag, kept_aside: orNull(text), switched_off: list(text) }), "restore", {
    method: "POST",
    body: { backup: name, dry_run },
  });
