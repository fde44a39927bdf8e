/** A value as one segment of a URL path. */
export const pathSegment = encodeURIComponent;

/** The query string of a URL, with its "?"; values that are missing or empty are left out. */
export function queryString(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).filter((one): one is [string, string] => Boolean(one[1]));
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
