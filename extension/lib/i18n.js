/** Texts for people: from `_locales`, with amounts and times in the user's language. */
import { api } from "./browser.js";

/** The text of a key, with its parts put in. */
export function text(key, ...parts) {
  return api.i18n.getMessage(key, parts.map(String));
}

/** The language of the texts, with the user's region where that is of the same language. */
function language() {
  const ours = text("language");
  return navigator.language.startsWith(ours) ? navigator.language : ours;
}

function amount(number, unit) {
  const style = { style: "unit", unit, unitDisplay: "short" };
  return new Intl.NumberFormat(language(), style).format(number);
}

/** Seconds as hours and minutes, "1 hr 20 min"; what is under a minute counts as 0 min. */
export function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return amount(minutes, "minute");
  const rest = minutes % 60;
  const hours = amount(Math.floor(minutes / 60), "hour");
  return rest === 0 ? hours : `${hours} ${amount(rest, "minute")}`;
}

/** Milliseconds since the epoch as a time of day, with the day when it is not today's. */
export function timeOfDay(at) {
  if (at === null || at === undefined) return "";
  const time = new Date(at);
  const sameDay = time.toDateString() === new Date().toDateString();
  const format = sameDay ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(language(), format).format(time);
}

/**
 * Puts the texts into a page or a part of one: `data-text` for content, `data-label` for
 * aria-label, `data-hint` for the placeholder.
 */
export function fillIn(page) {
  document.documentElement.lang = language();
  for (const place of page.querySelectorAll("[data-text]")) {
    place.textContent = text(place.dataset.text);
  }
  for (const place of page.querySelectorAll("[data-label]")) {
    place.setAttribute("aria-label", text(place.dataset.label));
  }
  for (const place of page.querySelectorAll("[data-hint]")) {
    place.placeholder = text(place.dataset.hint);
  }
}
