/** Asks for the hosts of the networks that the user picks; opened at install, and for changes. */
import { api } from "../lib/browser.js";
import { loadCatalogue, unsureActs } from "../lib/catalogue.js";
import { textKeyOf } from "../lib/errors.js";
import { fillIn, text } from "../lib/i18n.js";
import { originOf } from "../lib/own-hosts.js";
import { OwnHosts } from "./own-hosts-form.js";

const GROUPS = ["talk", "forum", "writing", "media"];

const place = (id) => document.getElementById(id);

const daemon = api.runtime.sendMessage({ ask: "health" });
const { networks } = await loadCatalogue();
const { unsure_off: unsureOff = [] } = await api.storage.local.get("unsure_off");
const rows = networks.map((network) => ({
  network,
  origins: network.shipped_hosts.map(originOf),
  granted: false,
  unsure: unsureActs(network),
}));
const groups = GROUPS.map(makeGroup);

fillIn(document);
await showGranted();
find();
place("pick").addEventListener("submit", (event) => {
  event.preventDefault();
  change();
});
place("find").addEventListener("input", find);
// Enter in the search field is no wish to be asked for permissions.
place("find").addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
});
for (const event of [api.permissions.onAdded, api.permissions.onRemoved])
  event.addListener(showGranted);
await showDaemon();

function makeGroup(id) {
  const section = place("group").content.cloneNode(true).firstElementChild;
  const [title, list] = section.children;
  title.textContent = text(`welcome_group_${id}`);
  title.id = `group-${id}`;
  list.setAttribute("aria-labelledby", title.id);
  const own = rows.filter(({ network }) => network.group === id);
  list.append(...own.map(makeRow));
  place("groups").append(section);
  return { section, rows: own };
}

function makeRow(row) {
  const { network } = row;
  const item = place("network").content.cloneNode(true).firstElementChild;
  const at = (selector) => item.querySelector(selector);
  Object.assign(row, { item, box: at("input"), mark: at(".granted") });
  row.box.name = network.id;
  fillIn(item);
  at(".name").textContent = network.name;
  at(".reason").textContent = network.reason[text("language")];
  at(".addresses").textContent = text("welcome_hosts", row.origins.length);
  at(".hosts").textContent = network.shipped_hosts.join(", ");
  at(".own-file").hidden = !network.is_own;
  at(".about").hidden = !network.refused_as_200;
  at(".about").textContent = text("welcome_about", network.name);
  if (row.unsure.length > 0) showUnsure(row, at(".unsure"), at(".unsure-choice"));
  if (network.own_hosts) row.own = new OwnHosts(row, at(".own"), isCovered, showGranted);
  return item;
}

/** Which acts are recognised with low certainty, and the choice not to count them. */
function showUnsure({ network, unsure }, mark, choice) {
  mark.hidden = choice.hidden = false;
  const acts = unsure.map((action) => text(`act_${action}s`)).join(", ");
  choice.querySelector("p").textContent = text("welcome_unsure_which", acts);
  const box = choice.querySelector("input");
  box.checked = !unsureOff.includes(network.id);
  box.addEventListener("change", async () => {
    const { unsure_off: before = [] } = await api.storage.local.get("unsure_off");
    const others = before.filter((id) => id !== network.id);
    await api.storage.local.set({ unsure_off: box.checked ? others : [...others, network.id] });
  });
}

/** Shows the networks whose name, reason or hosts have what was typed. */
function find() {
  const wanted = place("find").value.trim().toLowerCase();
  let shown = 0;
  for (const group of groups) {
    for (const { item, network } of group.rows) {
      const words = [item.textContent, ...network.hosts].join(" ").toLowerCase();
      item.hidden = !words.includes(wanted);
      shown += item.hidden ? 0 : 1;
    }
    group.section.hidden = group.rows.every(({ item }) => item.hidden);
  }
  place("found").textContent = wanted === "" ? "" : text("welcome_found", shown);
}

async function showGranted() {
  await Promise.all(
    rows.map(async (row) => {
      row.granted = await api.permissions.contains({ origins: row.origins });
      row.box.checked = row.granted;
      const some = (await row.own?.show()) ?? false;
      row.mark.hidden = !row.granted && !some;
      row.mark.textContent = text(row.granted ? "welcome_granted" : "welcome_partly");
    }),
  );
}

/** Whether something else needs this very host too: then its permission is not let go. */
function isCovered(origin) {
  return rows.some(
    ({ granted, origins, own }) => (granted && origins.includes(origin)) || own?.has(origin),
  );
}

/** One question for all that is new: the browser takes it only as the first thing after a click. */
async function change() {
  const wanted = rows.filter(({ box, granted }) => box.checked && !granted);
  const unwanted = rows.filter(({ box, granted }) => !box.checked && granted);
  const origins = wanted.flatMap((row) => row.origins);
  const given = origins.length === 0 || (await api.permissions.request({ origins }));
  for (const row of unwanted) await api.permissions.remove({ origins: row.origins });
  await showGranted();
  place("result").textContent = text(resultOf());

  function resultOf() {
    if (!given) return "welcome_refused";
    return rows.some(({ mark }) => !mark.hidden) ? "welcome_done" : "welcome_none";
  }
}

async function showDaemon() {
  const { ok, known } = await daemon;
  place("daemon").textContent = ok ? text("welcome_reached") : text(textKeyOf(known.reach.code));
  place("daemon").classList.toggle("reached", ok);
  place("daemon").classList.toggle("warning", !ok);
}
