import { type ComponentChildren, createContext } from "preact";
import { useContext, useId } from "preact/hooks";
import type { AppError } from "../api/client.ts";
import { errorText } from "../words/errors.ts";

/** The error of the form around a field: a field shows it when it is about that field. */
export const FieldErrors = createContext<AppError | null>(null);

/** A label with its input, a hint, and the error about it; `field` is the name in the API. */
export function Field({
  label,
  hint,
  field,
  children,
}: {
  label: string;
  hint?: string | undefined;
  field?: string | undefined;
  children: (props: {
    id: string;
    "aria-describedby": string;
    "aria-invalid": boolean;
  }) => ComponentChildren;
}) {
  const id = useId();
  const error = useContext(FieldErrors);
  const message = field !== undefined && error?.field === field ? errorText(error)[0] : undefined;
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": `${id}-hint`, "aria-invalid": Boolean(message) })}
      <p id={`${id}-hint`} class={message ? "invalid" : "soft"}>
        {message ?? hint ?? ""}
      </p>
    </div>
  );
}
