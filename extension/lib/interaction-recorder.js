/** Recognises interactions in the browser's requests and queues those that succeeded. */
import { api } from "./browser.js";
import {
  findDuplicate,
  findUndone,
  requestFingerprint,
  SEND_DELAY,
  withInteraction,
} from "./deduplication.js";
import { readBody } from "./recognise.js";
import { SerialQueue } from "./serial-queue.js";
import { followedTagInBody } from "./tags.js";
import { uuid7 } from "./uuid.js";

/** A request that has not ended after this long is dropped, in milliseconds. */
const REQUEST_LIFETIME = 10 * 60_000;

export class InteractionRecorder {
  #catalogue;
  #queue;
  #sender;
  #state;
  #session;
  #tasks = new SerialQueue();
  /** The ids of open requests that may be interactions; those of an earlier worker once loaded. */
  #openIds = new Set();
  #areLoaded = false;

  constructor({ catalogue, queue, sender, state, session }) {
    this.#catalogue = catalogue;
    this.#queue = queue;
    this.#sender = sender;
    this.#state = state;
    this.#session = session;
  }

  /** A request begins. Its body is read only if a rule fits, and never stored. */
  async begin(request) {
    const { requestId, method, url, tabId, timeStamp, incognito, requestBody } = request;
    if (this.#openIds.has(requestId)) return; // two networks' filters may match one request
    if (incognito || this.#state.isPaused) return;
    if (!this.#catalogue.mayBeInteraction(method, url)) return;
    const body = readBody(requestBody);
    const interaction = this.#catalogue.recogniseRequest(method, url, body);
    if (!interaction || !this.#catalogue.isCounted(interaction)) return;
    this.#openIds.add(requestId);
    const fingerprint = requestFingerprint(request, interaction, body);
    const tag = followedTagInBody(this.#state.tags, interaction, body);
    await this.#tasks.run(async () => {
      const at = Math.floor(timeStamp);
      const { network, action, of, own_handle: own } = interaction;
      const handle = await this.#handleInTab(tabId, network);
      const begun = await this.#loadOpen(at);
      // The id is created here, so that an end reported twice gives one event.
      const event = { id: uuid7(at), kind: "interaction", network, action, handle, tag, at };
      begun[requestId] = { event, of, own, tabId, key: await hashOf(fingerprint), at };
      await this.#session.set({ begun });
    });
  }

  /** A request was answered: only a success or a redirect makes it an interaction. */
  async finish({ requestId, statusCode }) {
    const entry = await this.#take(requestId);
    if (!entry || statusCode < 200 || statusCode >= 400) return;
    await this.#tasks.run(() =>
      entry.event.action === "undo" ? this.#undo(entry) : this.#record(entry),
    );
  }

  /**
   * A request was redirected. That counts as its answer, because nobody may listen at the target,
   * unless the browser repeats the same request there and it may be an interaction there too.
   */
  async redirect({ requestId, statusCode, method, redirectUrl }) {
    const isRepeated = statusCode === 307 || statusCode === 308;
    if (isRepeated && this.#catalogue.mayBeInteraction(method, redirectUrl)) return;
    await this.finish({ requestId, statusCode });
  }

  /** A request ended without an answer. */
  async fail({ requestId }) {
    await this.#take(requestId);
  }

  async #record({ event, own, tabId, key }) {
    const { done = [] } = await this.#session.get("done");
    const { id, network, action, at } = event;
    const interaction = { id, key, network, action, tabId, at };
    if (!findDuplicate(done, interaction)) {
      await this.#queue.put(event);
      setTimeout(() => this.#sender.send(), SEND_DELAY);
    }
    await this.#session.set({ done: withInteraction(done, interaction) });
    if (own) this.#suggestProfile({ network, handle: own });
  }

  /** Tells the daemon under which handle the user posts, once a session. */
  async #suggestProfile(profile) {
    const { said_own: suggested = [] } = await this.#session.get("said_own");
    const name = `${profile.network}:${profile.handle}`;
    if (suggested.includes(name)) return;
    const { ok } = await this.#sender.request("POST", "suggestions/profiles", profile);
    if (ok) await this.#session.set({ said_own: [...suggested, name] });
  }

  /** Removes the undone interaction from the queue; one that was sent stays counted. */
  async #undo({ event, of, tabId }) {
    const { done = [] } = await this.#session.get("done");
    const undone = findUndone(done, { of, network: event.network, tabId, at: event.at });
    if (!undone) return;
    await this.#queue.remove(undone.id);
    await this.#session.set({ done: done.filter((one) => one !== undone) });
  }

  /**
   * Removes and returns the entry of a request that ended; undefined if it is no interaction. Most
   * requests are none, and those cost no access to storage.
   */
  async #take(requestId) {
    if (this.#areLoaded && !this.#openIds.has(requestId)) return undefined;
    return this.#tasks.run(async () => {
      const { [requestId]: entry, ...begun } = await this.#loadOpen();
      if (entry) await this.#session.set({ begun });
      // Ids are added, never replaced: a request that began in the meantime is not stored yet.
      if (!this.#areLoaded) for (const id of Object.keys(begun)) this.#openIds.add(id);
      this.#areLoaded = true;
      this.#openIds.delete(requestId);
      return entry;
    });
  }

  /**
   * The open requests by id; with `now` without those that are too old. They are in session storage,
   * because the worker may stop before they end.
   */
  async #loadOpen(now = null) {
    const { begun = {} } = await this.#session.get("begun");
    if (now === null) return begun;
    const entries = Object.entries(begun);
    return Object.fromEntries(entries.filter(([, { at }]) => now - at < REQUEST_LIFETIME));
  }

  /** The handle of the page in the tab; null for the request of a service worker (tab -1). */
  async #handleInTab(tabId, network) {
    if (tabId < 0) return null;
    const tab = await api.tabs.get(tabId).catch(() => null);
    const page = tab?.url ? this.#catalogue.recognisePage(tab.url) : null;
    return page?.network === network ? page.handle : null;
  }
}

async function hashOf(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes, 0, 16)].map((one) => one.toString(16).padStart(2, "0")).join("");
}
