import type { Doing } from "../resource.ts";
import { t } from "../words/index.ts";
import { Troubled } from "./trouble.tsx";

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
