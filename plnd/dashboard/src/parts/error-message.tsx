import type { Trouble } from "../api/client.ts";
import { said } from "../words/refusals.ts";
import { t } from "../words/text.ts";

/** What went wrong and what to do. */
export function Troubled({ trouble, again }: { trouble: Trouble; again?: () => void }) {
  const [message, hint] = said(trouble);
  return (
    <div class="trouble" role="alert">
      <p>
        <strong>{message}</strong> {hint}
      </p>
      {again && (
        <button type="button" onClick={again}>
          {t("try_again")}
        </button>
      )}
    </div>
  );
}
