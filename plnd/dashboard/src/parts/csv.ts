/**
 * CSV for a spreadsheet, as plnd/api/printed_pages.py writes it: all is quoted, and no reader, whatever it
 * takes for the end of a cell, finds the beginning of a formula in what strangers wrote.
 */

// A formula begins with one of these, in a spreadsheet of East Asia also with their wide forms.
const SIGNS = "=+@＝＋－＠﹦﹢﹣﹫⁺⁼₊₌−﬩-";
const FORMULA = new RegExp(`(^|[,;:|\\n])([\\s"]*)(?=[${SIGNS}])`, "g");
const ENDS = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
const JOINERS = /[\u00ad\u200c\u200d]/g;
// Controls, what turns the direction, and what cannot be seen.
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
