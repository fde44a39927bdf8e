import type { ComponentChildren } from "preact";
import { type Mutation, useMutation } from "../hooks/use-mutation.ts";
import { t } from "../words/lookup.ts";
import { FieldErrors } from "./field.tsx";
import { MutationStatus } from "./mutation-status.tsx";

/** A form that saves on submit: busy meanwhile, then the result; errors show at their field. */
export function Form({
  mutation: shared,
  save,
  submit = t("save"),
  clears = false,
  children,
}: {
  /** Given where other controls beside the form share its status. */
  mutation?: Mutation;
  save: (form: FormData) => Promise<unknown>;
  /** The text of the submit button. */
  submit?: string;
  /** Whether the form is reset after saving. */
  clears?: boolean;
  children: ComponentChildren;
}) {
  const own = useMutation();
  const mutation = shared ?? own;
  return (
    <form
      class="form"
      aria-busy={mutation.busy}
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        if (mutation.busy) return;
        mutation
          .run(() => save(new FormData(form)))
          .then((saved) => saved && clears && form.reset());
      }}
    >
      <FieldErrors.Provider value={mutation.error}>{children}</FieldErrors.Provider>
      <div class="actions">
        <button type="submit" class="main" aria-disabled={mutation.busy}>
          {submit}
        </button>
        <MutationStatus mutation={mutation} />
      </div>
    </form>
  );
}
