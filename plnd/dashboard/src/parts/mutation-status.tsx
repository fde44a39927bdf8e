import type { Mutation } from "../hooks/use-mutation.ts";
import { t } from "../words/lookup.ts";
import { ErrorMessage } from "./error-message.tsx";

/** The result of a mutation, which screen readers announce: `success`, or the error. */
export function MutationStatus({
  mutation: { done, error },
  success,
}: {
  mutation: Mutation;
  /** Defaults to "Saved."; empty for a change that is visible anyway. */
  success?: string | undefined;
}) {
  return (
    <>
      <p class="mutation-status" role="status">
        {done ? (success ?? t("saved")) : ""}
      </p>
      {error && <ErrorMessage error={error} />}
    </>
  );
}
