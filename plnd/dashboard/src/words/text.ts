/** The texts of the page in the language of the browser. */
import { de } from "./de.ts";
import { en } from "./en.ts";

export type Key = keyof typeof en;
type Counted = { [K in Key]: K extends `${infer Stem}_one` ? Stem : never }[Key];
type Values = Record<string, string | number>;

const CATALOGUES: Record<string, Record<Key, string>> = { en, de };

/** The first language of the reader's that there is a catalogue for. */
export const language =
  navigator.languages.map((one) => one.slice(0, 2)).find((one) => one in CATALOGUES) ?? "en";
const words = CATALOGUES[language] ?? en;

/** How the reader writes numbers and days: their own region, where it speaks the page's language. */
export const locale = navigator.languages.find((one) => one.startsWith(language)) ?? language;
const plural = new Intl.PluralRules(locale);
const plain = new Intl.NumberFormat(locale);

export function t(key: Key, values: Values = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? plain.format(value) : value;
  });
}

/** A text that goes by a number, which stands in it as `{n}`. */
export function counted(stem: Counted, n: number, values: Values = {}): string {
  const key = plural.select(n) === "one" ? `${stem}_one` : `${stem}_other`;
  return t(key as Key, { ...values, n });
}

export const isKey = (key: string): key is Key => key in words;
