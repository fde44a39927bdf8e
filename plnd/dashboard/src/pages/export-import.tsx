import { useState } from "preact/hooks";
import { getExport, postImport } from "../api/own-data.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { Card } from "../parts/card.tsx";
import { download } from "../parts/download.ts";
import { FileImport } from "../parts/file-import.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { isoDay } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";
import { Backups, SwitchedOffFeeds } from "./backups.tsx";

const LINES_PER_REQUEST = 1000;

interface ImportResult {
  lines: string[];
  taken: number;
  known: number;
  rejected: number;
  switchedOff: string[];
}

/** Export of everything to a file, import of such a file, and the backups. */
export function ExportImport() {
  return (
    <Card title={t("carry_title")} lead={t("carry_lead")}>
      <Export />
      <FileImport
        label={t("import_file")}
        accept=".jsonl"
        preview={async (file) => importLines(await linesOf(file), true)}
        importFile={({ lines }) => importLines(lines, false)}
      >
        {({ taken, known, rejected, switchedOff }) => (
          <>
            <p>
              {counted("import_lines", taken)} {counted("import_same", known)}{" "}
              {rejected > 0 && counted("import_rejected", rejected)}
            </p>
            <SwitchedOffFeeds feeds={switchedOff} />
          </>
        )}
      </FileImport>
      <Backups />
    </Card>
  );
}

function Export() {
  const mutation = useMutation();
  const [leftOut, setLeftOut] = useState<string[]>([]);
  return (
    <>
      <div class="actions">
        <button
          type="button"
          onClick={() => mutation.run(async () => setLeftOut(await exportAll()))}
        >
          {t("export_all")}
        </button>
        <MutationStatus mutation={mutation} success={t("exported")} />
      </div>
      {leftOut.length > 0 && <p>{t("export_left_out", { files: leftOut.join(", ") })}</p>}
    </>
  );
}

/** Downloads everything as one file; returns the network files that the export leaves out. */
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
  download(`plnd-${isoDay(new Date())}.jsonl`, `${lines.join("\n")}\n`, "application/jsonl");
  return leftOut;
}

const linesOf = async (file: File): Promise<string[]> =>
  (await file.text()).split("\n").filter((line) => line.trim());

async function importLines(lines: string[], dryRun: boolean): Promise<ImportResult> {
  const sum: ImportResult = { lines, taken: 0, known: 0, rejected: 0, switchedOff: [] };
  const networks: string[] = [];
  for (let from = 0; from < lines.length; from += LINES_PER_REQUEST) {
    const part = lines.slice(from, from + LINES_PER_REQUEST);
    const answer = await postImport(part, dryRun, networks);
    networks.push(...answer.networks);
    sum.taken += answer.taken;
    sum.known += answer.known;
    sum.rejected += answer.rejected.length;
    sum.switchedOff.push(...answer.switched_off);
  }
  return sum;
}
