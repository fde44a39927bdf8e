/** Recognises interactions in the browser's requests and keeps those that succeeded. */
import { api } from "./browser.js";
import { HOLD, sameAs, sameness, takenBack, withAct } from "./deduplication.js";
import { readBody } from "./recognise.js";
import { Line } from "./serial-queue.js";
import { tagOfBody } from "./tags.js";
import { uuid7 } from "./uuid.js";

/** A request that has not ended after this long is forgotten, in milliseconds. */
const FORGET = 10 * 60_000;

export class Acts {
  #catalogue;
  #queue;
  #courier;
  #known;
  #session;
  #line = new Line();
  /** The requests that have begun and not ended: this life's at once, an earlier life's when read. */
  #ids = new Set();
  #areRead = false;

  constructor({ catalogue, queue, courier, known, session }) {
    this.#catalogue = catalogue;
    this.#queue = queue;
    this.#courier = courier;
    this.#known = known;
    this.#session = session;
  }

  /** A request begins. Its body is looked at here, if a rule fits, and kept nowhere. */
  async begin(request) {
    const { requestId, method, url, tabId, timeStamp, incognito, requestBody } = request;
    if (this.#ids.has(requestId)) return; // the rules of two networks may let the same through
    if (incognito || this.#known.paused || !this.#catalogue.mayAct(method, url)) return;
    const body = readBody(requestBody);
    const act = this.#catalogue.recogniseRequest(method, url, body);
    if (!act || !this.#catalogue.counts(act)) return;
    this.#ids.add(requestId);
    const same = sameness(request, act, body);
    const tag = tagOfBody(this.#known.tags, act, body);
    await this.#line.run(async () => {
      const at = Math.floor(timeStamp);
      const { network, action, of, own_handle: own } = act;
      const handle = await this.#handleOn(tabId, network);
      const begun = await this.#begun(at);
      // The id is made now: an end that is heard twice is one event.
      const event = { id: uuid7(at), kind: "interaction", network, action, handle, tag, at };
      begun[requestId] = { event, of, own, tabId, key: await hashOf(same), at };
      await this.#session.set({ begun });
    });
  }

  /** A request got its answer: a redirect or a success counts, anything else does not. */
  async finish({ requestId, statusCode }) {
    const entry = await this.#take(requestId);
    if (!entry || statusCode < 200 || statusCode >= 400) return;
    await this.#line.run(() =>
      entry.event.action === "undo" ? this.#undo(entry) : this.#keep(entry),
    );
  }

  /**
   * A request was sent on. That is its answer, as where it leads nobody may listen, unless it goes
   * there as it is and is an act there too.
   */
  async redirect({ requestId, statusCode, method, redirectUrl }) {
    const isSame = statusCode === 307 || statusCode === 308;
    if (isSame && this.#catalogue.mayAct(method, redirectUrl)) return;
    await this.finish({ requestId, statusCode });
  }

  /** A request got no answer. */
  async fail({ requestId }) {
    await this.#take(requestId);
  }

  async #keep({ event, own, tabId, key }) {
    const { done = [] } = await this.#session.get("done");
    const { id, network, action, at } = event;
    const act = { id, key, network, action, tabId, at };
    if (!sameAs(done, act)) {
      await this.#queue.put(event);
      setTimeout(() => this.#courier.send(), HOLD);
    }
    await this.#session.set({ done: withAct(done, act) });
    if (own) this.#sayOwn({ network, handle: own });
  }

  /** Under which handle the user posts: the daemon may suggest that profile. Said once a session. */
  async #sayOwn(profile) {
    const { said_own: said = [] } = await this.#session.get("said_own");
    const name = `${profile.network}:${profile.handle}`;
    if (said.includes(name)) return;
    const { ok } = await this.#courier.ask("POST", "suggestions/profiles", profile);
    if (ok) await this.#session.set({ said_own: [...said, name] });
  }

  /** What waits to be sent is let go; what was sent stays: a mail once posted can't be fetched. */
  async #undo({ event, of, tabId }) {
    const { done = [] } = await this.#session.get("done");
    const back = takenBack(done, { of, network: event.network, tabId, at: event.at });
    if (!back) return;
    await this.#queue.remove(back.id);
    await this.#session.set({ done: done.filter((one) => one !== back) });
  }

  /** The entry of a request that ended; nearly all requests have none, and cost nothing here. */
  async #take(requestId) {
    if (this.#areRead && !this.#ids.has(requestId)) return undefined;
    return this.#line.run(async () => {
      const { [requestId]: entry, ...begun } = await this.#begun();
      if (entry) await this.#session.set({ begun });
      // Added to, never replaced: one that has begun meanwhile is not in the storage yet.
      if (!this.#areRead) for (const id of Object.keys(begun)) this.#ids.add(id);
      this.#areRead = true;
      this.#ids.delete(requestId);
      return entry;
    });
  }

  /** The requests that have begun; in session storage, as the worker may stop before they end. */
  async #begun(now = null) {
    const { begun = {} } = await this.#session.get("begun");
    if (now === null) return begun;
    return Object.fromEntries(Object.entries(begun).filter(([, { at }]) => now - at < FORGET));
  }

  /** The handle of the page that the tab shows; null for a worker's request (tab -1). */
  async #handleOn(tabId, network) {
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
