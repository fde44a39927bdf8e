/** Observes which page is in front of the user and queues the visits that follow from it. */
import { api } from "./browser.js";
import { SerialQueue } from "./serial-queue.js";
import { applyObservation, IDLE_SECONDS, IDLE_SECONDS_WITH_SOUND, POLL_INTERVAL } from "./spans.js";
import { followedTag } from "./tags.js";
import { uuid7 } from "./uuid.js";

const NO_PAGE = { page: null, idle: "active", listening: false };

export class ActivityMonitor {
  #catalogue;
  #queue;
  #sender;
  #state;
  #session;
  #now;
  #tasks = new SerialQueue();
  #nextPoll = null;
  #timer = null;

  constructor({ catalogue, queue, sender, state, session, now = Date.now }) {
    this.#catalogue = catalogue;
    this.#queue = queue;
    this.#sender = sender;
    this.#state = state;
    this.#session = session;
    this.#now = now;
  }

  /** Polls after the poll in progress; calls in the meantime share one further poll. */
  poll() {
    this.#nextPoll ??= this.#tasks.run(async () => {
      this.#nextPoll = null;
      await this.#record();
    });
    return this.#nextPoll;
  }

  /** Ends the open visit now, as if the user had left the page. */
  endVisit() {
    return this.#tasks.run(() => this.#record(NO_PAGE));
  }

  async #record(given = null) {
    const now = this.#now();
    const observation = given ?? (this.#state.isPaused ? NO_PAGE : await this.#observe());
    // In session storage a restarted worker finds its open span; when the browser has been closed,
    // only what the queue holds of it is certain.
    const { open = null } = await this.#session.get("open");
    const next = applyObservation(open, observation, now, uuid7);
    for (const visit of next.visits) await this.#queue.put(visit);
    await this.#session.set({ open: next.open });
    if (next.visits.length > 0) this.#sender.send();
    const { page, idle, listening } = observation;
    // When nobody is there, the browser's idle event tells of their return.
    this.#scheduleNext(page !== null && (idle === "active" || listening));
  }

  /** The page in front and whether the user is there, as spans.js takes it. */
  async #observe() {
    const tab = await this.getFrontTab({ focused: true });
    const recognised = tab?.url ? this.#catalogue.recognisePage(tab.url) : null;
    // A tag is recorded only if the user follows it; any other is private.
    const page = recognised && {
      ...recognised,
      tag: followedTag(this.#state.tags, recognised.network, recognised.tag),
    };
    const idle = await api.idle.queryState(IDLE_SECONDS);
    const listening =
      idle === "idle" &&
      tab?.audible === true &&
      (await api.idle.queryState(IDLE_SECONDS_WITH_SOUND)) === "active";
    return { page, idle, listening };
  }

  /**
   * The active tab of the window used last, or null; with `focused` only if that window has the
   * focus. The focus is queried each time, because X11 loses focus events.
   */
  async getFrontTab({ focused }) {
    try {
      const front = await api.windows.getLastFocused();
      // Some desktops leave the focus to a window that was minimized.
      const hasFocus = front.focused && front.state !== "minimized";
      if (front.incognito || (focused && !hasFocus)) return null;
      const [tab] = await api.tabs.query({ active: true, windowId: front.id });
      return tab && !tab.incognito ? tab : null;
    } catch {
      return null; // no window is open, or it closed between the two queries
    }
  }

  /** Polls between the alarms, but only while a page is in front of somebody. */
  #scheduleNext(isNeeded) {
    clearTimeout(this.#timer);
    this.#timer = isNeeded ? setTimeout(() => this.poll(), POLL_INTERVAL) : null;
  }
}
