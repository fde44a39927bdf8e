import {
  deleteCadence,
  getCadences,
  getPeople,
  putCadence,
  type TagCadence,
} from "../api/people.ts";
import { useDoing, useResource, wrongWith } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { entered, enteredNumber, Form } from "../parts/form.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { counted, t } from "../words/text.ts";

const DAYS = { type: "number", min: "1", max: "3650" } as const;

/** How often to speak to all who carry a tag. */
export function Cadences() {
  const cadences = useResource(getCadences);
  const removing = useDoing();
  return (
    <Card title={t("cadences_title")} lead={t("cadences_lead")}>
      <Resourceful of={cadences}>
        {({ cadences }) =>
          cadences.length === 0 ? (
            <p class="soft">{t("cadences_none")}</p>
          ) : (
            <ul class="rows">
              {cadences.map((one) => (
                <li key={one.tag}>
                  <span>
                    <strong dir="auto">{one.tag}</strong>{" "}
                    <span class="soft">{cadenceWords(one)}</span>
                  </span>
                  <button
                    type="button"
                    aria-label={t("cadence_remove", { tag: one.tag })}
                    onClick={() => removing.run(() => deleteCadence(one.tag))}
                  >
                    {t("remove")}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Resourceful>
      <Done of={removing} />
      <Setting />
    </Card>
  );
}

const cadenceWords = ({ ideal_days: ideal, worst_days: worst }: TagCadence): string =>
  [counted("cadence_every", ideal), worst !== null && counted("cadence_at_worst", worst)]
    .filter(Boolean)
    .join(", ");

function Setting() {
  const doing = useDoing();
  const people = useResource(getPeople);
  const tags = [...new Set(people.value?.people.flatMap(({ tags }) => tags))].sort();
  return (
    <Form
      doing={doing}
      clears
      change={(form) =>
        putCadence({
          tag: entered(form, "tag") ?? "",
          ideal_days: Number(form.get("ideal_days")),
          worst_days: enteredNumber(form, "worst_days"),
        })
      }
    >
      <Field label={t("tag")} wrong={wrongWith(doing, "tag")}>
        {(of) => (
          <>
            <input {...of} name="tag" required autoComplete="off" list={`${of.id}-tags`} />
            <datalist id={`${of.id}-tags`}>
              {tags.map((tag) => (
                <option key={tag} value={tag} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <div class="pair">
        <Field label={t("cadence")} wrong={wrongWith(doing, "ideal_days")}>
          {(of) => <input {...of} {...DAYS} name="ideal_days" required />}
        </Field>
        <Field
          label={t("cadence_worst")}
          hint={t("cadence_worst_hint")}
          wrong={wrongWith(doing, "worst_days")}
        >
          {(of) => <input {...of} {...DAYS} name="worst_days" />}
        </Field>
      </div>
    </Form>
  );
}
