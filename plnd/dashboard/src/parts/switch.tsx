import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A checkbox that saves at once, and goes back when saving fails. */
export function Switch({
  on,
  onChange,
  children,
}: {
  on: boolean;
  /** Saves the new state; resolves to whether that succeeded. */
  onChange: (on: boolean) => Promise<boolean>;
  children: ComponentChildren;
}) {
  const [shown, setShown] = useState(on);
  useEffect(() => setShown(on), [on]);
  return (
    <label class="switch">
      <input
        type="checkbox"
        checked={shown}
        onChange={async (event) => {
          const wanted = event.currentTarget.checked;
          setShown(wanted);
          if (!(await onChange(wanted))) setShown(!wanted);
        }}
      />
      {children}
    </label>
  );
}
