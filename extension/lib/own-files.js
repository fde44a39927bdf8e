/** Brings the user's own files of networks from the daemon, which has checked them. */
import { api } from "./browser.js";

const HOUR = 60 * 60_000;

export class OwnFiles {
  #catalogue;
  #courier;
  #session;
  #now;

  constructor({ catalogue, courier, session, now = Date.now }) {
    this.#catalogue = catalogue;
    this.#courier = courier;
    this.#session = session;
    this.#now = now;
  }

  /** Asks once an hour. */
  async tick() {
    const { own_files_at: at = 0 } = await this.#session.get("own_files_at");
    if (this.#now() - at >= HOUR) await this.learn();
  }

  /** Asks now; what was learned last stays in use when nobody answers. */
  async learn() {
    await this.#session.set({ own_files_at: this.#now() });
    const { ok, body } = await this.#courier.ask("GET", "networks", undefined, { asked: true });
    if (!ok) return;
    const files = body.networks.map(({ file }) => file).filter(Boolean);
    const { own_files: before = [] } = await api.storage.local.get("own_files");
    if (JSON.stringify(files) === JSON.stringify(before)) return;
    await api.storage.local.set({ own_files: files });
    await this.#catalogue.reload();
  }
}
