/** What the extension's own pages ask the background for. */
import { api } from "./browser.js";
import { unsureActs } from "./catalogue.js";
import { brokenLink } from "./health.js";

const LONGEST_LINK = 2048;

/** The answer to a question; none where nothing answers to it. */
export async function answerTo(answers, question) {
  const ask = question?.ask;
  return Object.hasOwn(answers, ask) ? answers[ask](question) : undefined;
}

/** @returns {Record<string, (question: object) => Promise<object>>} by the question's `ask` */
export function makeAnswers({ catalogue, queue, courier, known, watch, ownFiles, source }) {
  const asked = { asked: true };

  /** What the popup shows; `more` are facts about the chain beyond those that are kept. */
  async function summary(more = {}) {
    const kept = await queue.count();
    const broken = brokenLink({ ...known.facts, ...more, kept, source, now: Date.now() });
    return { known: known.facts, paused: known.paused, broken };
  }

  /** Everything anew; `snoozed_until` is null when it is not known. */
  async function refresh() {
    const { ok } = await courier.ask("GET", "today", undefined, asked);
    if (!ok) return { ...(await summary()), page: await thisPage(), snoozed_until: null };
    const [notices, health] = await Promise.all([
      courier.ask("GET", "notices", undefined, asked),
      courier.ask("GET", "health", undefined, asked),
      courier.ask("GET", "pause", undefined, asked),
      ownFiles.learn(),
    ]);
    courier.send();
    const snoozedUntil = notices.ok ? notices.body.snoozed_until : null;
    const chain = { notices: notices.body.notices, damaged: health.body.damaged };
    return { ...(await summary(chain)), page: await thisPage(), snoozed_until: snoozedUntil };
  }

  /** What plnd makes of the page in front: `counted`, `paused`, `uncounted`, `unseen` … */
  async function thisPage() {
    const tab = await watch.frontTab({ focused: false });
    const found = tab?.url ? catalogue.recognisePage(tab.url) : null;
    if (found) {
      const { network, page, handle, rule } = found;
      const file = catalogue.networks.find(({ id }) => id === network);
      const unsure = catalogue.counts({ network, certainty: "low" }) ? unsureActs(file) : [];
      const off = known.uncounted.includes(network);
      const state = known.paused ? "paused" : off ? "uncounted" : "counted";
      return { state, network, name: file.name, page, handle, rule, is_own: file.is_own, unsure };
    }
    const { origins } = await api.permissions.getAll();
    return { state: origins.length === 0 ? "none_picked" : "unseen" };
  }

  /** What was before the pause is sent before it: later it would be refused. */
  async function pause({ until }) {
    await watch.leave();
    await courier.send({ all: true });
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

  /** Met face to face: the one whose profile it is, who becomes one of the people if need be. */
  async function met({ network, handle }) {
    const person = `${network}:${handle}`;
    const known = await courier.ask(
      "GET",
      `people/${encodeURIComponent(person)}`,
      undefined,
      asked,
    );
    if (!known.ok) {
      const added = { name: handle, handles: [{ network, handle }] };
      await courier.ask("POST", "people", added, asked);
    }
    const { ok } = await courier.ask("POST", "meetings", { person }, asked);
    return { ok };
  }

  async function health() {
    const { ok } = await courier.ask("GET", "health", undefined, asked);
    if (ok) await ownFiles.learn();
    return { ok, ...(await summary()) };
  }

  return { refresh, pause, resume, snooze, open, note, met, health };
}
