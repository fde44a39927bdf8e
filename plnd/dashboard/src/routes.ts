/** Which parts of the API this daemon has: a page of a part that it lacks is not offered. */
import { useEffect, useState } from "preact/hooks";
import { ask } from "./api/ask.ts";
import { anything, object, record } from "./api/shape.ts";
import { useLive } from "./live.ts";

const document = object({ paths: record(anything) });
let asked: Promise<Set<string>> | null = null;

/** The parts by name, such as `people`. */
export function getParts(): Promise<Set<string>> {
  asked ??= ask(document, "openapi.json").then(
    ({ paths }) => new Set(Object.keys(paths).map((path) => path.split("/")[3] ?? "")),
  );
  asked.catch(() => {
    asked = null;
  });
  return asked;
}

/** The parts; null until they are known. */
export function useParts(): Set<string> | null {
  const { line } = useLive();
  const [parts, setParts] = useState<Set<string> | null>(null);
  useEffect(() => {
    // What goes wrong here is told by the page itself, which asks for more than this.
    getParts().then(setParts, () => {});
  }, [line]);
  return parts;
}
