/**
 * The user's own host of a network that has many: what the user typed, the look at it, and where
 * it is kept. The look is the only request that the extension makes, and the user asks for it.
 */
import { api } from "./browser.js";
import { passes } from "./recognise.js";

const PATIENCE = 10_000;
const LONGEST_ANSWER = 4_000_000;

/** The host in what somebody typed or pasted ("https://Social.example.org/@me"), or null. */
export function hostIn(typed) {
  const text = typed.trim();
  const address = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(address)) return null;
  const { protocol, hostname, port } = new URL(address);
  const isName = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+$/.test(hostname);
  return /^https?:$/.test(protocol) && isName && port === "" ? hostname : null;
}

/** What the browser is asked for: this host alone. */
export const originOf = (host) => `https://${host}/*`;

/**
 * Looks at a host in each of the ways that the network's file names.
 * @returns {Promise<"yes" | "no" | "silent">} silent: it gave no answer that could be read
 */
export async function lookAt(host, looks, get = fetchText) {
  let heard = false;
  for (const look of looks) {
    const text = await follow(host, look, get);
    if (text === null) continue;
    heard = true;
    if (passes(look.test, { text })) return "yes";
  }
  return heard ? "no" : "silent";
}

/** The text to be tested: that of the path, or of the address on this host which it names. */
async function follow(host, { path, then }, get) {
  const first = await get(`https://${host}${path}`);
  if (first === null || !then) return first;
  const next = addressAt(first, then);
  return next && URL.canParse(next) && new URL(next).origin === `https://${host}`
    ? get(next)
    : null;
}

function addressAt(text, path) {
  try {
    return path.split(".").reduce((value, key) => value?.[key], JSON.parse(text));
  } catch {
    return null;
  }
}

/** An answer's text, without cookies sent or kept; null when it failed or led elsewhere. */
async function fetchText(address) {
  try {
    const answer = await fetch(address, {
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok || new URL(answer.url).host !== new URL(address).host) return null;
    const text = await answer.text();
    return text.length <= LONGEST_ANSWER ? text : null;
  } catch {
    return null;
  }
}

export async function keepHost(id, host) {
  const hosts = await ownHosts();
  hosts[id] = [...new Set([...(hosts[id] ?? []), host])];
  await api.storage.local.set({ own_hosts: hosts });
}

export async function dropHost(id, host) {
  const hosts = await ownHosts();
  hosts[id] = (hosts[id] ?? []).filter((one) => one !== host);
  await api.storage.local.set({ own_hosts: hosts });
}

async function ownHosts() {
  const { own_hosts: hosts = {} } = await api.storage.local.get("own_hosts");
  return hosts;
}
