/** One request to the daemon that served this page, and what can go wrong with it. */
import { Misshapen, object, orNull, type Shape, text } from "./schema.ts";

/** Something that the user has to hear of: what happened, and what to do. */
export class Trouble extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint = "",
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

const refusal = object({
  error: object({ code: text, message: text, hint: text, field: orNull(text) }),
});

const PATIENCE_MS = 20_000;
/** For a file to import: the daemon gives up earlier. */
export const FILE_PATIENCE_MS = 60_000;

/**
 * The answer to a request (`path` is what follows /api/v1/), as its shape says it is.
 *
 * Throws `Trouble`: "unreachable" when nobody answers, "invalid_answer" when what answers is
 * not what this page knows, and whatever the daemon itself refuses with.
 */
export async function ask<T>(
  shape: Shape<T>,
  path: string,
  {
    method = "GET",
    body,
    patience = PATIENCE_MS,
  }: { method?: string; body?: unknown; patience?: number } = {},
): Promise<T> {
  const response = await send(path, method, body, patience);
  const answer = await read(response);
  if (!response.ok) throw refused(answer, response.status);
  try {
    return shape(answer, "");
  } catch (error) {
    if (error instanceof Misshapen) throw new Trouble("invalid_answer", error.message);
    throw error;
  }
}

async function send(
  path: string,
  method: string,
  body: unknown,
  patience: number,
): Promise<Response> {
  try {
    return await fetch(`/api/v1/${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    });
  } catch {
    throw new Trouble("unreachable", "");
  }
}

async function read(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new Trouble("invalid_answer", `status ${response.status}`);
  }
}

function refused(answer: unknown, status: number): Trouble {
  try {
    const { error } = refusal(answer, "");
    return new Trouble(error.code, error.message, error.hint, error.field);
  } catch {
    return new Trouble("invalid_answer", `status ${status}`);
  }
}
