/** Values as parts of an address. */
export const part = encodeURIComponent;

/** The query of an address, without what is not given. */
export function query(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).filter((one): one is [string, string] => Boolean(one[1]));
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
