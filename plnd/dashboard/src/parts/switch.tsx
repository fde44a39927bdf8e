import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Something on or off, changed at once; it goes back when the change is refused. */
export function Switch({
  on,
  change,
  children,
}: {
  on: boolean;
  /** Makes the change, and says whether that worked. */
  change: (on: boolean) => Promise<boolean>;
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
          if (!(await change(wanted))) setShown(!wanted);
        }}
      />
      {children}
    </label>
  );
}
