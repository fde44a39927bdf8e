import type { ComponentChildren } from "preact";
import type { Resource } from "../hooks/use-query.ts";
import { t } from "../words/text.ts";
import { Troubled } from "./error-message.tsx";

/** What a resource holds, once it is there; the trouble that it met, whatever is there. */
export function Resourceful<T>({
  of: { value, trouble, again },
  children,
}: {
  of: Resource<T>;
  children: (value: T) => ComponentChildren;
}) {
  return (
    <>
      {trouble && <Troubled trouble={trouble} again={again} />}
      {value !== null && children(value)}
      {value === null && !trouble && (
        <p class="loading soft" role="status">
          {t("loading")}
        </p>
      )}
    </>
  );
}
