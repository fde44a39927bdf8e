import { useCallback, useState } from "preact/hooks";
import { type AppError, toAppError } from "../api/client.ts";

export interface Mutation {
  /** Runs a change. Resolves to false when it failed; the reason is then in `error`. */
  run: (change: () => Promise<unknown>) => Promise<boolean>;
  busy: boolean;
  done: boolean;
  error: AppError | null;
}

/** The state of a change that the user started: running, done or failed. */
export function useMutation(): Mutation {
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const run = useCallback(async (change: () => Promise<unknown>) => {
    setBusy(true);
    setDone(false);
    setError(null);
    try {
      await change();
      setDone(true);
      return true;
    } catch (reason) {
      setError(toAppError(reason));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { run, busy, done, error };
}
