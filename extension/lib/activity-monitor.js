/** Looks at what is in front of the user and keeps the visits that follow from it. */
import { api } from "./browser.js";
import { Line } from "./serial-queue.js";
import { IDLE_SECONDS, IDLE_SECONDS_WITH_SOUND, LOOK, step } from "./spans.js";
import { followedTag } from "./tags.js";
import { uuid7 } from "./uuid.js";

const NOTHING = { page: null, idle: "active", listening: false };

export class Watch {
  #catalogue;
  #queue;
  #courier;
  #known;
  #session;
  #now;
  #line = new Line();
  #waiting = null;
  #timer = null;

  constructor({ catalogue, queue, courier, known, session, now = Date.now }) {
    this.#catalogue = catalogue;
    this.#queue = queue;
    this.#courier = courier;
    this.#known = known;
    this.#session = session;
    this.#now = now;
  }

  /** One look, after the one that is going on; a look that waits already is enough for all. */
  look() {
    this.#waiting ??= this.#line.run(() => {
      this.#waiting = null;
      return this.#lookNow();
    });
    return this.#waiting;
  }

  /** Ends the open visit now, as if the user had turned away. */
  leave() {
    return this.#line.run(() => this.#lookNow(NOTHING));
  }

  async #lookNow(given = null) {
    const now = this.#now();
    const seen = given ?? (this.#known.paused ? NOTHING : await this.#see());
    // Session storage: a stopped worker finds its span again; after the browser is gone, what
    // the queue holds of it is all that is sure.
    const { open = null } = await this.#session.get("open");
    const next = step(open, seen, now, uuid7);
    for (const visit of next.visits) await this.#queue.put(visit);
    await this.#session.set({ open: next.open });
    if (next.visits.length > 0) this.#courier.send();
    // With nobody there, the browser says when somebody comes back.
    this.#lookAgain(seen.page !== null && (seen.idle === "active" || seen.listening));
  }

  /** The page in front and whether somebody is there. */
  async #see() {
    const tab = await this.frontTab({ focused: true });
    const found = tab?.url ? this.#catalogue.recognisePage(tab.url) : null;
    // Of a tag only that the user follows it; any other is nobody's business.
    const page = found && {
      ...found,
      tag: followedTag(this.#known.tags, found.network, found.tag),
    };
    const idle = await api.idle.queryState(IDLE_SECONDS);
    const listening =
      idle === "idle" &&
      tab?.audible === true &&
      (await api.idle.queryState(IDLE_SECONDS_WITH_SOUND)) === "active";
    return { page, idle, listening };
  }

  /**
   * The active tab of the window used last, or null. Whether that window has the focus now is
   * asked, not remembered: focus events get lost on X11.
   */
  async frontTab({ focused }) {
    try {
      const front = await api.windows.getLastFocused();
      // A window that was put away is in front of nobody; some desktops leave it the focus.
      const inFront = front.focused && front.state !== "minimized";
      if (front.incognito || (focused && !inFront)) return null;
      const [tab] = await api.tabs.query({ active: true, windowId: front.id });
      return tab && !tab.incognito ? tab : null;
    } catch {
      return null; // no window is open, or it closed between the two questions
    }
  }

  /** Between the beats of the alarms, only while there is something and somebody to lose sight of. */
  #lookAgain(needed) {
    clearTimeout(this.#timer);
    this.#timer = needed ? setTimeout(() => this.look(), LOOK) : null;
  }
}
