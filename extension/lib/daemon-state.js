/**
 * What the daemon last said, kept so that the popup and the badge can show something at once:
 * `today` and when it came (`today_at`), `reach` ({ok, code}, how the last request ended), `pause`
 * ({paused, until, asked_at}), the `tags` of followed chats and when they came (`tags_at`),
 * `uncounted`, the networks that the user switched off in plnd, and `refused`, the number of
 * events that the daemon refused.
 */
import { badgeOf } from "./badge.js";
import { api } from "./browser.js";
import { formatDuration, formatTime, text } from "./i18n.js";
import { followedTag } from "./tags.js";

const KEY = "known";

/** How long the followed tags count as fresh, in milliseconds. */
const TAGS_LIFETIME = 5 * 60_000;

export class DaemonState {
  #now;
  #values = {
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
    const state = new DaemonState();
    state.#now = now;
    const stored = await api.storage.local.get(KEY);
    state.#values = { ...state.#values, ...stored[KEY] };
    await state.#showBadge();
    return state;
  }

  get values() {
    return this.#values;
  }

  /** Whether the user has paused plnd; a pause with an end is over at that moment. */
  get isPaused() {
    const { pause } = this.#values;
    return Boolean(pause?.paused) && !(pause.until !== null && this.#now() >= pause.until);
  }

  setToday(today) {
    return this.#update({ today, today_at: this.#now(), reach: { ok: true, code: null } });
  }

  /** The hashtags of followed chats, `[{network, tag}]`. */
  get tags() {
    return this.#values.tags;
  }

  /**
   * Whether to ask for the tags again: when the next chat's tag is missing, or when they are old.
   * Only after today was heard again, so that an idle extension asks for nothing.
   */
  get areTagsStale() {
    const { tags, tags_at: at, today, today_at: todayAt } = this.#values;
    if (todayAt === null || (at !== null && todayAt <= at)) return false;
    const next = today.next_chat;
    const isNew = Boolean(next) && followedTag(tags, next.network, next.tag) === null;
    return isNew || at === null || this.#now() - at >= TAGS_LIFETIME;
  }

  setTags(tags) {
    return this.#update({ tags, tags_at: this.#now() });
  }

  /** The ids of the networks of which the daemon records nothing. */
  get uncountedNetworks() {
    return this.#values.uncounted;
  }

  setNetworks(networks) {
    const uncounted = networks.filter(({ counted }) => counted === false).map(({ id }) => id);
    return this.#update({ uncounted });
  }

  setReach(ok, code = null) {
    return this.#update({ reach: { ok, code } });
  }

  setPause({ paused, until = null }) {
    return this.#update({ pause: { paused, until, asked_at: this.#now() } });
  }

  addRefused(count) {
    return this.#update({ refused: this.#values.refused + count });
  }

  async #update(values) {
    this.#values = { ...this.#values, ...values };
    await api.storage.local.set({ [KEY]: this.#values });
    await this.#showBadge();
  }

  async #showBadge() {
    const values = { ...this.#values, pause: this.isPaused ? this.#values.pause : null };
    const { text: label, colour, title, seconds } = badgeOf(values);
    const amount = seconds === null ? formatTime(values.pause?.until) : formatDuration(seconds);
    await Promise.all([
      // Numbers and signs are the same in every language; "over" is the only word.
      api.action.setBadgeText({ text: label === "over" ? text("badge_word_over") : label }),
      api.action.setBadgeBackgroundColor({ color: colour }),
      api.action.setBadgeTextColor({ color: "#ffffff" }),
      api.action.setTitle({ title: text(title, amount) }),
    ]);
  }
}
