/** Asks for the hosts of the networks that the user picks; opened at install, and for changes. */
import { api } from "../lib/browser.js";
import { loadCatalogue } from "../lib/catalogue.js";
import { textKeyOf } from "../lib/errors.js";
import { fillIn, text } from "../lib/words.js";

const place = (id) => document.getElementById(id);

const { networks } = await loadCatalogue();
const rows = networks.map((network) => ({
  ...network,
  origins: [...new Set([...network.hosts, ...network.write_hosts])].map(
    (host) => `https://${host}/*`,
  ),
  granted: false,
}));

for (const row of rows) place("networks").append(makeRow(row));
fillIn(document);
await showGranted();
place("pick").addEventListener("submit", (event) => {
  event.preventDefault();
  change();
});
for (const event of [api.permissions.onAdded, api.permissions.onRemoved])
  event.addListener(showGranted);
await showDaemon();

function makeRow(row) {
  const item = place("network").content.cloneNode(true);
  const find = (selector) => item.querySelector(selector);
  row.box = find("input");
  row.box.name = row.id;
  row.mark = find(".granted");
  find(".name").textContent = row.name;
  find(".reason").textContent = text(`welcome_reason_${row.id}`);
  find("summary").textContent = text("welcome_hosts", row.origins.length);
  find(".hosts").textContent = [...new Set([...row.hosts, ...row.write_hosts])].join(", ");
  return item;
}

async function showGranted() {
  await Promise.all(
    rows.map(async (row) => {
      row.granted = await api.permissions.contains({ origins: row.origins });
      row.box.checked = row.granted;
      row.mark.hidden = !row.granted;
    }),
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
    return rows.some(({ granted }) => granted) ? "welcome_done" : "welcome_none";
  }
}

async function showDaemon() {
  const { ok, known } = await api.runtime.sendMessage({ ask: "health" });
  place("daemon").textContent = ok ? text("welcome_reached") : text(textKeyOf(known.reach.code));
  place("daemon").classList.toggle("reached", ok);
  place("daemon").classList.toggle("warning", !ok);
}
