/**
 * The shape that an answer must have before anybody uses it. A `Shape` gives back the value it
 * was shown, or throws a `Misshapen` that names the part that is not as it must be.
 */
export type Shape<T> = (value: unknown, path: string) => T;
export type Shaped<S> = S extends Shape<infer T> ? T : never;

export class Misshapen extends Error {}

function wrong(path: string, wanted: string): never {
  throw new Misshapen(`${path || "the answer"} is not ${wanted}`);
}

export const text: Shape<string> = (value, path) =>
  typeof value === "string" ? value : wrong(path, "a text");

export const number: Shape<number> = (value, path) =>
  typeof value === "number" ? value : wrong(path, "a number");

export const flag: Shape<boolean> = (value, path) =>
  typeof value === "boolean" ? value : wrong(path, "true or false");

export const anything: Shape<unknown> = (value) => value;

export const oneOf =
  <const T extends string>(...words: T[]): Shape<T> =>
  (value, path) =>
    words.find((word) => word === value) ?? wrong(path, `one of ${words.join(", ")}`);

export const orNull =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, path) =>
    value === null ? null : shape(value, path);

/** A field that is left out where there is nothing to say. */
export const orAbsent =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, path) =>
    value === undefined || value === null ? null : shape(value, path);

export const list =
  <T>(shape: Shape<T>): Shape<T[]> =>
  (value, path) =>
    Array.isArray(value)
      ? value.map((one, at) => shape(one, `${path}[${at}]`))
      : wrong(path, "a list");

export const record =
  <T>(shape: Shape<T>): Shape<Record<string, T>> =>
  (value, path) =>
    Object.fromEntries(
      Object.entries(fields(value, path)).map(([key, one]) => [key, shape(one, `${path}.${key}`)]),
    );

/** An object with these fields; more than these are allowed, so that a newer daemon may add some. */
export const object =
  <T extends object>(shapes: { [K in keyof T]: Shape<T[K]> }): Shape<T> =>
  (value, path) => {
    const found = fields(value, path);
    const made: Partial<T> = {};
    for (const key in shapes) made[key] = shapes[key](found[key], path ? `${path}.${key}` : key);
    return made as T;
  };

function fields(value: unknown, path: string): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : wrong(path, "an object");
}
