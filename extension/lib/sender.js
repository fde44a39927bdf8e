/** Sends queued events to the daemon, and stores in the daemon's state what it answers. */
import { SEND_DELAY } from "./deduplication.js";
import { BATCH_EVENTS } from "./event-queue.js";
import { HEARTBEAT } from "./spans.js";

// All in milliseconds.
const FIRST_BACKOFF = 1000;
const LONGEST_BACKOFF = 5 * 60_000;
const PAUSE_INTERVAL = 60_000;
const TODAY_INTERVAL = 60 * 60_000;
const REPORT_INTERVAL = 60 * 60_000;

/** How long to wait after so many failures in a row, in milliseconds. */
export function backoffDelay(failures) {
  return Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (failures - 1));
}

/** The daemon says that this request is wrong: sending the same again is no use. */
const isRefused = (status) => [400, 413, 422].includes(status);

/** The codes of events that the daemon rejects because the user wants it so. */
const INTENDED_REJECTIONS = new Set(["paused", "not_counted", "forgotten"]);

/** The request itself is right: it may succeed later. */
const isFailure = (status) => status >= 500 || [401, 403, 408, 421, 429].includes(status);

export class Sender {
  #queue;
  #port;
  #state;
  #session;
  #source;
  #getNetworks;
  #now;
  #isWanted = false;
  #isAllWanted = false;
  #sending = null;

  /**
   * @param {object} options
   * @param {EventQueue} options.queue
   * @param {NativePort} options.port
   * @param {DaemonState} options.state
   * @param {object} options.session a storage area that outlives the worker
   * @param {object} options.source the `source` of all events
   * @param {() => Promise<string[]>} options.getNetworks the ids of the networks that the user picked
   */
  constructor({ queue, port, state, session, source, getNetworks, now = Date.now }) {
    this.#queue = queue;
    this.#port = port;
    this.#state = state;
    this.#session = session;
    this.#source = source;
    this.#getNetworks = getNetworks;
    this.#now = now;
  }

  /**
   * Sends the queued events, unless an earlier failure requires a wait. Recent interactions stay
   * in the queue, as the user may undo them; with `all` they are sent at once. Resolves after the
   * attempt.
   */
  send({ all = false } = {}) {
    this.#isWanted = true;
    this.#isAllWanted ||= all;
    this.#sending ??= this.#sendWhileWanted();
    return this.#sending;
  }

  async #sendWhileWanted() {
    try {
      // Called again in the meantime: the newest event may have missed the batch.
      while (this.#isWanted) {
        const isReady = this.#isAllWanted ? () => true : (event) => this.#isReady(event);
        this.#isWanted = this.#isAllWanted = false;
        await this.#sendAll(isReady);
      }
    } finally {
      this.#sending = null;
    }
  }

  /** Does what is due without an event: asks for pause, today and tags, reports, and sends. */
  async runPeriodicTasks() {
    const { pause, today_at: todayAt } = this.#state.values;
    if (await this.#isBackingOff()) return;
    if (
      pause?.paused &&
      (!this.#state.isPaused || this.#now() - pause.asked_at >= PAUSE_INTERVAL)
    ) {
      await this.request("GET", "pause");
    }
    const isUnreachable = this.#state.values.reach?.ok === false;
    if (isUnreachable || this.#now() - (todayAt ?? 0) >= TODAY_INTERVAL)
      await this.request("GET", "today");
    await this.#reportIfDue();
    await this.send();
    if (this.#state.areTagsStale && this.#state.values.reach?.ok) await this.#refreshTags();
  }

  /** Asks for the followed hashtags. After a failure the present ones stay until the next time. */
  async #refreshTags() {
    const { ok, body } = await this.#tryRequest("GET", "tags");
    await this.#state.setTags(ok ? body.tags : this.#state.tags);
  }

  /** The user changed which networks the extension may see: reports it to the daemon at once. */
  async reportPermissions() {
    await this.#session.remove("reported_at");
    await this.runPeriodicTasks();
  }

  /** Reports that the extension runs and what it may see, at each browser start and hourly. */
  async #reportIfDue() {
    const { reported_at: reportedAt } = await this.#session.get("reported_at");
    const age = this.#now() - (reportedAt ?? 0);
    if ((age >= 0 && age < REPORT_INTERVAL) || (await this.#isBackingOff())) return;
    const { profile, ...source } = this.#source;
    const report = { ...source, networks: await this.#getNetworks() };
    const { status } = await this.request("PUT", `sources/${profile}`, report);
    if (!isFailure(status)) await this.#session.set({ reported_at: this.#now() });
  }

  /**
   * Sends one request to the daemon's API and stores what the answer says. A failure delays the
   * next attempt, but not if it is `userInitiated`, that is, if the user waits for the answer.
   * @returns {Promise<{ok: boolean, status: number, body: object}>} never rejects
   */
  async request(method, path, body, { userInitiated = false } = {}) {
    const answer = await this.#tryRequest(method, path, body);
    if (isFailure(answer.status)) {
      await this.#state.setReach(false, answer.body.error?.code ?? "other");
      if (!userInitiated) await this.#backOff();
      return answer;
    }
    await this.#session.remove("failures");
    if (answer.ok && path === "today") await this.#state.setToday(answer.body);
    else await this.#state.setReach(true);
    if (answer.ok && path === "pause") await this.#state.setPause(answer.body);
    if (answer.ok && path === "networks") await this.#state.setNetworks(answer.body.networks);
    return answer;
  }

  async #tryRequest(method, path, body) {
    try {
      const answer = await this.#port.request(method, path, body);
      return { ...answer, ok: answer.status >= 200 && answer.status < 300 };
    } catch ({ code, message }) {
      return { ok: false, status: 503, body: { error: { code, message } } };
    }
  }

  /** Whether an event may be sent: a visit always, an interaction when it can't be undone. */
  #isReady({ kind, at }) {
    const age = this.#now() - at;
    return kind !== "interaction" || age < 0 || age >= SEND_DELAY;
  }

  async #sendAll(isReady) {
    let most = BATCH_EVENTS;
    while (!(await this.#isBackingOff())) {
      const events = await this.#queue.batch({ events: most, isReady });
      if (events.length === 0) return;
      const batch = { source: this.#source, events };
      const { ok, status, body } = await this.request("POST", "events", batch);
      if (ok) {
        await this.#acknowledge(events, body);
        most = BATCH_EVENTS;
      } else if (isRefused(status)) {
        // One bad event makes the daemon refuse the batch: halve it until that one is alone.
        if (events.length === 1) await this.#discard(events);
        most = Math.max(1, Math.floor(events.length / 2));
      } else {
        return;
      }
    }
  }

  async #acknowledge(events, { stored = [], rejected = [], today }) {
    const answered = new Set([
      ...stored,
      ...rejected.map(({ id, index }) => id ?? events[index]?.id),
    ]);
    const sent = events.filter(({ id }) => answered.has(id));
    await this.#queue.acknowledge(sent);
    if (today) await this.#state.setToday(today);
    if (rejected.some(({ code }) => code === "paused")) await this.request("GET", "pause");
    if (rejected.some((one) => this.#isUnknownSwitch(one, events)))
      await this.request("GET", "networks");
    const refused = rejected.filter(({ code }) => !INTENDED_REJECTIONS.has(code));
    if (refused.length > 0) await this.#state.addRefused(refused.length);
    // An answer that names none of the events must not make this loop for ever.
    if (sent.length === 0) await this.#backOff();
  }

  /** Whether an event was rejected because its network was switched off unknown to us. */
  #isUnknownSwitch({ code, index }, events) {
    const { network } = events[index] ?? {};
    return code === "not_counted" && !this.#state.uncountedNetworks.includes(network);
  }

  async #discard(events) {
    await this.#queue.acknowledge(events);
    await this.#state.addRefused(events.length);
  }

  async #isBackingOff() {
    const { failures } = await this.#session.get("failures");
    return Boolean(failures) && this.#now() < failures.until;
  }

  async #backOff() {
    const { failures } = await this.#session.get("failures");
    const count = (failures?.count ?? 0) + 1;
    const delay = backoffDelay(count);
    await this.#session.set({ failures: { count, until: this.#now() + delay } });
    // The alarms retry every 15 s; only a shorter delay needs a timer of its own.
    if (delay < HEARTBEAT) setTimeout(() => this.send(), delay + 20);
  }
}
