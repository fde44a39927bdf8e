import { useState } from "preact/hooks";
import { getBackups, getExport, postImport, postRestore } from "../api/own-data.ts";
import { useDoing, useResource } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Sure } from "../parts/confirm-button.tsx";
import { save } from "../parts/data-table.tsx";
import { Field } from "../parts/field.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { dayAndTime, wireDay } from "../words/format.ts";
import { counted, t } from "../words/text.ts";

const LINES = 1000;

interface Read {
  lines: string[];
  taken: number;
  known: number;
  rejected: number;
  switchedOff: string[];
}

/** Everything out as a file, and in again; and back to a backup. */
export function Carrying() {
  const exporting = useDoing();
  const importing = useDoing();
  const [read, setRead] = useState<Read | null>(null);
  const [leftOut, setLeftOut] = useState<string[]>([]);
  return (
    <Card title={t("carry_title")} lead={t("carry_lead")}>
      <div class="actions">
        <button
          type="button"
          onClick={() => exporting.run(async () => setLeftOut(await exportAll()))}
        >
          {t("export_all")}
        </button>
        <Done of={exporting} says={t("exported")} />
      </div>
      {leftOut.length > 0 && <p>{t("export_left_out", { files: leftOut.join(", ") })}</p>}
      <Field label={t("import_file")}>
        {(of) => (
          <input
            {...of}
            type="file"
            accept=".jsonl"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              setRead(null);
              if (file) importing.run(async () => setRead(await sent(await linesOf(file), true)));
            }}
          />
        )}
      </Field>
      {read && (
        <div class="ask">
          <p>
            {counted("import_lines", read.taken)} {counted("import_same", read.known)}{" "}
            {read.rejected > 0 && counted("import_rejected", read.rejected)}
          </p>
          <SwitchedOff feeds={read.switchedOff} />
          <button
            type="button"
            class="main"
            onClick={() =>
              importing.run(async () => {
                await sent(read.lines, false);
                setRead(null);
              })
            }
          >
            {t("import_take")}
          </button>
        </div>
      )}
      <Done of={importing} says={t(read ? "import_looked" : "saved")} />
      <Backups />
    </Card>
  );
}

/** Everything into the downloads; the files of networks that are in no use and were left out. */
async function exportAll(): Promise<string[]> {
  const lines: string[] = [];
  const leftOut: string[] = [];
  let after: string | undefined;
  do {
    const part = await getExport(after);
    for (const line of part.lines) lines.push(JSON.stringify(line));
    for (const { file } of part.left_out) leftOut.push(file);
    after = part.next ?? undefined;
  } while (after);
  save(`plnd-${wireDay(new Date())}.jsonl`, `${lines.join("\n")}\n`, "application/jsonl");
  return leftOut;
}

const linesOf = async (file: File): Promise<string[]> =>
  (await file.text()).split("\n").filter((line) => line.trim());

async function sent(lines: string[], dryRun: boolean): Promise<Read> {
  const sum: Read = { lines, taken: 0, known: 0, rejected: 0, switchedOff: [] };
  const networks: string[] = [];
  for (let from = 0; from < lines.length; from += LINES) {
    const answer = await postImport(lines.slice(from, from + LINES), dryRun, networks);
    networks.push(...answer.networks);
    sum.taken += answer.taken;
    sum.known += answer.known;
    sum.rejected += answer.rejected.length;
    sum.switchedOff.push(...answer.switched_off);
  }
  return sum;
}

/** Which feeds come in switched off: only the user has plnd go out. */
function SwitchedOff({ feeds }: { feeds: string[] }) {
  if (feeds.length === 0) return null;
  return <p>{t("feeds_switched_off", { feeds: feeds.join(", ") })}</p>;
}

function Backups() {
  const backups = useResource(getBackups);
  const doing = useDoing();
  const [switchedOff, setSwitchedOff] = useState<string[]>([]);
  const found = backups.value?.backups ?? [];
  if (found.length === 0) return null;
  return (
    <details class="more">
      <summary>{counted("backups", found.length)}</summary>
      <ul class="rows">
        {[...found].reverse().map(({ name, made_at: at }) => (
          <li key={name}>
            <span>{dayAndTime(at)}</span>
            <Sure
              name={t("restore")}
              label={t("restore_of", { when: dayAndTime(at) })}
              act={() =>
                doing.run(async () => setSwitchedOff((await postRestore(name, false)).switched_off))
              }
            />
          </li>
        ))}
      </ul>
      <Done of={doing} />
      <SwitchedOff feeds={switchedOff} />
    </details>
  );
}
