/**
 * Reads the page of a profile that the daemon asks for (the user's own, and people), once a visit
 * and day: its main region goes to the daemon, which looks for dates and drops it. Nothing of
 * it is kept here. Other pages are never read.
 */
import { api } from "./browser.js";
import { Line } from "./serial-queue.js";

/** The daemon takes no larger page. */
export const MOST_BYTES = 2 * 1024 * 1024;

/** A page or a daemon that is not ready yet may be a moment later; not for ever. */
const MOST_TRIES = 3;

/** The first wait for that, in milliseconds; the second is four times as long. */
export const AGAIN = 2000;

const KEY = "pages_read";

export class PageReader {
  #catalogue;
  #courier;
  #known;
  #watch;
  #local;
  #now;
  #line = new Line();
  /** The address in front that was dealt with, so that one visit is one reading. */
  #dealtWith = null;
  #tries = { visit: null, count: 0 };

  constructor({ catalogue, courier, known, watch, local, now = Date.now }) {
    this.#catalogue = catalogue;
    this.#courier = courier;
    this.#known = known;
    this.#watch = watch;
    this.#local = local;
    this.#now = now;
  }

  /** Reads the page in front, if it is wanted and was not read in this visit or on this day. */
  async look() {
    if (this.#known.paused) return;
    const tab = await this.#watch.frontTab({ focused: true });
    const page = this.#profileAt(tab?.url);
    const visit = page && `${tab.id} ${page.name}`;
    if (visit === this.#dealtWith) return;
    this.#dealtWith = visit;
    if (this.#tries.visit !== visit) this.#tries = { visit, count: 0 };
    if (!page || (await this.#deal(tab, page))) return;
    this.#tries.count += 1;
    if (this.#tries.count === MOST_TRIES || this.#dealtWith !== visit) return;
    this.#dealtWith = null;
    // What the browser had to say of the tab it may have said while this try was under way.
    setTimeout(() => this.look(), AGAIN * 4 ** (this.#tries.count - 1));
  }

  /** Whether nothing is left to do for a page: it was read, or is not wanted. */
  async #deal(tab, page) {
    const due = await this.#isDue(page);
    return due === false || (due && (await this.#read(tab, page)));
  }

  #profileAt(address) {
    const page = address ? this.#catalogue.recognisePage(address) : null;
    if (page?.page !== "profile" || !page.handle) return null;
    const { network, handle } = page;
    const { host } = new URL(address);
    // On a federated network the same handle is somebody else's on another host.
    return { network, handle, name: nameOf(network, `${handle}@${host}`) };
  }

  /** Whether a page is to be read; null when the daemon can't be asked. */
  async #isDue({ network, handle, name }) {
    const { [KEY]: read = {} } = await this.#local.get(KEY);
    if (read[name] === this.#day()) return false;
    if (Object.values(read).some((day) => day !== this.#day())) await this.#remember();
    const { ok, body } = await this.#courier.ask("GET", `readings?network=${network}`);
    if (!ok) return null;
    const names = [nameOf(network, handle), name];
    return body.wanted.some((one) => names.includes(nameOf(one.network, one.handle)));
  }

  /** Whether the page was read and has arrived. */
  async #read(tab, { network, handle, name }) {
    const found = await this.#mainRegion(tab.id);
    // While it settled, the tab may have gone on to somewhere else.
    if (this.#profileAt(found?.url)?.name !== name || this.#known.paused) return false;
    const reading = { network, handle, url: found.url, taken_at: this.#now(), html: found.html };
    const { ok } = await this.#courier.ask("POST", "readings", reading);
    if (ok) await this.#remember(name);
    return ok;
  }

  async #mainRegion(tabId) {
    try {
      const [answer] = await api.scripting.executeScript({
        target: { tabId },
        func: mainRegion,
        args: [MOST_BYTES],
      });
      return answer?.result ?? null;
    } catch {
      return null; // the tab was closed, or shows an error page
    }
  }

  /** Only today's readings are of interest: the rest is forgotten, whether or not one is new. */
  #remember(name = null) {
    // One after the other: of two tabs read at once, each would write without the other.
    return this.#line.run(async () => {
      const { [KEY]: read = {} } = await this.#local.get(KEY);
      const today = Object.entries(read).filter(([, day]) => day === this.#day());
      if (name !== null) today.push([name, this.#day()]);
      await this.#local.set({ [KEY]: Object.fromEntries(today) });
    });
  }

  #day() {
    return new Date(this.#now()).toDateString();
  }
}

function nameOf(network, handle) {
  return `${network}:${handle.replace(/^@/, "").toLowerCase()}`;
}

/**
 * Runs in the page. Waits until the page has settled, then gives its main region as HTML without
 * scripts, styles, pictures, and whatever the user may be writing.
 * @param {number} most bytes at the most; what is beyond them is cut off
 */
export async function mainRegion(most) {
  const quiet = 1500;
  const longest = 8000;
  await new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      clearTimeout(still);
      still = setTimeout(done, quiet);
    });
    const done = () => {
      observer.disconnect();
      resolve();
    };
    let still = setTimeout(done, quiet);
    setTimeout(done, longest);
    observer.observe(document.documentElement, { childList: true, subtree: true });
  });
  const region = document.querySelector("main, [role=main]") ?? document.body;
  const copy = region.cloneNode(true);
  const dropped = [
    "script:not([type='application/ld+json'])",
    "style, noscript, template, iframe, object, video, audio, canvas, svg > *",
    "form, input, textarea, [contenteditable]:not([contenteditable=false]), [role=textbox]",
  ];
  for (const element of copy.querySelectorAll(dropped.join())) element.remove();
  for (const element of copy.querySelectorAll("[style], [src], [srcset]")) {
    for (const name of ["style", "src", "srcset"]) element.removeAttribute(name);
  }
  let html = copy.outerHTML;
  const bytes = new TextEncoder().encode(html);
  // A letter that is cut in two becomes one of three bytes.
  if (bytes.length > most) html = new TextDecoder().decode(bytes.subarray(0, most - 3));
  return { url: location.href, html };
}
