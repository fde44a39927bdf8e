import { Field } from "./field.tsx";

/** A field to pick one file; `onPick` gets undefined when the user picks none. */
export function FileField({
  label,
  field,
  accept,
  onPick,
}: {
  label: string;
  field?: string | undefined;
  /** File extensions, as in the `accept` attribute. */
  accept: string;
  onPick: (file: File | undefined) => unknown;
}) {
  return (
    <Field label={label} field={field}>
      {(props) => (
        <input
          {...props}
          type="file"
          accept={accept}
          onChange={(event) => onPick(event.currentTarget.files?.[0])}
        />
      )}
    </Field>
  );
}
