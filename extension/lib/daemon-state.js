/**
 * What was last heard from the daemon, kept so that the popup and the badge have something to
 * show at once: `today` and when it was heard (`today_at`), `reach` ({ok, code}), `pause`
 * ({paused, until, asked_at}), `tags` of followed chats and when they were heard (`tags_at`),
 * `uncounted`, the networks that the user switched off there, and `refused`, the number of
 * events that it would not take.
 */
import { badgeOf } from "./badge.js";
import { api } from "./browser.js";
import { duration, text, timeOfDay } from "./i18n.js";
import { followedTag } from "./tags.js";

const KEY = "known";
const TAGS_CHECK = 5 * 60_000;

export class Known {
  #now;
  #facts = {
    today: null,
    today_at: null,
    reach: null,
    pause: null,
    refused: 0,
    tags: [],
    tags_at: null,
    uncounted: [],
  };

  static async load(now = Date.now) {
    const known = new Known();
    known.#now = now;
    const stored = await api.storage.local.get(KEY);
    known.#facts = { ...known.#facts, ...stored[KEY] };
    await known.#show();
    return known;
  }

  get facts() {
    return this.#facts;
  }

  /** Whether the user has paused plnd; a pause with an end is over when its time has come. */
  get paused() {
    const { pause } = this.#facts;
    return Boolean(pause?.paused) && !(pause.until !== null && this.#now() >= pause.until);
  }

  learnToday(today) {
    return this.#learn({ today, today_at: this.#now(), reach: { ok: true, code: null } });
  }

  /** The hashtags of followed chats, `[{network, tag}]`. */
  get tags() {
    return this.#facts.tags;
  }

  /**
   * Whether to ask for them anew: when a chat is next that is not among them, or after a while,
   * but only once something else was heard since: nothing is asked for its own sake.
   */
  get tagsDue() {
    const { tags, tags_at: at, today, today_at: heard } = this.#facts;
    if (heard === null || (at !== null && heard <= at)) return false;
    const next = today.next_chat;
    const isNew = Boolean(next) && followedTag(tags, next.network, next.tag) === null;
    return isNew || at === null || this.#now() - at >= TAGS_CHECK;
  }

  learnTags(tags) {
    return this.#learn({ tags, tags_at: this.#now() });
  }

  /** The ids of the networks of which the daemon records nothing. */
  get uncounted() {
    return this.#facts.uncounted;
  }

  learnNetworks(networks) {
    const off = networks.filter(({ counted }) => counted === false);
    return this.#learn({ uncounted: off.map(({ id }) => id) });
  }

  learnReach(ok, code = null) {
    return this.#learn({ reach: { ok, code } });
  }

  learnPause({ paused, until = null }) {
    return this.#learn({ pause: { paused, until, asked_at: this.#now() } });
  }

  countRefused(number) {
    return this.#learn({ refused: this.#facts.refused + number });
  }

  async #learn(facts) {
    this.#facts = { ...this.#facts, ...facts };
    await api.storage.local.set({ [KEY]: this.#facts });
    await this.#show();
  }

  async #show() {
    const facts = { ...this.#facts, pause: this.paused ? this.#facts.pause : null };
    const { text: label, colour, title, seconds } = badgeOf(facts);
    const amount = seconds === null ? timeOfDay(facts.pause?.until) : duration(seconds);
    await Promise.all([
      // Figures and signs are the same everywhere; "over" is the one word among them.
      api.action.setBadgeText({ text: label === "over" ? text("badge_word_over") : label }),
      api.action.setBadgeBackgroundColor({ color: colour }),
      api.action.setBadgeTextColor({ color: "#ffffff" }),
      api.action.setTitle({ title: text(title, amount) }),
    ]);
  }
}
