/**
 * Hosts that the user adds to a network with many, such as Mastodon: reads what the user typed,
 * checks that the host belongs to the network, and stores it. The check sends the only requests
 * that the extension makes, and only when the user asks for it.
 */
import { api } from "./browser.js";
import { passesTest } from "./recognise.js";

/** In milliseconds. */
const TIMEOUT = 10_000;
const LONGEST_ANSWER = 4_000_000;

/** The host in what the user typed or pasted ("https://Social.example.org/@me"), or null. */
export function parseHost(typed) {
  const text = typed.trim();
  const address = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(address)) return null;
  const { protocol, hostname, port } = new URL(address);
  const isName = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+$/.test(hostname);
  return /^https?:$/.test(protocol) && isName && port === "" ? hostname : null;
}

/** The permission for this host alone. */
export const originPattern = (host) => `https://${host}/*`;

/**
 * Checks whether a host belongs to a network.
 * @param {object[]} checks `own_hosts` of the network's file; one that passes is enough
 * @returns {Promise<"yes" | "no" | "silent">} "silent": no answer that could be read
 */
export async function checkHost(host, checks, get = fetchText) {
  let hasAnswered = false;
  for (const check of checks) {
    const text = await fetchChecked(host, check, get);
    if (text === null) continue;
    hasAnswered = true;
    if (passesTest(check.test, { text })) return "yes";
  }
  return hasAnswered ? "no" : "silent";
}

/** The text at `path`, or at the address on the same host that this text holds under `then`. */
async function fetchChecked(host, { path, then }, get) {
  const first = await get(`https://${host}${path}`);
  if (first === null || !then) return first;
  const next = valueAt(first, then);
  return next && URL.canParse(next) && new URL(next).origin === `https://${host}`
    ? get(next)
    : null;
}

function valueAt(json, path) {
  try {
    return path.split(".").reduce((value, key) => value?.[key], JSON.parse(json));
  } catch {
    return null;
  }
}

/** An answer's text; null when the request failed or led to another host. Uses no cookies. */
async function fetchText(address) {
  try {
    const answer = await fetch(address, {
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (!answer.ok || new URL(answer.url).host !== new URL(address).host) return null;
    const text = await answer.text();
    return text.length <= LONGEST_ANSWER ? text : null;
  } catch {
    return null;
  }
}

export async function addHost(id, host) {
  const hosts = await readOwnHosts();
  hosts[id] = [...new Set([...(hosts[id] ?? []), host])];
  await api.storage.local.set({ own_hosts: hosts });
}

export async function removeHost(id, host) {
  const hosts = await readOwnHosts();
  hosts[id] = (hosts[id] ?? []).filter((one) => one !== host);
  await api.storage.local.set({ own_hosts: hosts });
}

async function readOwnHosts() {
  const { own_hosts: hosts = {} } = await api.storage.local.get("own_hosts");
  return hosts;
}
