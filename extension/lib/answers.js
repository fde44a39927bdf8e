/** What the extension's own pages ask the background for. */
import { api } from "./browser.js";

const LONGEST_LINK = 2048;

/** @returns {Record<string, (question: object) => Promise<object>>} by the question's `ask` */
export function makeAnswers({ catalogue, queue, courier, known, watch }) {
  const asked = { asked: true };

  async function summary() {
    return { known: known.facts, paused: known.paused, kept: await queue.count() };
  }

  /** Everything anew; `snoozed_until` is null when it is not known. */
  async function refresh() {
    const { ok } = await courier.ask("GET", "today", undefined, asked);
    if (!ok) return { ...(await summary()), page: await thisPage(), snoozed_until: null };
    const [notices] = await Promise.all([
      courier.ask("GET", "notices", undefined, asked),
      courier.ask("GET", "pause", undefined, asked),
    ]);
    courier.send();
    const snoozedUntil = notices.ok ? notices.body.snoozed_until : null;
    return { ...(await summary()), page: await thisPage(), snoozed_until: snoozedUntil };
  }

  /** What plnd makes of the page in front: `counted`, `paused`, `unseen` or `none_picked`. */
  async function thisPage() {
    const tab = await watch.frontTab({ focused: false });
    const found = tab?.url ? catalogue.recognisePage(tab.url) : null;
    if (found) {
      const { network, page, handle } = found;
      const name = catalogue.networks.find(({ id }) => id === network).name;
      return { state: known.paused ? "paused" : "counted", network, name, page, handle };
    }
    const { origins } = await api.permissions.getAll();
    return { state: origins.length === 0 ? "none_picked" : "unseen" };
  }

  /** What was before the pause is sent before it: later it would be refused. */
  async function pause({ until }) {
    await watch.leave();
    await courier.send();
    const { ok } = await courier.ask("PUT", "pause", { until }, asked);
    await watch.look();
    return { ok, ...(await summary()), page: await thisPage() };
  }

  async function resume() {
    const { ok } = await courier.ask("DELETE", "pause", undefined, asked);
    await watch.look();
    return { ok, ...(await summary()), page: await thisPage() };
  }

  async function snooze({ until }) {
    const { ok, body } = await courier.ask("PUT", "notices/snooze", { until }, asked);
    return { ok, snoozed_until: ok ? body.snoozed_until : null };
  }

  async function open() {
    const { ok, body } = await courier.ask("POST", "open", {}, asked);
    if (ok) await api.tabs.create({ url: body.url });
    return { ok, ...(await summary()) };
  }

  /** Something learned or taught, in the user's words; the page's address only with `link`. */
  async function note({ kind, words, network, link }) {
    const tab = link ? await watch.frontTab({ focused: false }) : null;
    const address = tab?.url?.length <= LONGEST_LINK ? tab.url : null;
    const entry = { kind, text: words, network, link: address };
    const { ok } = await courier.ask("POST", "journal", entry, asked);
    return { ok };
  }

  async function health() {
    const { ok } = await courier.ask("GET", "health", undefined, asked);
    return { ok, ...(await summary()) };
  }

  return { refresh, pause, resume, snooze, open, note, health };
}
