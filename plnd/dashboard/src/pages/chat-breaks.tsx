import { useState } from "preact/hooks";
import { type Break, type Breaks, type Chat, postBreaks } from "../api/chats.ts";
import { useDoing, wrongWith } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { dayFull, together } from "../words/format.ts";
import { counted, t } from "../words/text.ts";

interface Chosen {
  content: string;
  found: Breaks;
}

/** Take breaks from a calendar of term dates: first which they are is shown, then they are taken. */
export function ChatBreaks({ chats }: { chats: Chat[] }) {
  const [chat, setChat] = useState("");
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const doing = useDoing();
  const send = (content: string, dryRun: boolean, tag = chat) =>
    postBreaks({ content, chat: tag || null, dry_run: dryRun });
  const look = (content: string, tag = chat) =>
    doing.run(async () => {
      setChosen(null);
      setChosen({ content, found: await send(content, true, tag) });
    });
  const take = ({ content }: Chosen) =>
    doing.run(async () => {
      await send(content, false);
      setChosen(null);
    });
  if (chats.length === 0) return null;
  return (
    <Card title={t("breaks_title")} lead={t("breaks_lead")}>
      <div class="form">
        <Field label={t("breaks_chat")}>
          {(of) => (
            <select
              {...of}
              value={chat}
              onChange={({ currentTarget: { value } }) => {
                setChat(value);
                if (chosen) look(chosen.content, value);
              }}
            >
              <option value="">{t("breaks_all")}</option>
              {chats.map(({ id, tag }) => (
                <option key={id} value={id}>
                  #{tag}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("breaks_file")} wrong={wrongWith(doing, "content")}>
          {(of) => (
            <input
              {...of}
              type="file"
              accept=".ics"
              onChange={async (event) => {
                const file = event.currentTarget.files?.[0];
                setChosen(null);
                if (file) look(await file.text());
              }}
            />
          )}
        </Field>
      </div>
      {chosen && (
        <div class="ask">
          <Preview found={chosen.found} />
          <button type="button" class="main" onClick={() => take(chosen)}>
            {t("breaks_take")}
          </button>
        </div>
      )}
      <Done of={doing} says={t(chosen ? "import_looked" : "saved")} />
    </Card>
  );
}

function Preview({ found: { breaks, chats, problems } }: { found: Breaks }) {
  return (
    <>
      <p>
        {counted("breaks_found", breaks.length, { chats: together(chats.map((tag) => `#${tag}`)) })}
      </p>
      <ul class="plain">{breaks.map(breakWords)}</ul>
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

const breakWords = ({ first, last, name }: Break) => (
  <li key={`${first} ${last} ${name}`}>
    {daysOf({ first, last })} <bdi class="soft">{name}</bdi>
  </li>
);

/** The days of a break, both included. */
export const daysOf = ({ first, last }: { first: string; last: string }): string =>
  first === last ? dayFull(first) : `${dayFull(first)} – ${dayFull(last)}`;
