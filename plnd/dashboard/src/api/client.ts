/** The HTTP client for plnd's API, and the one error class that the page shows. */
import { nullable, object, type Schema, SchemaError, string } from "./schema.ts";

/** An error to show to the user: what happened, and in `hint` what to do about it. */
export class AppError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint = "",
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

/** Any thrown value as an `AppError`; what is not one already is a bug of the page. */
export const toAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : new AppError("bug", String(error));

const errorAnswer = object({
  error: object({ code: string, message: string, hint: string, field: nullable(string) }),
});

const TIMEOUT_MS = 20_000;
/** For requests that carry a file to import; the daemon's own limit is shorter. */
export const FILE_TIMEOUT_MS = 60_000;

/**
 * Sends a request (`path` is what follows /api/v1/) and returns the answer, checked by `schema`.
 *
 * Throws `AppError` with the code that the daemon gave, "unreachable" when there is no answer,
 * or "invalid_answer" when the answer does not match the schema.
 */
export async function request<T>(
  schema: Schema<T>,
  path: string,
  {
    method = "GET",
    body,
    timeoutMs = TIMEOUT_MS,
  }: { method?: string; body?: unknown; timeoutMs?: number } = {},
): Promise<T> {
  const response = await send(path, method, body, timeoutMs);
  const answer = await readJson(response);
  if (!response.ok) throw errorFrom(answer, response.status);
  try {
    return schema(answer, "");
  } catch (error) {
    if (error instanceof SchemaError) throw new AppError("invalid_answer", error.message);
    throw error;
  }
}

async function send(
  path: string,
  method: string,
  body: unknown,
  timeoutMs: number,
): Promise<Response> {
  try {
    return await fetch(`/api/v1/${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch {
    throw new AppError("unreachable", "");
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new AppError("invalid_answer", `status ${response.status}`);
  }
}

function errorFrom(answer: unknown, status: number): AppError {
  try {
    const { error } = errorAnswer(answer, "");
    return new AppError(error.code, error.message, error.hint, error.field);
  } catch {
    return new AppError("invalid_answer", `status ${status}`);
  }
}
