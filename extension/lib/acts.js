/** Recognises interactions in the browser's requests and keeps those that succeeded. */
import { api } from "./browser.js";
import { Line } from "./line.js";
import { readBody } from "./recognise.js";
import { tagOfBody } from "./tags.js";
import { uuid7 } from "./uuid.js";

/** A request that has not ended after this long is forgotten, in milliseconds. */
const FORGET = 10 * 60_000;

/** Kinds of request that can carry an act; images, styles and the like can't. */
const TYPES = ["main_frame", "sub_frame", "xmlhttprequest", "ping", "beacon", "other"];

export class Acts {
  #catalogue;
  #queue;
  #courier;
  #known;
  #session;
  #line = new Line();

  constructor({ catalogue, queue, courier, known, session }) {
    this.#catalogue = catalogue;
    this.#queue = queue;
    this.#courier = courier;
    this.#known = known;
    this.#session = session;
  }

  /** A request begins. Its body is looked at here, if a rule asks for it, and kept nowhere. */
  async begin({ requestId, method, url, tabId, timeStamp, incognito, requestBody }) {
    if (incognito || this.#known.paused) return;
    const body = this.#catalogue.needsBody(method, url) ? readBody(requestBody) : null;
    const act = this.#catalogue.recogniseRequest(method, url, body);
    if (!act || act.action === "undo") return;
    const tag = tagOfBody(this.#known.tags, act, requestBody);
    await this.#line.run(async () => {
      const at = Math.floor(timeStamp);
      const handle = await this.#handleOn(tabId, act.network);
      // The id is made now: an end that is heard twice is one event.
      const event = { id: uuid7(at), kind: "interaction", network: act.network };
      const begun = await this.#begun(at);
      begun[requestId] = { ...event, action: act.action, handle, tag, at };
      await this.#session.set({ begun });
    });
  }

  /** A request got its answer: a redirect or a success counts, anything else does not. */
  async finish({ requestId, statusCode }) {
    const event = await this.#take(requestId);
    if (!event || statusCode < 200 || statusCode >= 400) return;
    await this.#queue.put(event);
    this.#courier.send();
  }

  /** A request got no answer. */
  async fail({ requestId }) {
    await this.#take(requestId);
  }

  #take(requestId) {
    return this.#line.run(async () => {
      const { [requestId]: event, ...begun } = await this.#begun();
      if (event) await this.#session.set({ begun });
      return event;
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

const isWrite = ({ method }) => !["GET", "HEAD", "OPTIONS"].includes(method);

/**
 * Makes the function that begins to listen; calling it again listens anew, as a listener that is
 * older than a permission stays deaf to its hosts. The hosts that the user granted are the gate,
 * not the filter.
 * @param {Promise<{acts: Acts}>} ready
 */
export function makeListen(ready) {
  // Removing a listener asks for the very function that was added: made once, here.
  const tell = (name) => (details) => {
    if (isWrite(details)) ready.then(({ acts }) => acts[name](details));
  };
  const [begin, finish, fail] = ["begin", "finish", "fail"].map(tell);
  return () => {
    const { onBeforeRequest, onCompleted, onErrorOccurred, ResourceType } = api.webRequest;
    const types = TYPES.filter((type) => Object.values(ResourceType).includes(type));
    const filter = { urls: ["https://*/*"], types };
    onBeforeRequest.removeListener(begin);
    onBeforeRequest.addListener(begin, filter, ["requestBody"]);
    onCompleted.removeListener(finish);
    onCompleted.addListener(finish, filter);
    onErrorOccurred.removeListener(fail);
    onErrorOccurred.addListener(fail, filter);
  };
}
