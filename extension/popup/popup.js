/** Today in one glance. Shows at once what was last known, then what the daemon says now. */
import { secondsOver } from "../lib/badge.js";
import { api } from "../lib/browser.js";
import { duration, fillIn, text, timeOfDay } from "../lib/i18n.js";

const place = (id) => document.getElementById(id);
const ask = (question) => api.runtime.sendMessage(question);

const HOUR = 60 * 60_000;

const PAUSES = {
  "half-hour": () => Date.now() + HOUR / 2,
  hour: () => Date.now() + HOUR,
  tomorrow: () => new Date().setHours(24, 0, 0, 0),
};

fillIn(document);
listen();
const { known } = await api.storage.local.get("known");
if (known) showKnown({ known });
show(await ask({ ask: "refresh" }));

function listen() {
  for (const button of document.querySelectorAll("[data-pause]")) {
    button.addEventListener("click", async () => {
      show(await ask({ ask: "pause", until: PAUSES[button.dataset.pause]() }));
    });
  }
  place("resume").addEventListener("click", async () => show(await ask({ ask: "resume" })));
  place("snooze").addEventListener("click", async () => {
    const { ok, snoozed_until: until } = await ask({ ask: "snooze", until: Date.now() + HOUR });
    place("snoozed").textContent = ok
      ? text("popup_snoozed", timeOfDay(until))
      : text("popup_failed");
  });
  place("note").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { ok } = await ask({
      ask: "note",
      kind: event.submitter?.value ?? "learned",
      words: place("words").value,
      network: place("note").dataset.network,
      link: place("with-link").checked,
    });
    if (ok) place("words").value = "";
    place("noted").textContent = text(ok ? "popup_noted" : "popup_failed");
  });
  place("met").addEventListener("click", async () => {
    const { ok } = await ask({ ask: "met", ...place("met").dataset });
    place("noted").textContent = text(ok ? "popup_met_noted" : "popup_failed");
  });
  place("networks-page").addEventListener("click", async () => {
    await api.runtime.openOptionsPage();
    window.close();
  });
  place("open").addEventListener("click", async () => {
    const answer = await ask({ ask: "open" });
    if (answer.ok) window.close();
    else show(answer);
  });
  api.storage.onChanged.addListener(({ known: change }) => {
    if (change) showToday(change.newValue);
  });
}

function show(answer) {
  showKnown(answer);
  if (answer.page) showPage(answer.page);
  if (answer.snoozed_until > Date.now()) {
    place("snoozed").textContent = text("popup_snoozed", timeOfDay(answer.snoozed_until));
  }
}

function showKnown({ known, paused = false, broken = [] }) {
  showToday(known);
  showBroken(broken);
  place("running-pause").hidden = !paused;
  place("pauses").hidden = paused;
  const until = known.pause?.until;
  place("paused").textContent = until
    ? text("popup_paused_until", timeOfDay(until))
    : text("popup_paused");
}

/** One quiet line with the link of the chain that is broken, and what to do. */
function showBroken(broken) {
  place("warning").hidden = broken.length === 0;
  place("warning").textContent = broken.map(({ key, parts }) => text(key, ...parts)).join(" ");
}

function showToday({ today, today_at: at, reach }) {
  place("today").hidden = !today;
  place("no-today").hidden = Boolean(today);
  if (!today) return;
  place("today").dataset.state = today.state;
  place("figure").textContent = figureOf(today);
  place("state").textContent = stateOf(today);
  const budget = today.budget_minutes * 60;
  place("budget-bar").hidden = today.state === "off";
  fill(place("budget-bar"), today.spent_seconds, budget);
  const most = Math.max(budget || 0, ...today.networks.map((network) => network.spent_seconds));
  place("networks").replaceChildren(...today.networks.map((network) => lineOf(network, most)));
  place("as-of").hidden = reach?.ok !== false;
  place("as-of").textContent = text("popup_as_of", timeOfDay(at));
}

function figureOf(today) {
  if (today.state === "off") return text("popup_used", duration(today.spent_seconds));
  if (today.state === "over") return text("popup_over", duration(secondsOver(today)));
  // What was used is shown rounded down, so what is left is rounded up: together the budget.
  return text("popup_left", duration(Math.ceil(today.left_seconds / 60) * 60));
}

function stateOf({ state, spent_seconds: spent, budget_minutes: budget }) {
  if (state === "off") return text("popup_no_budget");
  const used = text("popup_used_of", duration(spent), duration(budget * 60));
  return `${text(`state_${state}`)} · ${used}`;
}

/** A network's bar is its part of its own budget, or else of the largest amount shown. */
function lineOf(network, most) {
  const whole = network.budget_minutes === null ? most : network.budget_minutes * 60;
  const line = document.createElement("li");
  line.dataset.state = network.state;
  line.append(
    piece("span", "name", network.name),
    piece("span", "spent", spentOf(network)),
    fill(piece("div", "bar"), network.spent_seconds, whole),
    piece("span", "acts", wordsOf(network)),
  );
  return line;
}

function spentOf({ spent_seconds: spent, budget_minutes: budget }) {
  return budget === null
    ? duration(spent)
    : text("popup_of", duration(spent), duration(budget * 60));
}

/** What was done there, after the state of the network's own budget when it is near or over. */
function wordsOf({ state, budget_minutes: budget, interactions, about }) {
  const acts = actsOf(interactions, about);
  return budget !== null && ["near", "over"].includes(state)
    ? `${text(`state_${state}`)} · ${acts}`
    : acts;
}

/** The counts; "about" where some may have been refused without our knowing, or guessed. */
function actsOf(interactions, about = []) {
  const acts = Object.entries(interactions).filter(([, count]) => count > 0);
  if (acts.length === 0) return text("popup_no_acts");
  const counts = acts
    .map(([action, count]) => `${count} ${text(`act_${action}${count === 1 ? "" : "s"}`)}`)
    .join(", ");
  return about.length > 0 ? text("popup_about", counts) : counts;
}

function showPage({ state, network, name, page, handle, rule, is_own: isOwn, unsure }) {
  const seen = ["counted", "paused", "uncounted"].includes(state);
  const what = seen
    ? [name, handle ? `${text(`page_${page}`)} (${handle})` : text(`page_${page}`)]
    : [];
  place("page").textContent = text(`page_is_${state}`, ...(seen ? [what.join(", ")] : []));
  place("note").hidden = !network;
  place("note").dataset.network = network ?? "";
  place("met").hidden = !seen || page !== "profile" || !handle;
  place("met").textContent = text("popup_met", handle ?? "");
  Object.assign(place("met").dataset, { network: network ?? "", handle: handle ?? "" });
  place("stored").hidden = state !== "counted";
  if (state !== "counted") return;
  place("stored-visit").textContent = text("popup_stored_visit", what.join(", "));
  place("rule").textContent = text(isOwn ? "popup_rule_own" : "popup_rule", rule);
  place("unsure").hidden = unsure.length === 0;
  const acts = unsure.map((action) => text(`act_${action}s`)).join(", ");
  place("unsure").textContent = text("popup_unsure", acts);
}

function piece(tag, name, content = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = content;
  return element;
}

function fill(bar, part, whole) {
  bar.setAttribute("aria-hidden", "true");
  if (!bar.firstElementChild) bar.append(document.createElement("i"));
  bar.firstElementChild.style.width = whole > 0 ? `${Math.min(100, (100 * part) / whole)}%` : "0";
  return bar;
}
