import { useState } from "preact/hooks";
import { getReceipt, type Receipt } from "../api/own-data.ts";
import { useDoing, useResource } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { NetworkSelect } from "../parts/network-select.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { t } from "../words/text.ts";
import { Carrying } from "./export-import.tsx";
import { Forgetting } from "./forget.tsx";

export default function ReceiptPage() {
  const [network, setNetwork] = useState("");
  const receipt = useResource(() => getReceipt(undefined, network), network);
  return (
    <>
      <h1>{t("page_receipt")}</h1>
      <p class="soft">{t("receipt_lead")}</p>
      <div class="cards">
        <Forgetting />
        <Carrying />
      </div>
      <Card title={t("receipt_title")} wide>
        <Field label={t("network")}>
          {(of) => (
            <NetworkSelect
              {...of}
              none={t("budget_all")}
              value={network}
              onChange={(event) => setNetwork(event.currentTarget.value)}
            />
          )}
        </Field>
        <Resourceful of={receipt}>
          {(first) => <Entries key={network} first={first} network={network} />}
        </Resourceful>
      </Card>
    </>
  );
}

function Entries({ first, network }: { first: Receipt; network: string }) {
  const [more, setMore] = useState<Receipt[]>([]);
  const doing = useDoing();
  const parts = [first, ...more];
  const next = parts.at(-1)?.next ?? null;
  const entries = parts.flatMap((part) => part.entries);
  if (entries.length === 0) return <p class="soft">{t("receipt_nothing")}</p>;
  return (
    <>
      <ul class="rows receipt">
        {entries.map((entry, number) => (
          <li key={number}>
            <details>
              <summary>{entry.words}</summary>
              <pre>{JSON.stringify(entry.event, null, 1)}</pre>
            </details>
          </li>
        ))}
      </ul>
      {next !== null && (
        <button
          type="button"
          onClick={() =>
            doing.run(async () => {
              const part = await getReceipt(next, network);
              setMore((parts) => [...parts, part]);
            })
          }
        >
          {t("receipt_more")}
        </button>
      )}
      <Done of={doing} says="" />
    </>
  );
}
