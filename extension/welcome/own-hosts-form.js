/** The part of a network's row in which the user adds and removes own hosts. */
import { api } from "../lib/browser.js";
import { text } from "../lib/i18n.js";
import { addHost, checkHost, originPattern, parseHost, removeHost } from "../lib/own-hosts.js";

const RESULT_TEXTS = {
  yes: "welcome_own_host_yes",
  no: "welcome_own_host_no",
  silent: "welcome_own_host_silent",
};

export class OwnHostsForm {
  #network;
  #root;
  #isNeeded;
  #onChange;
  #hosts;

  /**
   * @param {object} row the network's row
   * @param {HTMLElement} root the form's element
   * @param {(origin: string) => boolean} isNeeded whether a network or an own host needs a permission
   * @param {() => Promise<void>} onChange called after a host was added or removed
   */
  constructor({ network }, root, isNeeded, onChange) {
    root.hidden = false;
    this.#network = network;
    this.#root = root;
    this.#isNeeded = isNeeded;
    this.#onChange = onChange;
    this.#hosts = new Set(network.own);
    const input = this.#find("input");
    input.id = `own-${network.id}`;
    this.#find("label").htmlFor = input.id;
    this.#find(".row button").addEventListener("click", () => this.#add());
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.#add();
    });
  }

  has(origin) {
    return [...this.#hosts].some((host) => originPattern(host) === origin);
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }

  #showMessage(key, ...parts) {
    this.#find(".message").textContent = text(key, ...parts);
  }

  /** Lists the hosts with their permissions; returns whether any of them is granted. */
  async show() {
    const granted = new Map();
    for (const host of this.#hosts)
      granted.set(host, await api.permissions.contains({ origins: [originPattern(host)] }));
    this.#find("ul").replaceChildren(...[...granted].map((entry) => this.#createRow(entry)));
    return [...granted.values()].includes(true);
  }

  #createRow([host, isGranted]) {
    const row = document.getElementById("own-host").content.cloneNode(true).firstElementChild;
    const [name, state, button] = row.children;
    name.textContent = host;
    state.textContent = text(isGranted ? "welcome_granted" : "welcome_own_host_unseen");
    button.textContent = text("welcome_own_host_remove", host);
    button.addEventListener("click", () => this.#remove(host));
    return row;
  }

  /** Requests the permission first: browsers allow that only directly after a click. */
  async #add() {
    const host = parseHost(this.#find("input").value);
    if (host === null) return this.#showMessage("welcome_own_host_bad");
    if (!(await api.permissions.request({ origins: [originPattern(host)] })))
      return this.#showMessage("welcome_refused");
    this.#showMessage("welcome_own_host_looking", host);
    const result = await checkHost(host, this.#network.own_hosts);
    if (result === "yes") {
      await addHost(this.#network.id, host);
      this.#hosts.add(host);
      this.#find("input").value = "";
    } else {
      await this.#removePermission(host);
    }
    const parts = result === "silent" ? [host] : [host, this.#network.name];
    this.#showMessage(RESULT_TEXTS[result], ...parts);
    await this.#onChange();
  }

  async #remove(host) {
    await removeHost(this.#network.id, host);
    this.#hosts.delete(host);
    await this.#removePermission(host);
    this.#showMessage("welcome_own_host_removed", host);
    await this.#onChange();
    this.#find("input").focus();
  }

  async #removePermission(host) {
    const origin = originPattern(host);
    if (!this.#isNeeded(origin)) await api.permissions.remove({ origins: [origin] });
  }
}
