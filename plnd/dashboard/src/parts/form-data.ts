/** The step of a time input in seconds: the settings take quarter hours. */
export const QUARTER_HOUR_S = 900;

/** The trimmed text of a form's field; null when it is empty. */
export const textOf = (form: FormData, name: string): string | null =>
  String(form.get(name) ?? "").trim() || null;

/** The number in a form's field; null when it is empty. */
export function numberOf(form: FormData, name: string): number | null {
  const text = textOf(form, name);
  return text === null ? null : Number(text);
}
