import { useState } from "preact/hooks";
import { t } from "../words/text.ts";

/** A button that asks once more before it does what cannot be taken back. */
export function Sure({
  name,
  label,
  act,
}: {
  name: string;
  /** What it is about, for those who do not see where the button stands. */
  label?: string;
  act: () => unknown;
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
          act();
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
