/** Fetches the user's own network files from the daemon, which has validated them. */
import { api } from "./browser.js";

const HOUR = 60 * 60_000;

export class OwnFiles {
  #catalogue;
  #sender;
  #session;
  #now;

  constructor({ catalogue, sender, session, now = Date.now }) {
    this.#catalogue = catalogue;
    this.#sender = sender;
    this.#session = session;
    this.#now = now;
  }

  /** Refreshes if the last time is an hour ago. */
  async refreshIfDue() {
    const { own_files_at: at = 0 } = await this.#session.get("own_files_at");
    if (this.#now() - at >= HOUR) await this.refresh();
  }

  /** Fetches the files now; without an answer the present ones stay in use. */
  async refresh() {
    await this.#session.set({ own_files_at: this.#now() });
    const options = { userInitiated: true };
    const { ok, body } = await this.#sender.request("GET", "networks", undefined, options);
    if (!ok) return;
    const files = body.networks.map(({ file }) => file).filter(Boolean);
    const { own_files: before = [] } = await api.storage.local.get("own_files");
    if (JSON.stringify(files) === JSON.stringify(before)) return;
    await api.storage.local.set({ own_files: files });
    await this.#catalogue.reload();
  }
}
