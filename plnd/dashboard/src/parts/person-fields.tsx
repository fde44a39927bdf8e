import type { Person, PersonWords } from "../api/people.ts";
import { type Doing, wrongWith } from "../hooks/use-query.ts";
import { t } from "../words/text.ts";
import { Field } from "./field.tsx";
import { entered, enteredNumber } from "./form.tsx";

/** What is kept of a person, to be filled in. Handles are written network:handle. */
export function PersonFields({ doing, person }: { doing: Doing; person?: Person }) {
  const handles = person?.handles.map(({ network, handle }) => `${network}:${handle}`).join(", ");
  return (
    <>
      <Field label={t("name")} wrong={wrongWith(doing, "name")}>
        {(of) => (
          <input
            {...of}
            name="name"
            required
            defaultValue={person?.name ?? ""}
            autoComplete="off"
          />
        )}
      </Field>
      <Field label={t("handles")} hint={t("handles_hint")} wrong={wrongWith(doing, "handles")}>
        {(of) => <input {...of} name="handles" defaultValue={handles ?? ""} autoComplete="off" />}
      </Field>
      <Field label={t("tags")} hint={t("with_commas")} wrong={wrongWith(doing, "tags")}>
        {(of) => <input {...of} name="tags" defaultValue={person?.tags.join(", ") ?? ""} />}
      </Field>
      <div class="pair">
        <Field
          label={t("cadence")}
          hint={t("cadence_hint")}
          wrong={wrongWith(doing, "cadence.ideal_days")}
        >
          {(of) => (
            <input
              {...of}
              type="number"
              name="cadence"
              min="1"
              max="3650"
              defaultValue={person?.cadence ? String(person.cadence.ideal_days) : ""}
            />
          )}
        </Field>
        <Field
          label={t("cadence_worst")}
          hint={t("cadence_worst_hint")}
          wrong={wrongWith(doing, "cadence.worst_days")}
        >
          {(of) => (
            <input
              {...of}
              type="number"
              name="worst"
              min="1"
              max="3650"
              defaultValue={String(person?.cadence?.worst_days ?? "")}
            />
          )}
        </Field>
      </div>
      <Field label={t("how_met")} wrong={wrongWith(doing, "how_met")}>
        {(of) => <input {...of} name="how_met" defaultValue={person?.how_met ?? ""} />}
      </Field>
      <Field label={t("note")} wrong={wrongWith(doing, "note")}>
        {(of) => <textarea {...of} name="note" rows={2} defaultValue={person?.note ?? ""} />}
      </Field>
    </>
  );
}

export function personOf(form: FormData): PersonWords {
  const ideal = enteredNumber(form, "cadence");
  return {
    name: entered(form, "name") ?? "",
    handles: listed(form, "handles").map((one) => {
      const [network = "", ...handle] = one.split(":");
      return { network: network.trim(), handle: handle.join(":").trim().replace(/^@/, "") };
    }),
    tags: listed(form, "tags"),
    note: entered(form, "note") ?? "",
    how_met: entered(form, "how_met") ?? "",
    cadence:
      ideal === null ? null : { ideal_days: ideal, worst_days: enteredNumber(form, "worst") },
  };
}

const listed = (form: FormData, name: string): string[] =>
  (entered(form, name) ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
