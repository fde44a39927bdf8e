import { type ImportKind, type PeopleImportResult, postPeopleImport } from "../api/people.ts";
import { Card } from "../parts/card.tsx";
import { FileImport } from "../parts/file-import.tsx";
import { ImportProblems } from "../parts/import-problems.tsx";
import { formatList } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";

const KINDS: Record<string, ImportKind> = { vcf: "vcard", csv: "linkedin", ics: "meetings" };

/** Imports people from an address book or LinkedIn, or meetings with them from a calendar. */
export function PeopleImport() {
  const preview = async (file: File) => {
    const kind = KINDS[file.name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "vcard";
    const content = await file.text();
    return { kind, content, result: await postPeopleImport({ kind, content, dry_run: true }) };
  };
  return (
    <Card title={t("import_people")} lead={t("import_people_lead")}>
      <FileImport
        label={t("file")}
        field="content"
        accept=".vcf,.csv,.ics"
        preview={preview}
        importFile={({ kind, content }) => postPeopleImport({ kind, content, dry_run: false })}
      >
        {({ result }) => <Preview result={result} />}
      </FileImport>
    </Card>
  );
}

function Preview({ result }: { result: PeopleImportResult }) {
  const { added, changed, same, problems } = result;
  return (
    <>
      <p>
        {counted("import_new", added.length)} {firstNames(added)}
      </p>
      {changed.length > 0 && (
        <p>
          {counted("import_changed", changed.length)} {firstNames(changed)}
        </p>
      )}
      {same > 0 && <p class="soft">{counted("import_same", same)}</p>}
      <ImportProblems problems={problems} />
    </>
  );
}

/** Six names at most, with an ellipsis for the rest. */
const firstNames = (names: string[]): string =>
  names.length === 0 ? "" : formatList(names.length > 6 ? [...names.slice(0, 6), "…"] : names);
