/** Asks for the hosts of the networks that the user picks; opens at install and as options page. */
import { api } from "../lib/browser.js";
import { loadCatalogue, unsureActions } from "../lib/catalogue.js";
import { errorTextKey } from "../lib/errors.js";
import { localise, text } from "../lib/i18n.js";
import { originPattern } from "../lib/own-hosts.js";
import { OwnHostsForm } from "./own-hosts-form.js";

const GROUPS = ["talk", "forum", "writing", "media"];

const element = (id) => document.getElementById(id);

const health = api.runtime.sendMessage({ type: "health" });
const { networks } = await loadCatalogue();
const { unsure_off: unsureOff = [] } = await api.storage.local.get("unsure_off");
const rows = networks.map((network) => ({
  network,
  origins: network.shipped_hosts.map(originPattern),
  granted: false,
  unsure: unsureActions(network),
}));
const groups = GROUPS.map(createGroup);

localise(document);
await showPermissions();
filterRows();
element("pick").addEventListener("submit", (event) => {
  event.preventDefault();
  savePermissions();
});
element("find").addEventListener("input", filterRows);
// Enter in the search field must not submit the form, which would ask for permissions.
element("find").addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
});
for (const event of [api.permissions.onAdded, api.permissions.onRemoved])
  event.addListener(showPermissions);
await showHealth();

function createGroup(id) {
  const section = element("group").content.cloneNode(true).firstElementChild;
  const [title, list] = section.children;
  title.textContent = text(`welcome_group_${id}`);
  title.id = `group-${id}`;
  list.setAttribute("aria-labelledby", title.id);
  const ownRows = rows.filter(({ network }) => network.group === id);
  list.append(...ownRows.map(createRow));
  element("groups").append(section);
  return { section, rows: ownRows };
}

function createRow(row) {
  const { network } = row;
  const item = element("network").content.cloneNode(true).firstElementChild;
  const find = (selector) => item.querySelector(selector);
  Object.assign(row, { item, checkbox: find("input"), status: find(".granted") });
  row.checkbox.name = network.id;
  localise(item);
  find(".name").textContent = network.name;
  find(".reason").textContent = network.reason[text("language")];
  find(".addresses").textContent = text("welcome_hosts", row.origins.length);
  find(".hosts").textContent = network.shipped_hosts.join(", ");
  find(".own-file").hidden = !network.is_own;
  find(".about").hidden = !network.refused_as_200;
  find(".about").textContent = text("welcome_about", network.name);
  if (row.unsure.length > 0) showUnsure(row, find(".unsure"), find(".unsure-choice"));
  if (network.own_hosts)
    row.ownHosts = new OwnHostsForm(row, find(".own"), isNeeded, showPermissions);
  return item;
}

/** Shows which actions are recognised with low certainty, and lets the user not count them. */
function showUnsure({ network, unsure }, label, choice) {
  label.hidden = choice.hidden = false;
  const actions = unsure.map((action) => text(`action_${action}s`)).join(", ");
  choice.querySelector("p").textContent = text("welcome_unsure_which", actions);
  const checkbox = choice.querySelector("input");
  checkbox.checked = !unsureOff.includes(network.id);
  checkbox.addEventListener("change", async () => {
    const { unsure_off: before = [] } = await api.storage.local.get("unsure_off");
    const others = before.filter((id) => id !== network.id);
    const after = checkbox.checked ? others : [...others, network.id];
    await api.storage.local.set({ unsure_off: after });
  });
}

/** Shows only the networks whose text or hosts contain what the user typed. */
function filterRows() {
  const wanted = element("find").value.trim().toLowerCase();
  let shown = 0;
  for (const group of groups) {
    for (const { item, network } of group.rows) {
      const words = [item.textContent, ...network.hosts].join(" ").toLowerCase();
      item.hidden = !words.includes(wanted);
      shown += item.hidden ? 0 : 1;
    }
    group.section.hidden = group.rows.every(({ item }) => item.hidden);
  }
  element("found").textContent = wanted === "" ? "" : text("welcome_found", shown);
}

async function showPermissions() {
  await Promise.all(
    rows.map(async (row) => {
      row.granted = await api.permissions.contains({ origins: row.origins });
      row.checkbox.checked = row.granted;
      const isPartlyGranted = (await row.ownHosts?.show()) ?? false;
      row.status.hidden = !row.granted && !isPartlyGranted;
      row.status.textContent = text(row.granted ? "welcome_granted" : "welcome_partly");
    }),
  );
}

/** Whether a picked network or an own host needs this permission: then it must not be removed. */
function isNeeded(origin) {
  return rows.some(
    ({ granted, origins, ownHosts }) =>
      (granted && origins.includes(origin)) || ownHosts?.has(origin),
  );
}

/** Requests all new permissions at once: browsers allow one request directly after a click. */
async function savePermissions() {
  const added = rows.filter(({ checkbox, granted }) => checkbox.checked && !granted);
  const removed = rows.filter(({ checkbox, granted }) => !checkbox.checked && granted);
  const origins = added.flatMap((row) => row.origins);
  const isGranted = origins.length === 0 || (await api.permissions.request({ origins }));
  for (const row of removed) await api.permissions.remove({ origins: row.origins });
  await showPermissions();
  element("result").textContent = text(resultKey());

  function resultKey() {
    if (!isGranted) return "welcome_refused";
    return rows.some(({ status }) => !status.hidden) ? "welcome_done" : "welcome_none";
  }
}

async function showHealth() {
  const { ok, daemon } = await health;
  element("daemon").textContent = ok
    ? text("welcome_reached")
    : text(errorTextKey(daemon.reach.code));
  element("daemon").classList.toggle("reached", ok);
  element("daemon").classList.toggle("warning", !ok);
}
