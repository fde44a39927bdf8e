// Today's figures, fetched with the page's cookie when it opens, is looked at again, or asked to.

const at = (id) => document.getElementById(id);
const ACTS = { reply: ["reply", "replies"], react: ["reaction", "reactions"] };
const STATES = { under: "within budget", near: "nearly used up", over: "over budget", off: "no budget" };

async function refresh() {
  try {
    const answer = await fetch("/api/v1/today", { headers: { Accept: "application/json" } });
    const body = await answer.json();
    if (answer.ok) show(body);
    else if (answer.status === 401) trouble("This page has lost its key. Run “plnd open” to open it anew.");
    else trouble(`${body.error.message}. ${body.error.hint}`);
  } catch {
    trouble("plnd does not answer. Start it with “plnd start”, then press Refresh.");
  }
}

function trouble(text) {
  at("trouble").textContent = text;
  at("trouble").hidden = false;
}

function show(today) {
  at("trouble").hidden = true;
  at("figures").hidden = false;
  at("day").textContent = new Date(`${today.day}T12:00`).toLocaleDateString(undefined, {
    weekday: "long",
    day: "numeric",
    month: "long",
  });
  at("headline").textContent = headline(today);
  at("detail").textContent = today.spent_seconds
    ? `${share(today)} of it taking part: within two minutes of something you did.`
    : "";
  showBar(today);
  const rows = today.networks.map(row);
  at("networks").tBodies[0].replaceChildren(...rows);
  at("networks").hidden = rows.length === 0;
  at("nothing").hidden = rows.length > 0;
  at("sources").textContent = today.sources.map((one) => heard(one, today.now)).join(" ");
}

function headline(today) {
  const spent = minutes(today.spent_seconds);
  if (today.state === "off") return `${spent} today`;
  const used = `${Math.floor(today.spent_seconds / 60)} of ${minutes(today.budget_minutes * 60)} used`;
  // Used is rounded down, so what is left is rounded up: together they are the budget.
  if (today.state !== "over") return `${used}, ${minutes(today.left_seconds + 59)} left`;
  const over = today.spent_seconds - today.budget_minutes * 60;
  return over > 0 ? `${used}, ${minutes(over)} over` : `${used}, over budget`;
}

function showBar(today) {
  const bar = at("bar");
  bar.hidden = today.state === "off";
  bar.className = today.state;
  const allowed = (today.budget_minutes ?? 0) * 60;
  bar.value = today.state === "over" ? 100 : allowed ? (100 * today.spent_seconds) / allowed : 0;
}

function row(network) {
  const line = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.textContent = network.name;
  line.append(
    name,
    cell("Time", minutes(network.spent_seconds)),
    cell("Taking part", network.spent_seconds ? share(network) : "–"),
    cell("What you did", acts(network)),
    budgetCell(network),
  );
  return line;
}

function budgetCell(network) {
  if (network.budget_minutes === null) return cell("Budget", "the day’s");
  const text = `${minutes(network.budget_minutes * 60)}, ${STATES[network.state]}`;
  return cell("Budget", text, network.state);
}

function cell(label, text, state) {
  const made = document.createElement("td");
  made.dataset.label = label;
  made.textContent = text;
  if (state) made.className = state;
  return made;
}

/** "about" where some of the acts may have been refused without our knowing, or guessed. */
function acts({ interactions, about }) {
  const words = Object.entries(interactions).map(([action, count]) => {
    const [one, many] = ACTS[action] ?? [action, `${action}s`];
    return count === 1 ? `1 ${one}` : `${count} ${many}`;
  });
  return (about.length > 0 ? "about " : "") + words.join(", ") || "–";
}

function heard(source, now) {
  const ago = Math.max(0, Math.round((now - source.last_event_at) / 60000));
  const name = source.browser.charAt(0).toUpperCase() + source.browser.slice(1);
  const days = Math.floor(ago / 1440);
  if (days >= 2) return `No events from ${name} for ${days} days: “plnd doctor” finds out why.`;
  return ago < 2 ? `${name} was heard of just now.` : `${name} was last heard of ${span(ago)} ago.`;
}

function span(count) {
  return count < 120 ? `${count} minutes` : `${Math.floor(count / 60)} hours`;
}

function minutes(seconds) {
  const count = Math.floor(seconds / 60);
  return count === 1 ? "1 minute" : `${count} minutes`;
}

function share(one) {
  return `${Math.floor((100 * one.taking_part_seconds) / one.spent_seconds)} %`;
}

at("refresh").addEventListener("click", refresh);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refresh();
});
refresh();
