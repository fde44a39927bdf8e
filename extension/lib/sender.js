/** Carries kept events to the daemon and brings back what it says. */
import { HOLD } from "./deduplication.js";
import { BATCH } from "./event-queue.js";
import { BEAT } from "./spans.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 5 * 60_000;
const PAUSE_CHECK = 60_000;
const TODAY_CHECK = 60 * 60_000;
const REPORT_AGAIN = 60 * 60_000;

/** How long to wait after so many failures on end, in milliseconds. */
export function waitAfter(failures) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - 1));
}

/** The daemon says that this request is wrong: sending the same again can't help. */
const isRefused = (status) => [400, 413, 422].includes(status);

/** Why the daemon takes no event that is in order: the user wants it so. */
const MEANT = new Set(["paused", "not_counted", "forgotten"]);

/** Nothing wrong with the request: later it may be taken. */
const isFailure = (status) => status >= 500 || [401, 403, 408, 421, 429].includes(status);

export class Courier {
  #queue;
  #pipe;
  #known;
  #session;
  #source;
  #networks;
  #now;
  #wanted = false;
  #all = false;
  #sending = null;

  /**
   * @param {object} parts queue, pipe, known; `session`, a storage area that outlives the
   *   worker; `source` of the events; `networks`, which tells those that the user has picked
   */
  constructor({ queue, pipe, known, session, source, networks, now = Date.now }) {
    this.#queue = queue;
    this.#pipe = pipe;
    this.#known = known;
    this.#session = session;
    this.#source = source;
    this.#networks = networks;
    this.#now = now;
  }

  /**
   * Sends what is kept, unless a failure asks for patience. Acts wait a moment, as they may be
   * taken back; with `all` they go at once. Resolves when it has been tried.
   */
  send({ all = false } = {}) {
    this.#wanted = true;
    this.#all ||= all;
    this.#sending ??= this.#sendWhileWanted();
    return this.#sending;
  }

  async #sendWhileWanted() {
    try {
      // Asked again meanwhile: what was put last may have missed the batch.
      while (this.#wanted) {
        const ripe = this.#all ? () => true : (event) => this.#isRipe(event);
        this.#wanted = this.#all = false;
        await this.#sendAll(ripe);
      }
    } finally {
      this.#sending = null;
    }
  }

  /** What is due without an event: asking whether a pause is over, whether a new day began. */
  async tick() {
    const { pause, today_at: todayAt } = this.#known.facts;
    if (await this.#mustWait()) return;
    if (pause?.paused && (!this.#known.paused || this.#now() - pause.asked_at >= PAUSE_CHECK)) {
      await this.ask("GET", "pause");
    }
    const unreachable = this.#known.facts.reach?.ok === false;
    if (unreachable || this.#now() - (todayAt ?? 0) >= TODAY_CHECK) await this.ask("GET", "today");
    await this.#reportWhenDue();
    await this.send();
    if (this.#known.tagsDue && this.#known.facts.reach?.ok) await this.#learnTags();
  }

  /** Which hashtags to look out for. A failure changes nothing, and is asked again later. */
  async #learnTags() {
    const { ok, body } = await this.#try("GET", "tags");
    await this.#known.learnTags(ok ? body.tags : this.#known.tags);
  }

  /** What the user picked has changed: the daemon hears of it at once. */
  async picked() {
    await this.#session.remove("reported_at");
    await this.tick();
  }

  /** That the extension is here and what it may see: at each start of the browser, and hourly. */
  async #reportWhenDue() {
    const { reported_at: reportedAt } = await this.#session.get("reported_at");
    const age = this.#now() - (reportedAt ?? 0);
    if ((age >= 0 && age < REPORT_AGAIN) || (await this.#mustWait())) return;
    const { profile, ...self } = this.#source;
    const said = { ...self, networks: await this.#networks() };
    const { status } = await this.ask("PUT", `sources/${profile}`, said);
    if (!isFailure(status)) await this.#session.set({ reported_at: this.#now() });
  }

  /**
   * One request of the daemon's API; learns from the answer. `asked` is true when a person
   * waits for it: then a failure is nobody's reason to wait longer the next time.
   * @returns {Promise<{ok: boolean, status: number, body: object}>} never rejects
   */
  async ask(method, path, body, { asked = false } = {}) {
    const answer = await this.#try(method, path, body);
    if (isFailure(answer.status)) {
      await this.#known.learnReach(false, answer.body.error?.code ?? "other");
      if (!asked) await this.#failed();
      return answer;
    }
    await this.#session.remove("failures");
    if (answer.ok && path === "today") await this.#known.learnToday(answer.body);
    else await this.#known.learnReach(true);
    if (answer.ok && path === "pause") await this.#known.learnPause(answer.body);
    if (answer.ok && path === "networks") await this.#known.learnNetworks(answer.body.networks);
    return answer;
  }

  async #try(method, path, body) {
    try {
      const answer = await this.#pipe.request(method, path, body);
      return { ...answer, ok: answer.status >= 200 && answer.status < 300 };
    } catch ({ code, message }) {
      return { ok: false, status: 503, body: { error: { code, message } } };
    }
  }

  #isRipe({ kind, at }) {
    const age = this.#now() - at;
    return kind !== "interaction" || age < 0 || age >= HOLD;
  }

  async #sendAll(ripe) {
    let most = BATCH;
    while (!(await this.#mustWait())) {
      const events = await this.#queue.batch({ events: most, ripe });
      if (events.length === 0) return;
      const { ok, status, body } = await this.ask("POST", "events", {
        source: this.#source,
        events,
      });
      if (ok) {
        await this.#acknowledged(events, body);
        most = BATCH;
      } else if (isRefused(status)) {
        // A batch refused as a whole hides one event that can't be sent: halve until it is alone.
        if (events.length === 1) await this.#letGo(events);
        most = Math.max(1, Math.floor(events.length / 2));
      } else {
        return;
      }
    }
  }

  async #acknowledged(events, { stored = [], rejected = [], today }) {
    const answered = new Set([
      ...stored,
      ...rejected.map(({ id, index }) => id ?? events[index]?.id),
    ]);
    const sent = events.filter(({ id }) => answered.has(id));
    await this.#queue.settle(sent);
    if (today) await this.#known.learnToday(today);
    if (rejected.some(({ code }) => code === "paused")) await this.ask("GET", "pause");
    if (rejected.some((one) => this.#isNews(one, events))) await this.ask("GET", "networks");
    const wrong = rejected.filter(({ code }) => !MEANT.has(code));
    if (wrong.length > 0) await this.#known.countRefused(wrong.length);
    // An answer that speaks of none of them would be asked for ever.
    if (sent.length === 0) await this.#failed();
  }

  /** Whether a refusal tells of a network that was switched off without our knowing. */
  #isNews({ code, index }, events) {
    return code === "not_counted" && !this.#known.uncounted.includes(events[index]?.network);
  }

  async #letGo(events) {
    await this.#queue.settle(events);
    await this.#known.countRefused(events.length);
  }

  async #mustWait() {
    const { failures } = await this.#session.get("failures");
    return Boolean(failures) && this.#now() < failures.until;
  }

  async #failed() {
    const { failures } = await this.#session.get("failures");
    const count = (failures?.count ?? 0) + 1;
    const wait = waitAfter(count);
    await this.#session.set({ failures: { count, until: this.#now() + wait } });
    // The beat's alarm comes every 15 s and tries again; only a shorter wait needs its own timer.
    if (wait < BEAT) setTimeout(() => this.send(), wait + 20);
  }
}
