/** What a page shows of the API: asked for when the page opens, and anew when something changed. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Trouble } from "../api/client.ts";
import { said } from "../words/refusals.ts";
import { useLive } from "./use-live.ts";

export interface Resource<T> {
  /** What was last heard; it stays while it is asked for anew, so that nothing flickers. */
  value: T | null;
  trouble: Trouble | null;
  again: () => void;
}

export const asTrouble = (error: unknown): Trouble =>
  error instanceof Trouble ? error : new Trouble("bug", String(error));

/**
 * `key` names what is asked for: with another key, what was heard before is no answer.
 * When something changed it is asked for anew, but `rest` ms after the last time at the earliest.
 */
export function useResource<T>(load: () => Promise<T>, key = "", { rest = 0 } = {}): Resource<T> {
  const version = useCalm(useLive().version, rest);
  const [asked, setAsked] = useState(0);
  const [heard, setHeard] = useState<{ key: string; value: T } | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  useEffect(() => {
    let current = true;
    load().then(
      (value) => {
        if (!current) return;
        setHeard({ key, value });
        setTrouble(null);
      },
      (error) => current && setTrouble(asTrouble(error)),
    );
    return () => {
      current = false;
    };
  }, [key, version, asked]);
  const again = useCallback(() => setAsked((count) => count + 1), []);
  return { value: heard?.key === key ? heard.value : null, trouble, again };
}

/** A value that follows another, changing once in `ms` at most. */
function useCalm<T>(value: T, ms: number): T {
  const [kept, setKept] = useState(value);
  const changedAt = useRef(0);
  useEffect(() => {
    if (ms === Number.POSITIVE_INFINITY) return;
    const follow = () => {
      changedAt.current = Date.now();
      setKept(value);
    };
    const timer = setTimeout(follow, Math.max(0, changedAt.current + ms - Date.now()));
    return () => clearTimeout(timer);
  }, [value, ms]);
  return ms === 0 ? value : kept;
}

export interface Doing {
  /** Run a change; what goes wrong with it is kept as `trouble`, and false is given. */
  run: (change: () => Promise<unknown>) => Promise<boolean>;
  busy: boolean;
  done: boolean;
  trouble: Trouble | null;
}

/** A change that the user asked for. */
export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const run = useCallback(async (change: () => Promise<unknown>) => {
    setBusy(true);
    setDone(false);
    setTrouble(null);
    try {
      await change();
      setDone(true);
      return true;
    } catch (error) {
      setTrouble(asTrouble(error));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { run, busy, done, trouble };
}

/** What a change was refused for, where that is about this field. */
export const wrongWith = (
  { trouble }: Pick<Doing, "trouble">,
  field: string,
): string | undefined => (trouble?.field === field ? said(trouble)[0] : undefined);
