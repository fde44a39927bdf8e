/** Today at a glance. Shows the stored state at once, and then what the daemon answers. */
import { secondsOver } from "../lib/badge.js";
import { api } from "../lib/browser.js";
import { formatDuration, formatTime, localise, text } from "../lib/i18n.js";

const element = (id) => document.getElementById(id);
const send = (message) => api.runtime.sendMessage(message);

const HOUR = 60 * 60_000;

/** When the pause of each button ends. */
const PAUSES = {
  "half-hour": () => Date.now() + HOUR / 2,
  hour: () => Date.now() + HOUR,
  tomorrow: () => new Date().setHours(24, 0, 0, 0),
};

localise(document);
addListeners();
// The stored state, as daemon-state.js writes it.
const { known } = await api.storage.local.get("known");
if (known) showState({ daemon: known });
show(await send({ type: "refresh" }));

function addListeners() {
  for (const button of document.querySelectorAll("[data-pause]")) {
    button.addEventListener("click", async () => {
      show(await send({ type: "pause", until: PAUSES[button.dataset.pause]() }));
    });
  }
  element("resume").addEventListener("click", async () => show(await send({ type: "resume" })));
  element("snooze").addEventListener("click", async () => {
    const { ok, snoozed_until: until } = await send({ type: "snooze", until: Date.now() + HOUR });
    element("snoozed").textContent = ok
      ? text("popup_snoozed", formatTime(until))
      : text("popup_failed");
  });
  element("note").addEventListener("submit", addNote);
  element("met").addEventListener("click", async () => {
    const { ok } = await send({ type: "met", ...element("met").dataset });
    element("noted").textContent = text(ok ? "popup_met_noted" : "popup_failed");
  });
  element("networks-page").addEventListener("click", async () => {
    await api.runtime.openOptionsPage();
    window.close();
  });
  element("open").addEventListener("click", async () => {
    const reply = await send({ type: "open" });
    if (reply.ok) window.close();
    else show(reply);
  });
  api.storage.onChanged.addListener(({ known: change }) => {
    if (change) showToday(change.newValue);
  });
}

async function addNote(event) {
  event.preventDefault();
  const { ok } = await send({
    type: "note",
    kind: event.submitter?.value ?? "learned",
    words: element("words").value,
    network: element("note").dataset.network,
    link: element("with-link").checked,
  });
  if (ok) element("words").value = "";
  element("noted").textContent = text(ok ? "popup_noted" : "popup_failed");
}

function show(reply) {
  showState(reply);
  if (reply.page) showPage(reply.page);
  if (reply.snoozed_until > Date.now()) {
    element("snoozed").textContent = text("popup_snoozed", formatTime(reply.snoozed_until));
  }
}

function showState({ daemon, paused = false, problem = [] }) {
  showToday(daemon);
  showProblem(problem);
  element("running-pause").hidden = !paused;
  element("pauses").hidden = paused;
  const until = daemon.pause?.until;
  element("paused").textContent = until
    ? text("popup_paused_until", formatTime(until))
    : text("popup_paused");
}

/** What is wrong and what to do about it, in one line. */
function showProblem(problem) {
  element("warning").hidden = problem.length === 0;
  element("warning").textContent = problem.map(({ key, parts }) => text(key, ...parts)).join(" ");
}

function showToday({ today, today_at: at, reach }) {
  element("today").hidden = !today;
  element("no-today").hidden = Boolean(today);
  if (!today) return;
  element("today").dataset.state = today.state;
  element("figure").textContent = headlineOf(today);
  element("state").textContent = stateOf(today);
  const budget = today.budget_minutes * 60;
  element("budget-bar").hidden = today.state === "off";
  fillBar(element("budget-bar"), today.spent_seconds, budget);
  const longest = Math.max(budget || 0, ...today.networks.map((one) => one.spent_seconds));
  const rows = today.networks.map((network) => networkRow(network, longest));
  element("networks").replaceChildren(...rows);
  element("as-of").hidden = reach?.ok !== false;
  element("as-of").textContent = text("popup_as_of", formatTime(at));
}

function headlineOf(today) {
  if (today.state === "off") return text("popup_used", formatDuration(today.spent_seconds));
  if (today.state === "over") return text("popup_over", formatDuration(secondsOver(today)));
  // The time used is rounded down, so the time left is rounded up: together they are the budget.
  return text("popup_left", formatDuration(Math.ceil(today.left_seconds / 60) * 60));
}

function stateOf({ state, spent_seconds: spent, budget_minutes: budget }) {
  if (state === "off") return text("popup_no_budget");
  const used = text("popup_used_of", formatDuration(spent), formatDuration(budget * 60));
  return `${text(`state_${state}`)} · ${used}`;
}

/** A network's bar shows its share of its own budget, else of the longest time shown. */
function networkRow(network, longest) {
  const whole = network.budget_minutes === null ? longest : network.budget_minutes * 60;
  const row = document.createElement("li");
  row.dataset.state = network.state;
  row.append(
    createElement("span", "name", network.name),
    createElement("span", "spent", spentOf(network)),
    fillBar(createElement("div", "bar"), network.spent_seconds, whole),
    createElement("span", "interactions", detailsOf(network)),
  );
  return row;
}

function spentOf({ spent_seconds: spent, budget_minutes: budget }) {
  return budget === null
    ? formatDuration(spent)
    : text("popup_of", formatDuration(spent), formatDuration(budget * 60));
}

/** The interactions, after the state of the network's own budget when it is near or over. */
function detailsOf({ state, budget_minutes: budget, interactions, about }) {
  const counts = countsOf(interactions, about);
  return budget !== null && ["near", "over"].includes(state)
    ? `${text(`state_${state}`)} · ${counts}`
    : counts;
}

/** The counts by action, with "about" if some may be wrong: refused unknown to us, or unsure. */
function countsOf(interactions, about = []) {
  const counts = Object.entries(interactions).filter(([, count]) => count > 0);
  if (counts.length === 0) return text("popup_no_interactions");
  const list = counts
    .map(([action, count]) => `${count} ${text(`action_${action}${count === 1 ? "" : "s"}`)}`)
    .join(", ");
  return about.length > 0 ? text("popup_about", list) : list;
}

function showPage({ state, network, name, page, handle, rule, is_own: isOwn, unsure }) {
  const isRecognised = ["counted", "paused", "uncounted"].includes(state);
  const description = isRecognised ? describePage(name, page, handle) : "";
  element("page").textContent = text(`page_is_${state}`, ...(isRecognised ? [description] : []));
  element("note").hidden = !network;
  element("note").dataset.network = network ?? "";
  element("met").hidden = !isRecognised || page !== "profile" || !handle;
  element("met").textContent = text("popup_met", handle ?? "");
  Object.assign(element("met").dataset, { network: network ?? "", handle: handle ?? "" });
  element("stored").hidden = state !== "counted";
  if (state !== "counted") return;
  element("stored-visit").textContent = text("popup_stored_visit", description);
  element("rule").textContent = text(isOwn ? "popup_rule_own" : "popup_rule", rule);
  element("unsure").hidden = unsure.length === 0;
  const actions = unsure.map((action) => text(`action_${action}s`)).join(", ");
  element("unsure").textContent = text("popup_unsure", actions);
}

function describePage(name, page, handle) {
  const kind = text(`page_${page}`);
  return `${name}, ${handle ? `${kind} (${handle})` : kind}`;
}

function createElement(tag, className, content = "") {
  const created = document.createElement(tag);
  created.className = className;
  created.textContent = content;
  return created;
}

function fillBar(bar, part, whole) {
  bar.setAttribute("aria-hidden", "true");
  if (!bar.firstElementChild) bar.append(document.createElement("i"));
  bar.firstElementChild.style.width = whole > 0 ? `${Math.min(100, (100 * part) / whole)}%` : "0";
  return bar;
}
