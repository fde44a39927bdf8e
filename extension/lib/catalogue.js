/**
 * The catalogue in use: the files that lie in the extension, the user's own in their place, and
 * the user's own hosts with their networks. What `storage.local` says of it is `own_files` (as
 * the daemon last gave them), `own_hosts` ({mastodon: ["social.example.org"]}) and `unsure_off`
 * (networks whose acts of low certainty are not to be counted).
 */
import { api, readOwnFile } from "./browser.js";
import { faultOf } from "./network-validation.js";
import { makeCatalogue } from "./recognise.js";

const KEYS = ["own_files", "own_hosts", "unsure_off"];

export async function loadCatalogue() {
  const ids = await readOwnFile("catalogue/index.json");
  const shipped = await Promise.all(ids.map((id) => readOwnFile(`catalogue/${id}.json`)));
  const catalogue = new Catalogue(shipped);
  await catalogue.reload();
  return catalogue;
}

export class Catalogue {
  #shipped;
  #rules;
  #unsureOff;

  constructor(shipped) {
    this.#shipped = shipped;
    this.#learn({});
  }

  /** Takes over what is stored now. */
  async reload() {
    this.#learn(await api.storage.local.get(KEYS));
  }

  #learn({ own_files: files = [], own_hosts: hosts = {}, unsure_off: off = [] }) {
    this.#rules = makeCatalogue(inUse(this.#shipped, files, hosts));
    this.#unsureOff = new Set(off);
  }

  get networks() {
    return this.#rules.networks;
  }

  recognisePage(address) {
    return this.#rules.recognisePage(address);
  }

  mayAct(method, address) {
    return this.#rules.mayAct(method, address);
  }

  recogniseRequest(method, address, body) {
    return this.#rules.recogniseRequest(method, address, body);
  }

  /** Whether an act is to be counted: one of low certainty is not, where the user said so. */
  counts({ network, certainty }) {
    return certainty !== "low" || !this.#unsureOff.has(network);
  }
}

/**
 * The shipped files with the user's own in their place or after them, and with own hosts. A file
 * of the user's that is not as it must be is passed over: the shipped one stays.
 */
export function inUse(shipped, files, hosts) {
  const found = new Map(shipped.map((file) => [file.id, { ...file, is_own: false }]));
  for (const file of files) {
    if (faultOf(file, file?.id) === null) found.set(file.id, { ...file, is_own: true });
  }
  return [...found.values()].map((file) => withHosts(file, hosts[file.id] ?? []));
}

function withHosts(file, own) {
  return {
    ...file,
    shipped_hosts: [...new Set([...file.hosts, ...file.write_hosts])],
    own,
    hosts: [...file.hosts, ...own],
    write_hosts: [...file.write_hosts, ...own],
  };
}

/** The kinds of act that a network's rules find with low certainty. */
export function unsureActs({ interactions }) {
  const unsure = interactions.filter(({ certainty }) => certainty === "low");
  return [...new Set(unsure.map(({ action }) => action))].filter((action) => action !== "undo");
}
