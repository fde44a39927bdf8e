import { useState } from "preact/hooks";
import { getLedger, type Ledger, type LedgerOf, ledgerPage } from "../api/review.ts";
import { type Resource, useResource, wrongWith } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { entered } from "../parts/form.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { duration, number, together } from "../words/format.ts";
import { counted, t } from "../words/text.ts";

/** Work and home, added up between two days, as it can be handed on. */
export function LedgerCard() {
  const [of, setOf] = useState<LedgerOf>({});
  const ledger = useResource(() => getLedger(of), JSON.stringify(of));
  return (
    <Card title={t("ledger_title")} lead={t("ledger_lead")}>
      <Asking ledger={ledger} show={setOf} />
      <Resourceful of={ledger}>
        {(ledger) => (
          <>
            <Sums ledger={ledger} />
            <p>
              <a href={ledgerPage(of)} target="_blank" rel="noreferrer">
                {t("ledger_page")}
              </a>
            </p>
          </>
        )}
      </Resourceful>
    </Card>
  );
}

/** The days are those of the last answer, until others are asked for. */
function Asking({ ledger, show }: { ledger: Resource<Ledger>; show: (of: LedgerOf) => void }) {
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const [first, last] = [entered(form, "first"), entered(form, "last")];
        show({
          ...(first ? { first } : {}),
          ...(last ? { last } : {}),
          ...(form.has("names") ? { names: "1" } : {}),
        });
      }}
    >
      <div class="pair days">
        {(["first", "last"] as const).map((name) => (
          <Field
            key={name}
            label={t(name === "first" ? "from" : "to")}
            wrong={wrongWith(ledger, name)}
          >
            {(of) => (
              <input {...of} type="date" name={name} defaultValue={ledger.value?.[name] ?? ""} />
            )}
          </Field>
        ))}
      </div>
      <label class="switch">
        <input type="checkbox" name="names" />
        {t("ledger_names")}
      </label>
      <div class="actions">
        <button type="submit">{t("show")}</button>
      </div>
    </form>
  );
}

function Sums({ ledger: { rows, people, names } }: { ledger: Ledger }) {
  if (rows.length === 0) return <p class="soft">{t("ledger_nothing")}</p>;
  return (
    <>
      <section
        class="table-frame"
        aria-label={t("table_of", { title: t("ledger_title") })}
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{t("network")}</th>
              <th scope="col">{t("work")}</th>
              <th scope="col">{t("off")}</th>
              <th scope="col">{t("interactions")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.network}>
                <th scope="row">{row.network}</th>
                <td class="figure">{duration(row.work_seconds)}</td>
                <td class="figure">{duration(row.off_seconds)}</td>
                <td class="figure">{number(row.interactions)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p>
        {counted("ledger_people", people)}{" "}
        {names && names.length > 0 && <bdi>{together(names)}</bdi>}
      </p>
    </>
  );
}
