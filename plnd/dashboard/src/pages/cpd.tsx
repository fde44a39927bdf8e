import { type CpdRow, deleteCpd, getCpd, patchCpd, postCpd } from "../api/review.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { linkTo, type Route } from "../hooks/use-route.ts";
import { Card } from "../parts/card.tsx";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { Form } from "../parts/form.tsx";
import { textOf } from "../parts/form-data.ts";
import { InputField } from "../parts/input-field.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { RowList } from "../parts/row-list.tsx";
import { dayFull, formatNumber, isoDay } from "../words/format.ts";
import { t } from "../words/lookup.ts";

export default function CpdPage({ route }: { route: Route }) {
  const year = route.query.get("year") ?? "";
  const log = useQuery(() => getCpd(year), year);
  return (
    <>
      <h1>{t("page_cpd")}</h1>
      <p class="soft">{t("cpd_lead")}</p>
      <QueryResult query={log}>
        {(log) => (
          <>
            <p class="actions">
              <a href={`${linkTo("cpd")}?year=${log.year - 1}`}>{log.year - 1}</a>
              <strong>{t("cpd_hours", { hours: formatNumber(log.hours), name: log.name })}</strong>
              <a href={`${linkTo("cpd")}?year=${log.year + 1}`}>{log.year + 1}</a>
              <a href={`/api/v1/cpd.csv?year=${log.year}`} download={`plnd-cpd-${log.year}.csv`}>
                {t("csv")}
              </a>
              <a href={`/api/v1/cpd.html?year=${log.year}`} target="_blank" rel="noreferrer">
                {t("print")}
              </a>
            </p>
            <Card title={t("cpd_rows")} wide>
              <RowList items={log.rows} empty={t("cpd_nothing")}>
                {(row) => <Row key={row.id} row={row} />}
              </RowList>
            </Card>
          </>
        )}
      </QueryResult>
      <AddRow />
    </>
  );
}

function Row({ row }: { row: CpdRow }) {
  const mutation = useMutation();
  return (
    <li class={row.struck ? "struck" : ""}>
      <div class="cpd">
        <span class="soft">
          {dayFull(row.day)} · {t("hours", { n: formatNumber(row.hours) })} ·{" "}
          {t(`source_${row.source}`)}
          {row.struck && ` · ${t("struck")}`}
        </span>
        <strong dir="auto">{row.topic}</strong>
        <bdi class="soft">{row.evidence}</bdi>
        <form
          class="sentence"
          onSubmit={(event) => {
            event.preventDefault();
            const note = textOf(new FormData(event.currentTarget), "note") ?? "";
            mutation.run(() => patchCpd(row.id, { note }));
          }}
        >
          <input
            name="note"
            defaultValue={row.note}
            placeholder={t("sentence")}
            aria-label={t("sentence_on", { topic: row.topic })}
          />
          <button type="submit">{t("save")}</button>
        </form>
        <MutationStatus mutation={mutation} />
      </div>
      {row.source === "own" ? (
        <ConfirmButton name={t("remove")} onConfirm={() => mutation.run(() => deleteCpd(row.id))} />
      ) : (
        <button
          type="button"
          aria-pressed={row.struck}
          onClick={() => mutation.run(() => patchCpd(row.id, { struck: !row.struck }))}
        >
          {t("strike")}
        </button>
      )}
    </li>
  );
}

function AddRow() {
  return (
    <Card title={t("cpd_add")}>
      <Form
        submit={t("add")}
        clears
        save={(form) =>
          postCpd({
            day: String(form.get("day")),
            hours: Number(form.get("hours")),
            topic: textOf(form, "topic") ?? "",
            evidence: textOf(form, "evidence") ?? "",
          })
        }
      >
        <div class="pair">
          <InputField
            label={t("day")}
            field="day"
            type="date"
            required
            defaultValue={isoDay(new Date())}
          />
          <InputField
            label={t("hours_label")}
            field="hours"
            type="number"
            min="0"
            max="24"
            step="0.25"
            required
            defaultValue="1"
          />
        </div>
        <InputField label={t("topic")} field="topic" required autoComplete="off" />
        <InputField label={t("evidence")} field="evidence" autoComplete="off" />
      </Form>
    </Card>
  );
}
