import type { Doing } from "../hooks/use-query.ts";
import { t } from "../words/text.ts";
import { Troubled } from "./error-message.tsx";

/** What became of a change: read aloud, and in sight. */
export function Done({ of: { done, trouble }, says }: { of: Doing; says?: string }) {
  return (
    <>
      <p class="done" role="status">
        {done ? (says ?? t("saved")) : ""}
      </p>
      {trouble && <Troubled trouble={trouble} />}
    </>
  );
}
