import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A label with its input, and what helps to fill it in; `field` is the API's name for it. */
export function Field({
  label,
  hint,
  wrong,
  children,
}: {
  label: string;
  hint?: string;
  /** What is wrong with what was entered. */
  wrong?: string | undefined;
  children: (of: {
    id: string;
    "aria-describedby": string;
    "aria-invalid": boolean;
  }) => ComponentChildren;
}) {
  const id = useId();
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": `${id}-hint`, "aria-invalid": Boolean(wrong) })}
      <p id={`${id}-hint`} class={wrong ? "wrong" : "soft"}>
        {wrong ?? hint ?? ""}
      </p>
    </div>
  );
}
