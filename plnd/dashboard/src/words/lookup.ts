/** Texts by key, in the language of the reader. */
import { de } from "./de.ts";
import { en } from "./en.ts";

export type Key = keyof typeof en;
/** What precedes `_one` and `_other` in the keys of a text with a plural. */
type CountedKey = { [K in Key]: K extends `${infer Stem}_one` ? Stem : never }[Key];
type Values = Record<string, string | number>;

const CATALOGUES: Record<string, Record<Key, string>> = { en, de };

/** The first of the browser's languages that has a catalogue; English otherwise. */
export const language =
  navigator.languages.map((one) => one.slice(0, 2)).find((one) => one in CATALOGUES) ?? "en";
const words = CATALOGUES[language] ?? en;

/** The locale for numbers and dates: the reader's own region where it has the page's language. */
export const locale = navigator.languages.find((one) => one.startsWith(language)) ?? language;
const plural = new Intl.PluralRules(locale);
const plain = new Intl.NumberFormat(locale);

/** The text for a key, with each `{name}` replaced by its value. */
export function t(key: Key, values: Values = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? plain.format(value) : value;
  });
}

/** The singular or plural text for a number, which replaces `{n}` in it. */
export function counted(stem: CountedKey, n: number, values: Values = {}): string {
  const key = plural.select(n) === "one" ? `${stem}_one` : `${stem}_other`;
  return t(key as Key, { ...values, n });
}

/** Whether a key put together at run time exists. */
export const isKey = (key: string): key is Key => key in words;
