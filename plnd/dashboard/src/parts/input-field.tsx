import type { JSX } from "preact";
import { Field } from "./field.tsx";

/** A `Field` with a plain input, which takes all other props; its `name` defaults to `field`. */
export function InputField({
  label,
  hint,
  field,
  name = field,
  ...input
}: {
  label: string;
  hint?: string;
  field?: string;
  name?: string;
} & JSX.IntrinsicElements["input"]) {
  return (
    <Field label={label} hint={hint} field={field}>
      {(props) => <input {...props} {...input} name={name} />}
    </Field>
  );
}
