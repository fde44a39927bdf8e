import { useState } from "preact/hooks";
import { deleteEntry, type Entry, getJournal, postEntry } from "../api/journal.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { linkTo } from "../hooks/use-route.ts";
import { Card } from "../parts/card.tsx";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { downloadCsv } from "../parts/data-table.tsx";
import { ExternalLink } from "../parts/external-link.tsx";
import { Field } from "../parts/field.tsx";
import { Form } from "../parts/form.tsx";
import { textOf } from "../parts/form-data.ts";
import { InputField } from "../parts/input-field.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { dayAndTime } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";

export default function JournalPage() {
  const [q, setQ] = useState("");
  const [kind, setKind] = useState("");
  const journal = useQuery(() => getJournal({ q, kind }), `${kind} ${q}`);
  return (
    <>
      <h1>{t("page_journal")}</h1>
      <AddEntry />
      <Card title={t("entries")} wide>
        <div class="filters">
          <label class="search">
            {t("search_journal")}
            <input type="search" value={q} onInput={(event) => setQ(event.currentTarget.value)} />
          </label>
          <label class="search">
            {t("kind")}
            <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
              <option value="">{t("both")}</option>
              <option value="learned">{t("learned")}</option>
              <option value="taught">{t("taught")}</option>
            </select>
          </label>
        </div>
        <QueryResult query={journal}>
          {({ entries }) => <Entries entries={entries} filtered={q !== "" || kind !== ""} />}
        </QueryResult>
      </Card>
    </>
  );
}

function Entries({ entries, filtered }: { entries: Entry[]; filtered: boolean }) {
  return (
    <>
      <p class="soft" role="status">
        {entries.length === 0
          ? t(filtered ? "journal_none_found" : "journal_nothing")
          : counted("entries_count", entries.length)}
      </p>
      <ul class="rows entries">
        {entries.map((entry) => (
          <EntryRow key={entry.id} entry={entry} />
        ))}
      </ul>
      {entries.length > 0 && (
        <p class="actions">
          <button type="button" class="plain" onClick={() => downloadCsv(tableOf(entries))}>
            {t("csv")}
          </button>
          <button type="button" class="plain" onClick={() => print()}>
            {t("print")}
          </button>
        </p>
      )}
    </>
  );
}

function AddEntry() {
  return (
    <Card title={t("journal_write")}>
      <Form
        clears
        save={(form) =>
          postEntry({
            kind: form.get("kind") === "taught" ? "taught" : "learned",
            text: textOf(form, "text") ?? "",
            person: textOf(form, "person"),
            link: textOf(form, "link"),
            minutes: textOf(form, "minutes") === null ? null : Number(form.get("minutes")),
          })
        }
      >
        <fieldset class="inline-options">
          <legend>{t("kind")}</legend>
          <label>
            <input type="radio" name="kind" value="learned" defaultChecked />
            {t("learned")}
          </label>
          <label>
            <input type="radio" name="kind" value="taught" />
            {t("taught")}
          </label>
        </fieldset>
        <Field label={t("entry_text")} field="text">
          {(props) => <textarea {...props} name="text" rows={3} required />}
        </Field>
        <div class="pair">
          <InputField label={t("entry_person")} field="person" autoComplete="off" />
          <InputField label={t("entry_link")} field="link" type="url" />
          <InputField
            label={t("minutes")}
            hint={t("entry_minutes_hint")}
            field="minutes"
            type="number"
            min="0"
            max="1440"
          />
        </div>
      </Form>
    </Card>
  );
}

function EntryRow({ entry }: { entry: Entry }) {
  const mutation = useMutation();
  return (
    <li>
      <span>
        <span class="soft">
          {t(entry.kind)} · {dayAndTime(entry.at)}
          {entry.minutes !== null && ` · ${t("duration_m", { m: entry.minutes })}`}
        </span>
        <br />
        <bdi class="note">{entry.text}</bdi>
        {entry.person_name && (
          <>
            <br />
            {entry.person ? (
              <a href={linkTo("people", entry.person)}>
                <bdi>{entry.person_name}</bdi>
              </a>
            ) : (
              <bdi>{entry.person_name}</bdi>
            )}
          </>
        )}
        {entry.link && (
          <>
            <br />
            <ExternalLink href={entry.link}>{entry.title ?? entry.link}</ExternalLink>
          </>
        )}
        <MutationStatus mutation={mutation} success="" />
      </span>
      <ConfirmButton
        name={t("remove")}
        onConfirm={() => mutation.run(() => deleteEntry(entry.id))}
      />
    </li>
  );
}

const tableOf = (entries: Entry[]) => ({
  file: "plnd-journal",
  caption: t("page_journal"),
  head: [t("day"), t("kind"), t("entry_text"), t("entry_person"), t("entry_link"), t("minutes")],
  rows: entries.map((one) => [
    new Date(one.at).toISOString(),
    t(one.kind),
    one.text,
    one.person_name ?? "",
    one.link ?? "",
    one.minutes === null ? "" : String(one.minutes),
  ]),
});
