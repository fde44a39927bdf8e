/** The daemon's event stream: today's figures, and a signal whenever something changed. */
import { useEffect, useState } from "preact/hooks";
import { type Today, today as todaySchema } from "../api/day.ts";

export interface Live {
  today: Today | null;
  /** Grows by one with every change of any kind; queries reload when it does. */
  version: number;
  /** "lost": the daemon does not answer. "closed": the browser has given up trying. */
  connection: "connecting" | "open" | "lost" | "closed";
}

const RECONNECT_MS = 10_000;

let state: Live = { today: null, version: 0, connection: "connecting" };
const listeners = new Set<(live: Live) => void>();

function update(change: Partial<Live>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener(state);
}

/** Connects for as long as the page is open. The browser reconnects by itself. */
export function connectLive(): void {
  const source = new EventSource("/api/v1/live");
  source.onmessage = ({ data }) => {
    try {
      const today = todaySchema(JSON.parse(data), "today");
      update({ today, version: state.version + 1, connection: "open" });
    } catch {
      // The page also requests today's figures, and shows there what is wrong with them.
      update({ version: state.version + 1, connection: "open" });
    }
  };
  source.onerror = () => {
    const closed = source.readyState === EventSource.CLOSED;
    update({ connection: closed ? "closed" : "lost" });
    // A browser stops reconnecting after an answer that is not a stream.
    if (closed) setTimeout(connectLive, RECONNECT_MS);
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
