import { type Budget, deleteBudget, getBudgets, putBudget } from "../api/settings.ts";
import { WEEKDAYS } from "../api/trends.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { Form } from "../parts/form.tsx";
import { textOf } from "../parts/form-data.ts";
import { InputField } from "../parts/input-field.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { NetworkSelect, useNetworkNames } from "../parts/network-select.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { RowList } from "../parts/row-list.tsx";
import { selectedDays, WeekdayPicker } from "../parts/weekday-picker.tsx";
import { formatList, weekday } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";

/** The budgets, and a form for another one. */
export function Budgets() {
  const budgets = useQuery(getBudgets);
  const nameOf = useNetworkNames();
  const removal = useMutation();
  return (
    <Card title={t("budgets_title")} lead={t("budgets_lead")}>
      <QueryResult query={budgets}>
        {({ budgets }) => (
          <RowList items={budgets} empty={t("budget_none")}>
            {(budget) => {
              const what = scopeText(budget, nameOf);
              return (
                <li key={budget.id}>
                  <span>
                    <strong>{counted("budget_minutes", budget.minutes)}</strong>
                    <span class="soft"> {what}</span>
                  </span>
                  <button
                    type="button"
                    aria-label={t("budget_remove", { what })}
                    onClick={() => removal.run(() => deleteBudget(budget.id))}
                  >
                    {t("remove")}
                  </button>
                </li>
              );
            }}
          </RowList>
        )}
      </QueryResult>
      <MutationStatus mutation={removal} />
      <BudgetForm />
    </Card>
  );
}

function scopeText({ network, days, when }: Budget, nameOf: (id: string) => string): string {
  return [
    network === null ? t("budget_all") : nameOf(network),
    days === null
      ? t("budget_every_day")
      : formatList(days.map((day) => weekday(WEEKDAYS.indexOf(day)))),
    ...(when === null ? [] : [t(when === "work" ? "budget_in_work" : "budget_off_work")]),
  ].join(" · ");
}

function BudgetForm() {
  return (
    <details class="more">
      <summary>{t("budget_new")}</summary>
      <Form
        save={(form) => {
          const days = selectedDays(form);
          const when = textOf(form, "when");
          return putBudget({
            minutes: Number(form.get("minutes")),
            network: textOf(form, "network"),
            days: days.length === 0 || days.length === WEEKDAYS.length ? null : days,
            when: when === "work" || when === "off" ? when : null,
          });
        }}
      >
        <InputField
          label={t("minutes_a_day")}
          field="minutes"
          type="number"
          min="0"
          max="1440"
          required
          defaultValue="60"
        />
        <Field label={t("network")} field="network">
          {(props) => <NetworkSelect {...props} name="network" none={t("budget_all")} />}
        </Field>
        <WeekdayPicker legend={t("days_of_week")} picked={WEEKDAYS} />
        <Field label={t("hours_of_day")}>
          {(props) => (
            <select {...props} name="when">
              <option value="">{t("budget_any_time")}</option>
              <option value="work">{t("budget_in_work")}</option>
              <option value="off">{t("budget_off_work")}</option>
            </select>
          )}
        </Field>
      </Form>
    </details>
  );
}
