/**
 * Schemas that check the answers of the API. A `Schema` returns the value when it matches, and
 * otherwise throws a `SchemaError` that names the part that does not.
 */
export type Schema<T> = (value: unknown, path: string) => T;
/** The type of the values that a schema accepts. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

export class SchemaError extends Error {}

function mismatch(path: string, expected: string): never {
  throw new SchemaError(`${path || "the answer"} is not ${expected}`);
}

export const string: Schema<string> = (value, path) =>
  typeof value === "string" ? value : mismatch(path, "a text");

export const number: Schema<number> = (value, path) =>
  typeof value === "number" ? value : mismatch(path, "a number");

export const boolean: Schema<boolean> = (value, path) =>
  typeof value === "boolean" ? value : mismatch(path, "true or false");

/** Accepts any value. */
export const unknown: Schema<unknown> = (value) => value;

export const oneOf =
  <const T extends string>(...options: T[]): Schema<T> =>
  (value, path) =>
    options.find((option) => option === value) ?? mismatch(path, `one of ${options.join(", ")}`);

export const nullable =
  <T>(schema: Schema<T>): Schema<T | null> =>
  (value, path) =>
    value === null ? null : schema(value, path);

/** A field that may be missing; it is null then. */
export const optional =
  <T>(schema: Schema<T>): Schema<T | null> =>
  (value, path) =>
    value === undefined || value === null ? null : schema(value, path);

export const array =
  <T>(schema: Schema<T>): Schema<T[]> =>
  (value, path) =>
    Array.isArray(value)
      ? value.map((item, index) => schema(item, `${path}[${index}]`))
      : mismatch(path, "a list");

export const record =
  <T>(schema: Schema<T>): Schema<Record<string, T>> =>
  (value, path) =>
    Object.fromEntries(
      Object.entries(fieldsOf(value, path)).map(([key, field]) => [
        key,
        schema(field, `${path}.${key}`),
      ]),
    );

/** An object with these fields. Further fields are ignored, so that a newer daemon may add some. */
export const object =
  <T extends object>(schemas: { [K in keyof T]: Schema<T[K]> }): Schema<T> =>
  (value, path) => {
    const fields = fieldsOf(value, path);
    const checked: Partial<T> = {};
    for (const key in schemas) {
      checked[key] = schemas[key](fields[key], path ? `${path}.${key}` : key);
    }
    return checked as T;
  };

function fieldsOf(value: unknown, path: string): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : mismatch(path, "an object");
}
