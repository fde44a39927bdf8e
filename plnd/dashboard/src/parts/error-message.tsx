import type { AppError } from "../api/client.ts";
import { errorText } from "../words/errors.ts";
import { t } from "../words/lookup.ts";

/** An error with its hint, and a button to try again where that is possible. */
export function ErrorMessage({ error, retry }: { error: AppError; retry?: () => void }) {
  const [message, hint] = errorText(error);
  return (
    <div class="error-message" role="alert">
      <p>
        <strong>{message}</strong> {hint}
      </p>
      {retry && (
        <button type="button" onClick={retry}>
          {t("try_again")}
        </button>
      )}
    </div>
  );
}
