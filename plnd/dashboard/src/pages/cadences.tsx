import {
  deleteCadence,
  getCadences,
  getPeople,
  putCadence,
  type TagCadence,
} from "../api/people.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { Form } from "../parts/form.tsx";
import { numberOf, textOf } from "../parts/form-data.ts";
import { InputField } from "../parts/input-field.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { RowList } from "../parts/row-list.tsx";
import { counted, t } from "../words/lookup.ts";

const DAYS = { type: "number", min: "1", max: "3650" } as const;

/** How often the user wants to be in touch with people, by tag. */
export function Cadences() {
  const cadences = useQuery(getCadences);
  const removal = useMutation();
  return (
    <Card title={t("cadences_title")} lead={t("cadences_lead")}>
      <QueryResult query={cadences}>
        {({ cadences }) => (
          <RowList items={cadences} empty={t("cadences_none")}>
            {(one) => (
              <li key={one.tag}>
                <span>
                  <strong dir="auto">{one.tag}</strong> <span class="soft">{cadenceText(one)}</span>
                </span>
                <button
                  type="button"
                  aria-label={t("cadence_remove", { tag: one.tag })}
                  onClick={() => removal.run(() => deleteCadence(one.tag))}
                >
                  {t("remove")}
                </button>
              </li>
            )}
          </RowList>
        )}
      </QueryResult>
      <MutationStatus mutation={removal} />
      <CadenceForm />
    </Card>
  );
}

const cadenceText = ({ ideal_days: ideal, worst_days: worst }: TagCadence): string =>
  [counted("cadence_every", ideal), worst !== null && counted("cadence_at_worst", worst)]
    .filter(Boolean)
    .join(", ");

function CadenceForm() {
  const people = useQuery(getPeople);
  const tags = [...new Set(people.data?.people.flatMap(({ tags }) => tags))].sort();
  return (
    <Form
      clears
      save={(form) =>
        putCadence({
          tag: textOf(form, "tag") ?? "",
          ideal_days: Number(form.get("ideal_days")),
          worst_days: numberOf(form, "worst_days"),
        })
      }
    >
      <Field label={t("tag")} field="tag">
        {(props) => (
          <>
            <input {...props} name="tag" required autoComplete="off" list={`${props.id}-tags`} />
            <datalist id={`${props.id}-tags`}>
              {tags.map((tag) => (
                <option key={tag} value={tag} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <div class="pair">
        <InputField label={t("cadence")} field="ideal_days" {...DAYS} required />
        <InputField
          label={t("cadence_worst")}
          hint={t("cadence_worst_hint")}
          field="worst_days"
          {...DAYS}
        />
      </div>
    </Form>
  );
}
