import type { Person, PersonInput } from "../api/people.ts";
import { t } from "../words/lookup.ts";
import { Field } from "./field.tsx";
import { numberOf, textOf } from "./form-data.ts";
import { InputField } from "./input-field.tsx";

/** The fields of a person's form. Handles are written network:handle. */
export function PersonFields({ person }: { person?: Person }) {
  const handles = person?.handles.map(({ network, handle }) => `${network}:${handle}`).join(", ");
  return (
    <>
      <InputField
        label={t("name")}
        field="name"
        required
        defaultValue={person?.name ?? ""}
        autoComplete="off"
      />
      <InputField
        label={t("handles")}
        hint={t("handles_hint")}
        field="handles"
        defaultValue={handles ?? ""}
        autoComplete="off"
      />
      <InputField
        label={t("tags")}
        hint={t("with_commas")}
        field="tags"
        defaultValue={person?.tags.join(", ") ?? ""}
      />
      <CadenceFields person={person} />
      <InputField label={t("how_met")} field="how_met" defaultValue={person?.how_met ?? ""} />
      <Field label={t("note")} field="note">
        {(props) => <textarea {...props} name="note" rows={2} defaultValue={person?.note ?? ""} />}
      </Field>
    </>
  );
}

function CadenceFields({ person }: { person: Person | undefined }) {
  return (
    <div class="pair">
      <InputField
        label={t("cadence")}
        hint={t("cadence_hint")}
        field="cadence.ideal_days"
        type="number"
        name="cadence"
        min="1"
        max="3650"
        defaultValue={person?.cadence ? String(person.cadence.ideal_days) : ""}
      />
      <InputField
        label={t("cadence_worst")}
        hint={t("cadence_worst_hint")}
        field="cadence.worst_days"
        type="number"
        name="worst"
        min="1"
        max="3650"
        defaultValue={String(person?.cadence?.worst_days ?? "")}
      />
    </div>
  );
}

export function personFromForm(form: FormData): PersonInput {
  const ideal = numberOf(form, "cadence");
  return {
    name: textOf(form, "name") ?? "",
    handles: commaSeparated(form, "handles").map((one) => {
      const [network = "", ...handle] = one.split(":");
      return { network: network.trim(), handle: handle.join(":").trim().replace(/^@/, "") };
    }),
    tags: commaSeparated(form, "tags"),
    note: textOf(form, "note") ?? "",
    how_met: textOf(form, "how_met") ?? "",
    cadence: ideal === null ? null : { ideal_days: ideal, worst_days: numberOf(form, "worst") },
  };
}

const commaSeparated = (form: FormData, name: string): string[] =>
  (textOf(form, name) ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
