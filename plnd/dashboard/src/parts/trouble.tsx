import type { Trouble } from "../api/ask.ts";
import { isKey, t } from "../words/index.ts";

/** What went wrong and what to do: in the reader's words where this page has some. */
export function Troubled({ trouble, again }: { trouble: Trouble; again?: () => void }) {
  const [message, hint] = [`trouble_${trouble.code}`, `hint_${trouble.code}`];
  return (
    <div class="trouble" role="alert">
      <p>
        <strong>
          {isKey(message) ? t(message, { detail: trouble.message }) : trouble.message}
        </strong>{" "}
        {isKey(hint) ? t(hint) : trouble.hint}
      </p>
      {again && (
        <button type="button" onClick={again}>
          {t("try_again")}
        </button>
      )}
    </div>
  );
}
