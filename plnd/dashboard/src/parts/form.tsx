import type { ComponentChildren } from "preact";
import type { Doing } from "../hooks/use-query.ts";
import { t } from "../words/text.ts";
import { Done } from "./mutation-status.tsx";

/** A form whose change is told of: what it did, or what was refused and why. */
export function Form({
  doing,
  change,
  submit = t("save"),
  says,
  clears = false,
  children,
}: {
  doing: Doing;
  change: (entered: FormData) => Promise<unknown>;
  submit?: string;
  says?: string;
  /** Whether the form is empty again once its change is made. */
  clears?: boolean;
  children: ComponentChildren;
}) {
  return (
    <form
      class="form"
      aria-busy={doing.busy}
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        if (doing.busy) return;
        doing.run(() => change(new FormData(form))).then((done) => done && clears && form.reset());
      }}
    >
      {children}
      <div class="actions">
        <button type="submit" class="main" aria-disabled={doing.busy}>
          {submit}
        </button>
        <Done of={doing} {...(says === undefined ? {} : { says })} />
      </div>
    </form>
  );
}

/** What was entered as text, without the blanks around it; null when there is nothing. */
export const entered = (form: FormData, name: string): string | null =>
  String(form.get(name) ?? "").trim() || null;

/** What was entered as a number; null when there is nothing. */
export function enteredNumber(form: FormData, name: string): number | null {
  const text = entered(form, name);
  return text === null ? null : Number(text);
}
