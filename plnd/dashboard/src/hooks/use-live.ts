/** What the daemon tells by itself: today's figures, and that something changed. */
import { useEffect, useState } from "preact/hooks";
import { type Today, today as todayShape } from "../api/day.ts";

export interface Live {
  today: Today | null;
  /** Grows with each change, of whatever it was: what a page shows is asked for anew. */
  version: number;
  /** "open", "lost" while the daemon does not answer, "shut" when this page has lost its key. */
  line: "opening" | "open" | "lost" | "shut";
}

let state: Live = { today: null, version: 0, line: "opening" };
const listeners = new Set<(live: Live) => void>();

function become(change: Partial<Live>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener(state);
}

/** Listen to the daemon for as long as the page is open; the browser itself tries again. */
export function listen(): void {
  const source = new EventSource("/api/v1/live");
  source.onmessage = ({ data }) => {
    try {
      const today = todayShape(JSON.parse(data), "today");
      become({ today, version: state.version + 1, line: "open" });
    } catch {
      // The page asks for today as well, and says there what it does not understand.
      become({ version: state.version + 1, line: "open" });
    }
  };
  source.onerror = () => {
    const shut = source.readyState === EventSource.CLOSED;
    become({ line: shut ? "shut" : "lost" });
    // A browser gives up for good after an answer that is no stream: ask again, but not at once.
    if (shut) setTimeout(listen, 10_000);
  };
}

export function useLive(): Live {
  const [live, setLive] = useState(state);
  useEffect(() => {
    listeners.add(setLive);
    setLive(state);
    return () => {
      listeners.delete(setLive);
    };
  }, []);
  return live;
}
