import { useState } from "preact/hooks";
import { type Imported, type ImportKind, postPeopleImport } from "../api/people.ts";
import { useDoing, wrongWith } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { together } from "../words/format.ts";
import { counted, t } from "../words/text.ts";

const KINDS: Record<string, ImportKind> = { vcf: "vcard", csv: "linkedin", ics: "meetings" };

interface Chosen {
  kind: ImportKind;
  content: string;
  preview: Imported;
}

/** Take in a file: first what it would do is shown, then it is done. */
export function PeopleImport() {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const doing = useDoing();
  const choose = async (file: File | undefined) => {
    setChosen(null);
    if (!file) return;
    const kind = KINDS[file.name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "vcard";
    const content = await file.text();
    const preview = await postPeopleImport({ kind, content, dry_run: true });
    setChosen({ kind, content, preview });
  };
  const take = async ({ kind, content }: Chosen) => {
    await postPeopleImport({ kind, content, dry_run: false });
    setChosen(null);
  };
  return (
    <Card title={t("import_people")} lead={t("import_people_lead")}>
      <Field label={t("file")} wrong={wrongWith(doing, "content")}>
        {(of) => (
          <input
            {...of}
            type="file"
            accept=".vcf,.csv,.ics"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              doing.run(() => choose(file));
            }}
          />
        )}
      </Field>
      {chosen && (
        <div class="ask">
          <Preview of={chosen.preview} />
          <button type="button" class="main" onClick={() => doing.run(() => take(chosen))}>
            {t("import_take")}
          </button>
        </div>
      )}
      <Done of={doing} says={t(chosen ? "import_looked" : "saved")} />
    </Card>
  );
}

function Preview({ of: { added, changed, same, problems } }: { of: Imported }) {
  return (
    <>
      <p>
        {counted("import_new", added.length)} {few(added)}
      </p>
      {changed.length > 0 && (
        <p>
          {counted("import_changed", changed.length)} {few(changed)}
        </p>
      )}
      {same > 0 && <p class="soft">{counted("import_same", same)}</p>}
      {problems.length > 0 && (
        <ul class="plain wrong">
          {problems.slice(0, 5).map(({ where, message }) => (
            <li key={where}>
              {where}: {message}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const few = (names: string[]): string =>
  names.length === 0 ? "" : together(names.length > 6 ? [...names.slice(0, 6), "…"] : names);
