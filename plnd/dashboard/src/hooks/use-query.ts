import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type AppError, toAppError } from "../api/client.ts";
import { useLive } from "./use-live.ts";

export interface Query<T> {
  /** The last answer. It stays during a refetch, so that nothing flickers. */
  data: T | null;
  error: AppError | null;
  refetch: () => void;
}

/**
 * Data from the API: loaded when the component mounts, and again whenever the daemon reports a
 * change, at most once in `minIntervalMs`. A new `key` means another question: the answer to the
 * former one is no longer shown.
 */
export function useQuery<T>(
  load: () => Promise<T>,
  key = "",
  { minIntervalMs = 0 } = {},
): Query<T> {
  const version = useThrottled(useLive().version, minIntervalMs);
  const [refetches, setRefetches] = useState(0);
  const [answer, setAnswer] = useState<{ key: string; data: T } | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  useEffect(() => {
    let current = true;
    load().then(
      (data) => {
        if (!current) return;
        setAnswer({ key, data });
        setError(null);
      },
      (reason) => current && setError(toAppError(reason)),
    );
    return () => {
      current = false;
    };
  }, [key, version, refetches]);
  const refetch = useCallback(() => setRefetches((count) => count + 1), []);
  return { data: answer?.key === key ? answer.data : null, error, refetch };
}

/** Follows `value`, but changes at most once in `ms`; never when `ms` is infinite. */
function useThrottled<T>(value: T, ms: number): T {
  const [throttled, setThrottled] = useState(value);
  const changedAt = useRef(0);
  useEffect(() => {
    if (ms === Number.POSITIVE_INFINITY) return;
    const follow = () => {
      changedAt.current = Date.now();
      setThrottled(value);
    };
    const timer = setTimeout(follow, Math.max(0, changedAt.current + ms - Date.now()));
    return () => clearTimeout(timer);
  }, [value, ms]);
  return ms === 0 ? value : throttled;
}
