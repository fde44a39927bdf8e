/** The part of a network's row in which the user adds hosts of their own. */
import { api } from "../lib/browser.js";
import { text } from "../lib/i18n.js";
import { dropHost, hostIn, keepHost, lookAt, originOf } from "../lib/own-hosts.js";

export class OwnHosts {
  #network;
  #place;
  #isCovered;
  #changed;
  #hosts;

  /**
   * @param {(origin: string) => boolean} isCovered whether an own host or a network needs it
   * @param {() => Promise<void>} changed to be called after a host came or went
   */
  constructor({ network }, place, isCovered, changed) {
    Object.assign(place, { hidden: false });
    this.#network = network;
    this.#place = place;
    this.#isCovered = isCovered;
    this.#changed = changed;
    this.#hosts = new Set(network.own);
    const input = this.#at("input");
    input.id = `own-${network.id}`;
    this.#at("label").htmlFor = input.id;
    this.#at(".row button").addEventListener("click", () => this.#add());
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.#add();
    });
  }

  has(origin) {
    return [...this.#hosts].some((host) => originOf(host) === origin);
  }

  #at(selector) {
    return this.#place.querySelector(selector);
  }

  #say(key, ...parts) {
    this.#at(".said").textContent = text(key, ...parts);
  }

  /** Shows the hosts with what the browser allows; whether any of them is allowed. */
  async show() {
    const allowed = new Map();
    for (const host of this.#hosts)
      allowed.set(host, await api.permissions.contains({ origins: [originOf(host)] }));
    this.#at("ul").replaceChildren(...[...allowed].map((entry) => this.#lineOf(entry)));
    return [...allowed.values()].includes(true);
  }

  #lineOf([host, allowed]) {
    const line = document.getElementById("own-host").content.cloneNode(true).firstElementChild;
    const [name, state, button] = line.children;
    name.textContent = host;
    state.textContent = text(allowed ? "welcome_granted" : "welcome_own_host_unseen");
    button.textContent = text("welcome_own_host_remove", host);
    button.addEventListener("click", () => this.#remove(host));
    return line;
  }

  /** Asked for first, as the browser takes the question only as the first thing after a click. */
  async #add() {
    const host = hostIn(this.#at("input").value);
    if (host === null) return this.#say("welcome_own_host_bad");
    if (!(await api.permissions.request({ origins: [originOf(host)] })))
      return this.#say("welcome_refused");
    this.#say("welcome_own_host_looking", host);
    const found = await lookAt(host, this.#network.own_hosts);
    if (found === "yes") {
      await keepHost(this.#network.id, host);
      this.#hosts.add(host);
      this.#at("input").value = "";
    } else {
      await this.#letGo(host);
    }
    this.#say(
      { yes: "welcome_own_host_yes", no: "welcome_own_host_no" }[found] ??
        "welcome_own_host_silent",
      ...(found === "silent" ? [host] : [host, this.#network.name]),
    );
    await this.#changed();
  }

  async #remove(host) {
    await dropHost(this.#network.id, host);
    this.#hosts.delete(host);
    await this.#letGo(host);
    this.#say("welcome_own_host_removed", host);
    await this.#changed();
    this.#at("input").focus();
  }

  async #letGo(host) {
    const origin = originOf(host);
    if (!this.#isCovered(origin)) await api.permissions.remove({ origins: [origin] });
  }
}
