import { useState } from "preact/hooks";
import { type Break, type BreaksImportResult, type Chat, postBreaks } from "../api/chats.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { Card } from "../parts/card.tsx";
import { Field, FieldErrors } from "../parts/field.tsx";
import { FileField } from "../parts/file-field.tsx";
import { ImportProblems } from "../parts/import-problems.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { dayFull, formatList } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";

interface Previewed {
  content: string;
  result: BreaksImportResult;
}

/** Imports breaks from a calendar of term dates: a preview first, also when the chat changes. */
export function ChatBreaks({ chats }: { chats: Chat[] }) {
  const [chat, setChat] = useState("");
  const [previewed, setPreviewed] = useState<Previewed | null>(null);
  const mutation = useMutation();
  const send = (content: string, dryRun: boolean, id: string) =>
    postBreaks({ content, chat: id || null, dry_run: dryRun });
  const preview = (content: string, id: string) =>
    mutation.run(async () => {
      setPreviewed(null);
      setPreviewed({ content, result: await send(content, true, id) });
    });
  const importBreaks = ({ content }: Previewed) =>
    mutation.run(async () => {
      await send(content, false, chat);
      setPreviewed(null);
    });
  if (chats.length === 0) return null;
  return (
    <Card title={t("breaks_title")} lead={t("breaks_lead")}>
      <FieldErrors.Provider value={mutation.error}>
        <div class="form">
          <ChatSelect
            chats={chats}
            chat={chat}
            onChange={(id) => {
              setChat(id);
              if (previewed) preview(previewed.content, id);
            }}
          />
          <FileField
            label={t("breaks_file")}
            field="content"
            accept=".ics"
            onPick={async (file) => {
              setPreviewed(null);
              if (file) preview(await file.text(), chat);
            }}
          />
        </div>
      </FieldErrors.Provider>
      {previewed && (
        <div class="callout">
          <Preview result={previewed.result} />
          <button type="button" class="main" onClick={() => importBreaks(previewed)}>
            {t("breaks_take")}
          </button>
        </div>
      )}
      <MutationStatus mutation={mutation} success={t(previewed ? "import_looked" : "saved")} />
    </Card>
  );
}

function ChatSelect({
  chats,
  chat,
  onChange,
}: {
  chats: Chat[];
  chat: string;
  onChange: (id: string) => void;
}) {
  return (
    <Field label={t("breaks_chat")}>
      {(props) => (
        <select {...props} value={chat} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">{t("breaks_all")}</option>
          {chats.map(({ id, tag }) => (
            <option key={id} value={id}>
              #{tag}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Preview({ result: { breaks, chats, problems } }: { result: BreaksImportResult }) {
  const tags = formatList(chats.map((tag) => `#${tag}`));
  return (
    <>
      <p>{counted("breaks_found", breaks.length, { chats: tags })}</p>
      <ul class="plain">{breaks.map(breakItem)}</ul>
      <ImportProblems problems={problems} />
    </>
  );
}

const breakItem = ({ first, last, name }: Break) => (
  <li key={`${first} ${last} ${name}`}>
    {daysOf({ first, last })} <bdi class="soft">{name}</bdi>
  </li>
);

/** The days of a break, both included. */
export const daysOf = ({ first, last }: { first: string; last: string }): string =>
  first === last ? dayFull(first) : `${dayFull(first)} – ${dayFull(last)}`;
