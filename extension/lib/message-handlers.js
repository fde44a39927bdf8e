/** Handles the messages that the popup and the welcome page send to the background. */
import { api } from "./browser.js";
import { unsureActions } from "./catalogue.js";
import { findProblem } from "./health.js";

const LONGEST_LINK = 2048;

/** The reply to a message; undefined for a type that has no handler. */
export async function handleMessage(handlers, message) {
  const type = message?.type;
  return Object.hasOwn(handlers, type) ? handlers[type](message) : undefined;
}

/** @returns {Record<string, (message: object) => Promise<object>>} by the message's `type` */
export function createMessageHandlers(services) {
  const { catalogue, queue, sender, state, monitor, ownFiles, source } = services;
  /** A request for which the user waits. */
  const request = (method, path, body) =>
    sender.request(method, path, body, { userInitiated: true });

  /** What the popup shows; `more` are facts for health.js beyond the stored state. */
  async function summary(more = {}) {
    const queued = await queue.count();
    const problem = findProblem({ ...state.values, ...more, queued, source, now: Date.now() });
    return { daemon: state.values, paused: state.isPaused, problem };
  }

  /** Asks the daemon for everything; `snoozed_until` is null when it is unknown. */
  async function refresh() {
    const { ok } = await request("GET", "today");
    if (!ok) return { ...(await summary()), page: await describePage(), snoozed_until: null };
    const [notices, health] = await Promise.all([
      request("GET", "notices"),
      request("GET", "health"),
      request("GET", "pause"),
      ownFiles.refresh(),
    ]);
    sender.send();
    const snoozedUntil = notices.ok ? notices.body.snoozed_until : null;
    const facts = { notices: notices.body.notices, damaged: health.body.damaged };
    return { ...(await summary(facts)), page: await describePage(), snoozed_until: snoozedUntil };
  }

  /** What plnd recognises in the page in front; `state` says whether it is counted. */
  async function describePage() {
    const tab = await monitor.getFrontTab({ focused: false });
    const recognised = tab?.url ? catalogue.recognisePage(tab.url) : null;
    if (recognised) {
      const { network, page, handle, rule } = recognised;
      const { name, is_own, ...file } = catalogue.networks.find(({ id }) => id === network);
      const isUnsureCounted = catalogue.isCounted({ network, certainty: "low" });
      const unsure = isUnsureCounted ? unsureActions(file) : [];
      return { state: pageState(network), network, name, page, handle, rule, is_own, unsure };
    }
    const { origins } = await api.permissions.getAll();
    return { state: origins.length === 0 ? "none_picked" : "unseen" };
  }

  function pageState(network) {
    if (state.isPaused) return "paused";
    return state.uncountedNetworks.includes(network) ? "uncounted" : "counted";
  }

  /** Sends everything before the pause begins: after that the daemon would reject it. */
  async function pause({ until }) {
    await monitor.endVisit();
    await sender.send({ all: true });
    const { ok } = await request("PUT", "pause", { until });
    await monitor.poll();
    return { ok, ...(await summary()), page: await describePage() };
  }

  async function resume() {
    const { ok } = await request("DELETE", "pause");
    await monitor.poll();
    return { ok, ...(await summary()), page: await describePage() };
  }

  async function snooze({ until }) {
    const { ok, body } = await request("PUT", "notices/snooze", { until });
    return { ok, snoozed_until: ok ? body.snoozed_until : null };
  }

  async function open() {
    const { ok, body } = await request("POST", "open", {});
    if (ok) await api.tabs.create({ url: body.url });
    return { ok, ...(await summary()) };
  }

  /** Adds what the user learned or taught to the journal; the page's address only with `link`. */
  async function note({ kind, words, network, link }) {
    const tab = link ? await monitor.getFrontTab({ focused: false }) : null;
    const address = tab?.url?.length <= LONGEST_LINK ? tab.url : null;
    const { ok } = await request("POST", "journal", { kind, text: words, network, link: address });
    return { ok };
  }

  /** Records that the user met the owner of a profile, who is added to the people if missing. */
  async function met({ network, handle }) {
    const person = `${network}:${handle}`;
    const existing = await request("GET", `people/${encodeURIComponent(person)}`);
    if (!existing.ok)
      await request("POST", "people", { name: handle, handles: [{ network, handle }] });
    const { ok } = await request("POST", "meetings", { person });
    return { ok };
  }

  async function health() {
    const { ok } = await request("GET", "health");
    if (ok) await ownFiles.refresh();
    return { ok, ...(await summary()) };
  }

  return { refresh, pause, resume, snooze, open, note, met, health };
}
