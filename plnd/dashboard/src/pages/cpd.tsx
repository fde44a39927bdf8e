import { type CpdRow, deleteCpd, getCpd, patchCpd, postCpd } from "../api/review.ts";
import { useDoing, useResource, wrongWith } from "../hooks/use-query.ts";
import { linkTo, type Route } from "../hooks/use-route.ts";
import { Card } from "../parts/card.tsx";
import { Sure } from "../parts/confirm-button.tsx";
import { Field } from "../parts/field.tsx";
import { entered, Form } from "../parts/form.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { dayFull, number, wireDay } from "../words/format.ts";
import { t } from "../words/text.ts";

export default function CpdPage({ route }: { route: Route }) {
  const year = route.query.get("year") ?? "";
  const log = useResource(() => getCpd(year), year);
  return (
    <>
      <h1>{t("page_cpd")}</h1>
      <p class="soft">{t("cpd_lead")}</p>
      <Resourceful of={log}>
        {(log) => (
          <>
            <p class="actions">
              <a href={`${linkTo("cpd")}?year=${log.year - 1}`}>{log.year - 1}</a>
              <strong>{t("cpd_hours", { hours: number(log.hours), name: log.name })}</strong>
              <a href={`${linkTo("cpd")}?year=${log.year + 1}`}>{log.year + 1}</a>
              <a href={`/api/v1/cpd.csv?year=${log.year}`} download={`plnd-cpd-${log.year}.csv`}>
                {t("csv")}
              </a>
              <a href={`/api/v1/cpd.html?year=${log.year}`} target="_blank" rel="noreferrer">
                {t("print")}
              </a>
            </p>
            <Card title={t("cpd_rows")} wide>
              {log.rows.length === 0 ? (
                <p class="soft">{t("cpd_nothing")}</p>
              ) : (
                <ul class="rows">
                  {log.rows.map((row) => (
                    <Row key={row.id} row={row} />
                  ))}
                </ul>
              )}
            </Card>
          </>
        )}
      </Resourceful>
      <Adding />
    </>
  );
}

function Row({ row }: { row: CpdRow }) {
  const doing = useDoing();
  return (
    <li class={row.struck ? "struck" : ""}>
      <div class="cpd">
        <span class="soft">
          {dayFull(row.day)} · {t("hours", { n: number(row.hours) })} · {t(`source_${row.source}`)}
          {row.struck && ` · ${t("struck")}`}
        </span>
        <strong dir="auto">{row.topic}</strong>
        <bdi class="soft">{row.evidence}</bdi>
        <form
          class="sentence"
          onSubmit={(event) => {
            event.preventDefault();
            const note = entered(new FormData(event.currentTarget), "note") ?? "";
            doing.run(() => patchCpd(row.id, { note }));
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
        <Done of={doing} />
      </div>
      {row.source === "own" ? (
        <Sure name={t("remove")} act={() => doing.run(() => deleteCpd(row.id))} />
      ) : (
        <button
          type="button"
          aria-pressed={row.struck}
          onClick={() => doing.run(() => patchCpd(row.id, { struck: !row.struck }))}
        >
          {t("strike")}
        </button>
      )}
    </li>
  );
}

function Adding() {
  const doing = useDoing();
  return (
    <Card title={t("cpd_add")}>
      <Form
        doing={doing}
        submit={t("add")}
        clears
        change={(form) =>
          postCpd({
            day: String(form.get("day")),
            hours: Number(form.get("hours")),
            topic: entered(form, "topic") ?? "",
            evidence: entered(form, "evidence") ?? "",
          })
        }
      >
        <div class="pair">
          <Field label={t("day")} wrong={wrongWith(doing, "day")}>
            {(of) => (
              <input {...of} type="date" name="day" required defaultValue={wireDay(new Date())} />
            )}
          </Field>
          <Field label={t("hours_label")} wrong={wrongWith(doing, "hours")}>
            {(of) => (
              <input
                {...of}
                type="number"
                name="hours"
                min="0"
                max="24"
                step="0.25"
                required
                defaultValue="1"
              />
            )}
          </Field>
        </div>
        <Field label={t("topic")} wrong={wrongWith(doing, "topic")}>
          {(of) => <input {...of} name="topic" required autoComplete="off" />}
        </Field>
        <Field label={t("evidence")} wrong={wrongWith(doing, "evidence")}>
          {(of) => <input {...of} name="evidence" autoComplete="off" />}
        </Field>
      </Form>
    </Card>
  );
}
