/**
 * The catalogue in use: the shipped network files, replaced or extended by the user's own files,
 * with the hosts that the user added. `storage.local` holds `own_files` (as the daemon last gave
 * them), `own_hosts` ({mastodon: ["social.example.org"]}) and `unsure_off` (the networks whose
 * interactions of low certainty are not counted).
 */
import { api, readExtensionFile } from "./browser.js";
import { findInvalidField } from "./network-validation.js";
import { makeCatalogue } from "./recognise.js";

const KEYS = ["own_files", "own_hosts", "unsure_off"];

export async function loadCatalogue() {
  const ids = await readExtensionFile("catalogue/index.json");
  const shipped = await Promise.all(ids.map((id) => readExtensionFile(`catalogue/${id}.json`)));
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
    this.#apply({});
  }

  /** Reads the user's files, hosts and choices from storage again. */
  async reload() {
    this.#apply(await api.storage.local.get(KEYS));
  }

  #apply({ own_files: files = [], own_hosts: hosts = {}, unsure_off: off = [] }) {
    this.#rules = makeCatalogue(mergeFiles(this.#shipped, files, hosts));
    this.#unsureOff = new Set(off);
  }

  get networks() {
    return this.#rules.networks;
  }

  recognisePage(address) {
    return this.#rules.recognisePage(address);
  }

  mayBeInteraction(method, address) {
    return this.#rules.mayBeInteraction(method, address);
  }

  recogniseRequest(method, address, body) {
    return this.#rules.recogniseRequest(method, address, body);
  }

  /** False for an interaction of low certainty on a network where the user switched those off. */
  isCounted({ network, certainty }) {
    return certainty !== "low" || !this.#unsureOff.has(network);
  }
}

/**
 * The shipped files with the user's own hosts; an own file replaces the shipped file of the same
 * id. An invalid own file is ignored, and the shipped one stays in use.
 */
export function mergeFiles(shipped, files, hosts) {
  const byId = new Map(shipped.map((file) => [file.id, { ...file, is_own: false }]));
  for (const file of files) {
    if (findInvalidField(file, file?.id) === null) byId.set(file.id, { ...file, is_own: true });
  }
  return [...byId.values()].map((file) => withOwnHosts(file, hosts[file.id] ?? []));
}

function withOwnHosts(file, own) {
  return {
    ...file,
    shipped_hosts: [...new Set([...file.hosts, ...file.write_hosts])],
    own,
    hosts: [...file.hosts, ...own],
    write_hosts: [...file.write_hosts, ...own],
  };
}

/** The actions that a network's rules recognise with low certainty. */
export function unsureActions({ interactions }) {
  const unsure = interactions.filter(({ certainty }) => certainty === "low");
  return [...new Set(unsure.map(({ action }) => action))].filter((action) => action !== "undo");
}
