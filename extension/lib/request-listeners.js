/**
 * Hears the requests that may be acts. Every network has a slot: listeners of its own, which the
 * browser calls only at addresses where one of its rules can fit. The networks that are the
 * user's own files share one for the writes at all addresses, as nobody knew theirs.
 *
 * When the worker starts, all slots are taken, at once and in the same order as ever: the browser
 * numbers the listeners of a life, and what wakes the worker goes to the one of the number that was
 * there in the life before. Which networks the user picked is known a moment later. Then the
 * others' slots are let go: every address of every site is compared with all that is taken.
 */

import { api } from "./browser.js";
import { hostIn } from "./recognise.js";
import { Line } from "./serial-queue.js";
import { ADDRESSES, GET_NETWORKS } from "./url-filters.js";

/** Kinds of request that can carry an act; images, styles and the like can't. */
const TYPES = ["main_frame", "sub_frame", "xmlhttprequest", "ping", "beacon", "other"];

/** A vote by a plain GET may well be sent as a picture. */
const GET_TYPES = [...TYPES, "image"];

/**
 * What is told of a request, by whom, and with what beyond its address. The status is the answer:
 * what comes after it may be broken off, as by a page that wanted a picture and gets another page.
 */
const EVENTS = [
  ["begin", "onBeforeRequest", ["requestBody"]],
  ["redirect", "onBeforeRedirect"],
  ["finish", "onResponseStarted"],
  ["fail", "onErrorOccurred"],
];

/** The slot of the user's own files, and the one for those among them that have acts by GET. */
const OWN = "own files";
const OWN_GETS = "own files, GETs";

/** Where each slot listens when it is taken. Those of own GETs are known when the files are. */
const PLACES = { ...ADDRESSES, [OWN]: ["https://*/*"], [OWN_GETS]: [] };

export class Slots {
  #ready;
  #slots = new Map();
  #line = new Line();

  /** @param {Promise<{acts: Acts, catalogue: Catalogue}>} ready */
  constructor(ready) {
    this.#ready = ready;
    for (const [id, urls] of Object.entries(PLACES)) {
      const slot = new Slot(ready, methodsOf(id));
      slot.listenAt(urls);
      this.#slots.set(id, slot);
    }
  }

  /**
   * Leaves the slots that are taken to those networks of which the user lets the extension see a
   * host. With `anew` these listen anew: a listener that is older than a permission may be deaf
   * to its hosts.
   */
  fit({ anew = false } = {}) {
    return this.#line.run(async () => {
      const { catalogue } = await this.#ready;
      const { origins } = await api.permissions.getAll();
      const places = placesOf(catalogue.networks.filter((network) => isSeen(network, origins)));
      for (const [id, slot] of this.#slots) {
        if (anew) slot.listenAt([]);
        slot.listenAt(places[id] ?? []);
      }
    });
  }
}

/** Where the slots of these networks listen, by slot. */
function placesOf(networks) {
  const own = networks.filter((network) => network.is_own);
  const shipped = networks.filter((network) => !network.is_own);
  const places = Object.fromEntries(shipped.map(({ id }) => [id, PLACES[id]]));
  if (own.length > 0) places[OWN] = PLACES[OWN];
  const withGets = own.filter(({ interactions }) => interactions.some(isGet));
  const hosts = new Set(withGets.flatMap((network) => network.write_hosts));
  places[OWN_GETS] = [...hosts].map((host) => `https://${host}/*`);
  return places;
}

/** Whether a host of the network, or some of those that a star stands for, may be seen. */
function isSeen({ hosts, write_hosts: more }, origins) {
  const granted = origins.map((origin) => origin.split("/")[2] ?? "*");
  return [...hosts, ...more].some((host) => granted.some((one) => meet(host, one)));
}

function meet(host, granted) {
  const bare = (name) => name.replace(/^\*\./, "");
  return granted === "*" || hostIn(bare(host), [granted]) || hostIn(bare(granted), [host]);
}

const isGet = ({ method }) => method === "GET";
const isWrite = ({ method }) => !["GET", "HEAD", "OPTIONS"].includes(method);

/** GETs are most of what a page asks for: they are heard only where one can be an act. */
function methodsOf(id) {
  if (id === OWN_GETS) return { isWanted: isGet, kinds: GET_TYPES };
  if (!GET_NETWORKS.includes(id)) return { isWanted: isWrite, kinds: TYPES };
  return { isWanted: (request) => isGet(request) || isWrite(request), kinds: GET_TYPES };
}

class Slot {
  #hearers;
  #kinds;
  #urls = [];

  /**
   * Removing a listener asks for the very function that was added: made once, here. The promise is
   * given back: Firefox does not stop an event page that still works on one.
   */
  constructor(ready, { isWanted, kinds }) {
    this.#kinds = kinds;
    this.#hearers = EVENTS.map(([name]) => (details) => {
      if (isWanted(details)) return ready.then(({ acts }) => acts[name](details));
    });
  }

  /** Listens at these addresses, and at no others any more. */
  listenAt(urls) {
    if (String(urls) === String(this.#urls)) return;
    const known = Object.values(api.webRequest.ResourceType);
    const filter = { urls, types: this.#kinds.filter((kind) => known.includes(kind)) };
    for (const [index, [, event, ...more]] of EVENTS.entries()) {
      if (this.#urls.length > 0) api.webRequest[event].removeListener(this.#hearers[index]);
      if (urls.length > 0) api.webRequest[event].addListener(this.#hearers[index], filter, ...more);
    }
    this.#urls = urls;
  }
}
