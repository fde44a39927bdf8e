import { useState } from "preact/hooks";
import { deleteEntry, type Entry, getJournal, postEntry } from "../api/journal.ts";
import { useDoing, useResource, wrongWith } from "../hooks/use-query.ts";
import { linkTo } from "../hooks/use-route.ts";
import { Card } from "../parts/card.tsx";
import { Sure } from "../parts/confirm-button.tsx";
import { download } from "../parts/data-table.tsx";
import { Out } from "../parts/external-link.tsx";
import { Field } from "../parts/field.tsx";
import { entered, Form } from "../parts/form.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { dayAndTime } from "../words/format.ts";
import { counted, t } from "../words/text.ts";

export default function JournalPage() {
  const [q, setQ] = useState("");
  const [kind, setKind] = useState("");
  const journal = useResource(() => getJournal({ q, kind }), `${kind} ${q}`);
  return (
    <>
      <h1>{t("page_journal")}</h1>
      <Writing />
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
        <Resourceful of={journal}>
          {({ entries }) => (
            <>
              <p class="soft" role="status">
                {entries.length === 0
                  ? t(q || kind ? "journal_none_found" : "journal_nothing")
                  : counted("entries_count", entries.length)}
              </p>
              <ul class="rows entries">
                {entries.map((entry) => (
                  <EntryRow key={entry.id} entry={entry} />
                ))}
              </ul>
              {entries.length > 0 && (
                <p class="actions">
                  <button type="button" class="plain" onClick={() => download(table(entries))}>
                    {t("csv")}
                  </button>
                  <button type="button" class="plain" onClick={() => print()}>
                    {t("print")}
                  </button>
                </p>
              )}
            </>
          )}
        </Resourceful>
      </Card>
    </>
  );
}

function Writing() {
  const doing = useDoing();
  return (
    <Card title={t("journal_write")}>
      <Form
        doing={doing}
        clears
        change={(form) =>
          postEntry({
            kind: form.get("kind") === "taught" ? "taught" : "learned",
            text: entered(form, "text") ?? "",
            person: entered(form, "person"),
            link: entered(form, "link"),
            minutes: entered(form, "minutes") === null ? null : Number(form.get("minutes")),
          })
        }
      >
        <fieldset class="weekdays">
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
        <Field label={t("entry_text")} wrong={wrongWith(doing, "text")}>
          {(of) => <textarea {...of} name="text" rows={3} required />}
        </Field>
        <div class="pair">
          <Field label={t("entry_person")} wrong={wrongWith(doing, "person")}>
            {(of) => <input {...of} name="person" autoComplete="off" />}
          </Field>
          <Field label={t("entry_link")} wrong={wrongWith(doing, "link")}>
            {(of) => <input {...of} type="url" name="link" />}
          </Field>
          <Field
            label={t("minutes")}
            hint={t("entry_minutes_hint")}
            wrong={wrongWith(doing, "minutes")}
          >
            {(of) => <input {...of} type="number" name="minutes" min="0" max="1440" />}
          </Field>
        </div>
      </Form>
    </Card>
  );
}

function EntryRow({ entry }: { entry: Entry }) {
  const doing = useDoing();
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
            <Out to={entry.link}>{entry.title ?? entry.link}</Out>
          </>
        )}
        <Done of={doing} says="" />
      </span>
      <Sure name={t("remove")} act={() => doing.run(() => deleteEntry(entry.id))} />
    </li>
  );
}

const table = (entries: Entry[]) => ({
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
