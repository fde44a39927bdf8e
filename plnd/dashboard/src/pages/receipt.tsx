import { useState } from "preact/hooks";
import { getReceipt, type Receipt } from "../api/own-data.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { NetworkSelect } from "../parts/network-select.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { t } from "../words/lookup.ts";
import { ExportImport } from "./export-import.tsx";
import { ForgetCard } from "./forget.tsx";

export default function ReceiptPage() {
  const [network, setNetwork] = useState("");
  const receipt = useQuery(() => getReceipt(undefined, network), network);
  return (
    <>
      <h1>{t("page_receipt")}</h1>
      <p class="soft">{t("receipt_lead")}</p>
      <div class="cards">
        <ForgetCard />
        <ExportImport />
      </div>
      <Card title={t("receipt_title")} wide>
        <Field label={t("network")}>
          {(props) => (
            <NetworkSelect
              {...props}
              none={t("budget_all")}
              value={network}
              onChange={(event) => setNetwork(event.currentTarget.value)}
            />
          )}
        </Field>
        <QueryResult query={receipt}>
          {(first) => <Entries key={network} first={first} network={network} />}
        </QueryResult>
      </Card>
    </>
  );
}

function Entries({ first, network }: { first: Receipt; network: string }) {
  const [more, setMore] = useState<Receipt[]>([]);
  const mutation = useMutation();
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
            mutation.run(async () => {
              const part = await getReceipt(next, network);
              setMore((parts) => [...parts, part]);
            })
          }
        >
          {t("receipt_more")}
        </button>
      )}
      <MutationStatus mutation={mutation} success="" />
    </>
  );
}
