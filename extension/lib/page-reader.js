/**
 * Reads the page of a profile that the daemon asks for (the user's own profiles, and people), once
 * a visit and day. The page's main region goes to the daemon, which looks for dates in it and drops
 * it; the extension stores nothing of it. No other page is ever read.
 */
import { api } from "./browser.js";
import { SerialQueue } from "./serial-queue.js";

/** The daemon accepts no larger page. */
export const MOST_BYTES = 2 * 1024 * 1024;

/** How often a page is tried, as it or the daemon may not be ready yet. */
const MOST_ATTEMPTS = 3;

/** The wait before the second attempt, in milliseconds; four times as long before the third. */
export const RETRY_DELAY = 2000;

const KEY = "pages_read";

export class PageReader {
  #catalogue;
  #sender;
  #state;
  #monitor;
  #local;
  #now;
  #tasks = new SerialQueue();
  /** The visit (tab and profile) in front that is done, so that each is read once. */
  #handledVisit = null;
  #attempts = { visit: null, count: 0 };

  constructor({ catalogue, sender, state, monitor, local, now = Date.now }) {
    this.#catalogue = catalogue;
    this.#sender = sender;
    this.#state = state;
    this.#monitor = monitor;
    this.#local = local;
    this.#now = now;
  }

  /** Reads the page in front, if the daemon wants it and it was not read in this visit or today. */
  async readIfWanted() {
    if (this.#state.isPaused) return;
    const tab = await this.#monitor.getFrontTab({ focused: true });
    const profile = this.#profileAt(tab?.url);
    const visit = profile && `${tab.id} ${profile.name}`;
    if (visit === this.#handledVisit) return;
    this.#handledVisit = visit;
    if (this.#attempts.visit !== visit) this.#attempts = { visit, count: 0 };
    if (!profile || (await this.#isDone(tab, profile))) return;
    this.#attempts.count += 1;
    if (this.#attempts.count === MOST_ATTEMPTS || this.#handledVisit !== visit) return;
    this.#handledVisit = null;
    // No event may come that would cause another attempt: the tab's may have come during this one.
    setTimeout(() => this.readIfWanted(), RETRY_DELAY * 4 ** (this.#attempts.count - 1));
  }

  /** Reads the page if it is due; false if that failed and should be tried again. */
  async #isDone(tab, profile) {
    const isDue = await this.#isDue(profile);
    return isDue === false || (isDue && (await this.#read(tab, profile)));
  }

  #profileAt(address) {
    const page = address ? this.#catalogue.recognisePage(address) : null;
    if (page?.page !== "profile" || !page.handle) return null;
    const { network, handle } = page;
    const { host } = new URL(address);
    // On a federated network the same handle on another host belongs to somebody else.
    return { network, handle, name: nameOf(network, `${handle}@${host}`) };
  }

  /** Whether a page is to be read; null when the daemon does not answer. */
  async #isDue({ network, handle, name }) {
    const { [KEY]: read = {} } = await this.#local.get(KEY);
    if (read[name] === this.#today()) return false;
    if (Object.values(read).some((day) => day !== this.#today())) await this.#saveRead();
    const { ok, body } = await this.#sender.request("GET", `readings?network=${network}`);
    if (!ok) return null;
    const names = [nameOf(network, handle), name];
    return body.wanted.some((one) => names.includes(nameOf(one.network, one.handle)));
  }

  /** Whether the page was read and the daemon has received it. */
  async #read(tab, { network, handle, name }) {
    const region = await this.#runInTab(tab.id);
    // While the page settled, the tab may have moved to another one.
    if (this.#profileAt(region?.url)?.name !== name || this.#state.isPaused) return false;
    const { url, html } = region;
    const reading = { network, handle, url, taken_at: this.#now(), html };
    const { ok } = await this.#sender.request("POST", "readings", reading);
    if (ok) await this.#saveRead(name);
    return ok;
  }

  async #runInTab(tabId) {
    try {
      const [answer] = await api.scripting.executeScript({
        target: { tabId },
        func: extractMainRegion,
        args: [MOST_BYTES],
      });
      return answer?.result ?? null;
    } catch {
      return null; // the tab was closed, or shows an error page
    }
  }

  /** Stores that a page was read today, if one is named, and drops all other days. */
  #saveRead(name = null) {
    // One after another: two tabs read at once would overwrite each other's entry.
    return this.#tasks.run(async () => {
      const { [KEY]: read = {} } = await this.#local.get(KEY);
      const today = Object.entries(read).filter(([, day]) => day === this.#today());
      if (name !== null) today.push([name, this.#today()]);
      await this.#local.set({ [KEY]: Object.fromEntries(today) });
    });
  }

  #today() {
    return new Date(this.#now()).toDateString();
  }
}

function nameOf(network, handle) {
  return `${network}:${handle.replace(/^@/, "").toLowerCase()}`;
}

/**
 * Runs in the page. Waits until the page has settled, then returns its main region as HTML without
 * scripts, styles, images and form fields, in which the user may be writing.
 * @param {number} most bytes; the rest is cut off
 */
export async function extractMainRegion(most) {
  const settledAfter = 1500;
  const longestWait = 8000;
  await new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(done, settledAfter);
    });
    const done = () => {
      observer.disconnect();
      resolve();
    };
    let timer = setTimeout(done, settledAfter);
    setTimeout(done, longestWait);
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
  // A character that is cut in two becomes one of three bytes.
  if (bytes.length > most) html = new TextDecoder().decode(bytes.subarray(0, most - 3));
  return { url: location.href, html };
}
