/**
 * Listens to the requests that may be interactions. Each network has its own listeners, which the
 * browser calls only at addresses where one of its rules can fit. The user's own network files share
 * listeners at all addresses, as nobody could compute filters for them.
 *
 * When the worker starts, the listeners of all networks are added at once and in the same order
 * every time: Chromium numbers the listeners of a worker, and an event that wakes the worker goes
 * to the listener with the number that it had in the worker before. A moment later, when it is
 * known which networks the user picked, those of all others are removed, because the browser
 * compares every address of every site with each filter.
 */
import { api } from "./browser.js";
import { hostIn } from "./recognise.js";
import { SerialQueue } from "./serial-queue.js";
import { GET_NETWORKS, URL_FILTERS } from "./url-filters.js";

/** The types of request that can be an interaction; images, styles and the like can't. */
const TYPES = ["main_frame", "sub_frame", "xmlhttprequest", "ping", "beacon", "other"];

/** A page may send a vote by a plain GET as an image. */
const GET_TYPES = [...TYPES, "image"];

/**
 * The method of InteractionRecorder for each event of `webRequest`, and the event's extra options.
 * The status line counts as the answer: the browser may abort what follows it, for example when a
 * page asked for an image and gets another page.
 */
const EVENTS = [
  ["begin", "onBeforeRequest", ["requestBody"]],
  ["redirect", "onBeforeRedirect"],
  ["finish", "onResponseStarted"],
  ["fail", "onErrorOccurred"],
];

/** The keys of the own files' listeners: for writes, and for GETs where a rule needs them. */
const OWN = "own files";
const OWN_GETS = "own files, GETs";

/** The filters at the start, by key. Those of OWN_GETS depend on files that are read later. */
const INITIAL_FILTERS = { ...URL_FILTERS, [OWN]: ["https://*/*"], [OWN_GETS]: [] };

export class RequestListeners {
  #ready;
  #listeners = new Map();
  #tasks = new SerialQueue();

  /** @param {Promise<{recorder: InteractionRecorder, catalogue: Catalogue}>} ready */
  constructor(ready) {
    this.#ready = ready;
    for (const [key, urls] of Object.entries(INITIAL_FILTERS)) {
      const listeners = new NetworkListeners(ready, methodsOf(key));
      listeners.setUrls(urls);
      this.#listeners.set(key, listeners);
    }
  }

  /**
   * Keeps the listeners of the networks of which the extension may see a host, and removes all
   * others. With `reattach` they are removed and added again: a listener that is older than a
   * permission may not receive the requests of its hosts.
   */
  update({ reattach = false } = {}) {
    return this.#tasks.run(async () => {
      const { catalogue } = await this.#ready;
      const { origins } = await api.permissions.getAll();
      const networks = catalogue.networks.filter((network) => isGranted(network, origins));
      const filters = filtersOf(networks);
      for (const [key, listeners] of this.#listeners) {
        if (reattach) listeners.setUrls([]);
        listeners.setUrls(filters[key] ?? []);
      }
    });
  }
}

/** The filters for these networks, by key. */
function filtersOf(networks) {
  const own = networks.filter((network) => network.is_own);
  const shipped = networks.filter((network) => !network.is_own);
  const filters = Object.fromEntries(shipped.map(({ id }) => [id, INITIAL_FILTERS[id]]));
  if (own.length > 0) filters[OWN] = INITIAL_FILTERS[OWN];
  const withGets = own.filter(({ interactions }) => interactions.some(isGet));
  const hosts = new Set(withGets.flatMap((network) => network.write_hosts));
  filters[OWN_GETS] = [...hosts].map((host) => `https://${host}/*`);
  return filters;
}

/** Whether the extension may see a host of the network, or some of those that a star stands for. */
function isGranted({ hosts, write_hosts: writeHosts }, origins) {
  const granted = origins.map((origin) => origin.split("/")[2] ?? "*");
  return [...hosts, ...writeHosts].some((host) => granted.some((one) => overlaps(host, one)));
}

function overlaps(host, granted) {
  const withoutStar = (name) => name.replace(/^\*\./, "");
  return (
    granted === "*" || hostIn(withoutStar(host), [granted]) || hostIn(withoutStar(granted), [host])
  );
}

const isGet = ({ method }) => method === "GET";
const isWrite = ({ method }) => !["GET", "HEAD", "OPTIONS"].includes(method);

/** Most requests of a page are GETs: they are listened to only where one can be an interaction. */
function methodsOf(key) {
  if (key === OWN_GETS) return { isWanted: isGet, types: GET_TYPES };
  if (!GET_NETWORKS.includes(key)) return { isWanted: isWrite, types: TYPES };
  return { isWanted: (request) => isGet(request) || isWrite(request), types: GET_TYPES };
}

/** One listener for each of EVENTS, all with the same filter. */
class NetworkListeners {
  #callbacks;
  #types;
  #urls = [];

  /**
   * The callbacks are created once, as removing a listener needs the function that was added. They
   * return the promise: Firefox does not stop an event page while one is pending.
   */
  constructor(ready, { isWanted, types }) {
    this.#types = types;
    this.#callbacks = EVENTS.map(([method]) => (request) => {
      if (isWanted(request)) return ready.then(({ recorder }) => recorder[method](request));
    });
  }

  /** Listens at these addresses only; at none for an empty list. */
  setUrls(urls) {
    if (String(urls) === String(this.#urls)) return;
    const supported = Object.values(api.webRequest.ResourceType);
    const filter = { urls, types: this.#types.filter((type) => supported.includes(type)) };
    for (const [index, [, event, ...options]] of EVENTS.entries()) {
      const callback = this.#callbacks[index];
      if (this.#urls.length > 0) api.webRequest[event].removeListener(callback);
      if (urls.length > 0) api.webRequest[event].addListener(callback, filter, ...options);
    }
    this.#urls = urls;
  }
}
