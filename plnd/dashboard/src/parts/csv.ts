/**
 * CSV for a spreadsheet, by the same rules as plnd/api/printed_pages.py: every cell is
 * quoted, and text that could run as a formula, whatever separator the reader splits at, is
 * disarmed with an apostrophe.
 */

// What a formula begins with; East Asian spreadsheets also accept the full-width forms.
const SIGNS = "=+@＝＋－＠﹦﹢﹣﹫⁺⁼₊₌−﬩-";
const FORMULA = new RegExp(`(^|[,;:|\\n])([\\s"]*)(?=[${SIGNS}])`, "g");
const ENDS = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
const JOINERS = /[\u00ad\u200c\u200d]/g;
// Control characters, direction marks and invisible characters.
const HIDDEN = /(?!\n|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

const safe = (text: string) =>
  text
    .replace(ENDS, "\n")
    .replace(/[\t\p{Zs}]/gu, " ")
    .replace(JOINERS, "")
    .replace(HIDDEN, "\ufffd")
    .replace(FORMULA, "$1$2'");

const quoted = (text: string) => `"${safe(text).replaceAll('"', '""')}"`;

export const csv = (rows: string[][]): string =>
  rows.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
