import type { ComponentChildren } from "preact";
import type { Query } from "../hooks/use-query.ts";
import { t } from "../words/lookup.ts";
import { ErrorMessage } from "./error-message.tsx";

/** Renders a query: its data once loaded, a loading line before, and its error if there is one. */
export function QueryResult<T>({
  query: { data, error, refetch },
  children,
}: {
  query: Query<T>;
  children: (data: T) => ComponentChildren;
}) {
  return (
    <>
      {error && <ErrorMessage error={error} retry={refetch} />}
      {data !== null && children(data)}
      {data === null && !error && (
        <p class="loading soft" role="status">
          {t("loading")}
        </p>
      )}
    </>
  );
}
