/** Texts of the extension's pages from `_locales`, and amounts and times in the user's language. */
import { api } from "./browser.js";

/** The text of a key, with `parts` in place of its $1, $2 … */
export function text(key, ...parts) {
  return api.i18n.getMessage(key, parts.map(String));
}

/** The language of the texts, with the user's region if that speaks the same language. */
function locale() {
  const language = text("language");
  return navigator.language.startsWith(language) ? navigator.language : language;
}

function formatUnit(number, unit) {
  const style = { style: "unit", unit, unitDisplay: "short" };
  return new Intl.NumberFormat(locale(), style).format(number);
}

/** Seconds as hours and minutes, "1 hr 20 min"; rounded down to whole minutes. */
export function formatDuration(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return formatUnit(minutes, "minute");
  const rest = minutes % 60;
  const hours = formatUnit(Math.floor(minutes / 60), "hour");
  return rest === 0 ? hours : `${hours} ${formatUnit(rest, "minute")}`;
}

/** Milliseconds since the epoch as a time of day; with the date unless that is today. */
export function formatTime(at) {
  if (at === null || at === undefined) return "";
  const time = new Date(at);
  const isToday = time.toDateString() === new Date().toDateString();
  const format = isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(locale(), format).format(time);
}

/**
 * Sets the texts of a page or of a part of one: the content of elements with `data-text`, the
 * aria-label of those with `data-label`, the placeholder of those with `data-hint`.
 */
export function localise(root) {
  document.documentElement.lang = locale();
  for (const element of root.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text);
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text(element.dataset.label));
  }
  for (const element of root.querySelectorAll("[data-hint]")) {
    element.placeholder = text(element.dataset.hint);
  }
}
