import { useState } from "preact/hooks";
import { t } from "../words/lookup.ts";

/** A button that asks for confirmation before it does something that cannot be undone. */
export function ConfirmButton({
  name,
  label,
  onConfirm,
}: {
  name: string;
  /** The accessible name, where the button's place alone shows what it is about. */
  label?: string;
  onConfirm: () => unknown;
}) {
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <button type="button" aria-label={label} onClick={() => setAsking(true)}>
        {name}
      </button>
    );
  }
  return (
    <span class="actions" role="group" aria-label={label ?? name}>
      <button
        type="button"
        class="main"
        ref={(button) => button?.focus()}
        onClick={() => {
          setAsking(false);
          onConfirm();
        }}
      >
        {t("sure", { name })}
      </button>
      <button type="button" onClick={() => setAsking(false)}>
        {t("cancel")}
      </button>
    </span>
  );
}
