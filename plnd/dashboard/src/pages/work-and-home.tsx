import { useState } from "preact/hooks";
import { getLedger, type Ledger, type LedgerQuery, ledgerPageUrl } from "../api/review.ts";
import { type Query, useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { FieldErrors } from "../parts/field.tsx";
import { textOf } from "../parts/form-data.ts";
import { InputField } from "../parts/input-field.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { duration, formatList, formatNumber } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";

/** The time at work and at home between two days, by network. */
export function WorkAndHomeCard() {
  const [period, setPeriod] = useState<LedgerQuery>({});
  const ledger = useQuery(() => getLedger(period), JSON.stringify(period));
  return (
    <Card title={t("ledger_title")} lead={t("ledger_lead")}>
      <PeriodForm ledger={ledger} show={setPeriod} />
      <QueryResult query={ledger}>
        {(ledger) => (
          <>
            <LedgerTable ledger={ledger} />
            <p>
              <a href={ledgerPageUrl(period)} target="_blank" rel="noreferrer">
                {t("ledger_page")}
              </a>
            </p>
          </>
        )}
      </QueryResult>
    </Card>
  );
}

/** The form for the period; at first it has the days that the daemon chose. */
function PeriodForm({ ledger, show }: { ledger: Query<Ledger>; show: (of: LedgerQuery) => void }) {
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const [first, last] = [textOf(form, "first"), textOf(form, "last")];
        show({
          ...(first ? { first } : {}),
          ...(last ? { last } : {}),
          ...(form.has("names") ? { names: "1" } : {}),
        });
      }}
    >
      <FieldErrors.Provider value={ledger.error}>
        <div class="pair days">
          {(["first", "last"] as const).map((name) => (
            <InputField
              key={name}
              label={t(name === "first" ? "from" : "to")}
              field={name}
              type="date"
              defaultValue={ledger.data?.[name] ?? ""}
            />
          ))}
        </div>
      </FieldErrors.Provider>
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

function LedgerTable({ ledger: { rows, people, names } }: { ledger: Ledger }) {
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
                <td class="figure">{formatNumber(row.interactions)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p>
        {counted("ledger_people", people)}{" "}
        {names && names.length > 0 && <bdi>{formatList(names)}</bdi>}
      </p>
    </>
  );
}
