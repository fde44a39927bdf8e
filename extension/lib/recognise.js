/**
 * PURE. Recognises pages and requests by the rules of the catalogue's network files.
 * A result is `{network, page, handle, tag, action, rule, of, certainty, once, own_handle}`: `rule`
 * is a JSON pointer into the network's file ("x#/pages/3"), `of` lists the actions that an undo may
 * undo, `certainty` tells how sure a request's rule is, `once` that several such requests may be one
 * interaction, and `own_handle` is the user's own handle if the request's address contains it. Null
 * means that no rule fits.
 */

/** No pattern is matched against a longer address. */
export const LONGEST_ADDRESS = 2048;
const LONGEST_NAME = 256;
/** Patterns are matched against this much of a body, or of a value in it. */
const LONGEST_MATCHED = 8192;
const LARGEST_BODY = 4 * 1024 * 1024;

/** @param {object[]} files the parsed network files */
export function makeCatalogue(files) {
  const networks = files.map(compile);
  return {
    networks,
    networkOf: (host) => networks.find((network) => hostIn(host, network.hosts))?.id ?? null,
    recognisePage: (address) => recognisePage(networks, address),
    /** Whether a rule fits, apart from its test of the body: only then the body must be read. */
    mayBeInteraction: (method, address) => !candidates(networks, method, address).next().done,
    recogniseRequest: (method, address, body) => recogniseRequest(networks, method, address, body),
    recognise: (method, address, body) =>
      recogniseRequest(networks, method, address, body) ??
      (method === "GET" && body === null ? recognisePage(networks, address) : null),
  };
}

function compile(file) {
  return {
    ...file,
    reserved: new Set(file.reserved),
    handleFromHost: file.handle_from_host && new RegExp(file.handle_from_host),
    pages: file.pages.map((rule) => ({
      ...rule,
      path: new RegExp(rule.path),
      host: rule.host && new RegExp(rule.host),
    })),
    interactions: file.interactions.map((rule) => ({
      ...rule,
      url: new RegExp(rule.url),
      body: compileTest(rule.body),
    })),
  };
}

function compileTest(test) {
  if (!test) return null;
  return test.test === "matches" ? { ...test, value: new RegExp(test.value) } : test;
}

/** Whether `host` is one of `names`; "*.example.com" is that domain with all its subdomains. */
export function hostIn(host, names) {
  return names.some((name) =>
    name.startsWith("*.") ? host === name.slice(2) || host.endsWith(name.slice(1)) : host === name,
  );
}

/** The parts of an address; null if it is no http(s) address or too long for the rules. */
function parse(address) {
  if (address.length > LONGEST_ADDRESS) return null;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url && (url.pathname + url.search).length > LONGEST_ADDRESS) return null;
  return url && /^https?:$/.test(url.protocol) ? url : null;
}

function recognisePage(networks, address) {
  const url = parse(address);
  const network = url && networks.find((one) => hostIn(url.hostname, one.hosts));
  if (!network) return null;
  const path = url.pathname + url.search;
  for (const [index, rule] of network.pages.entries()) {
    const found = (!rule.host || rule.host.test(url.hostname)) && rule.path.exec(path);
    if (!found) continue;
    const handle = capturedName(found, rule.handle);
    if (isReserved(handle, network)) continue;
    return {
      network: network.id,
      page: rule.page,
      handle: isNumber(rule.handle) ? handle : handleInHost(url.hostname, network),
      tag: capturedName(found, rule.tag),
      action: null,
      rule: `${network.id}#/pages/${index}`,
      of: [],
      certainty: null,
      once: false,
      own_handle: null,
    };
  }
  return null;
}

function isReserved(handle, network) {
  return handle !== null && network.reserved.has(handle.toLowerCase());
}

/** The handle in the name of the host, as in somebody.tumblr.com. */
function handleInHost(host, network) {
  const found = network.handleFromHost?.exec(host);
  const handle = found ? capturedName(found, 1) : null;
  return isReserved(handle, network) ? null : handle;
}

const isNumber = (value) => typeof value === "number";

/** The decoded text of a group; null if the rule has none, or if it is too long for a name. */
function capturedName(found, number) {
  const text = isNumber(number) ? found[number] : undefined;
  if (text === undefined) return null;
  const name = percentDecoded(text);
  return name.length <= LONGEST_NAME ? name : null;
}

/** Decodes %XX; bytes that are not UTF-8 become U+FFFD. */
function percentDecoded(text) {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    const bytes = run
      .slice(1)
      .split("%")
      .map((pair) => Number.parseInt(pair, 16));
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
  });
}

/** The rules whose method, address and host fit, in order, each with its network. */
function* candidates(networks, method, address) {
  const url = parse(address);
  if (!url) return;
  for (const network of networks) {
    if (!hostIn(url.hostname, network.write_hosts)) continue;
    for (const [index, rule] of network.interactions.entries()) {
      const found = rule.method === method && rule.url.exec(address);
      if (found) yield { network, rule, index, found };
    }
  }
}

/**
 * @param {{text?: string, form?: Record<string, string>} | null} body null if it could not be read
 */
function recogniseRequest(networks, method, address, body) {
  for (const { network, rule, index, found } of candidates(networks, method, address)) {
    if (rule.body && !holds(rule.body, body)) continue;
    return {
      network: network.id,
      page: null,
      handle: null,
      tag: null,
      action: rule.action,
      rule: `${network.id}#/interactions/${index}`,
      of: rule.of ?? [],
      certainty: rule.certainty,
      once: rule.once ?? false,
      own_handle: capturedName(found, rule.own_handle),
    };
  }
  return null;
}

function holds(test, body) {
  const whole = body && readAs(test.type, body);
  if (isNothing(whole)) return false;
  const value = isNothing(test.path) ? wholeText(body) : valueAt(whole, test.path);
  const exists = !isNothing(value);
  switch (test.test) {
    case "exists":
      return exists;
    case "absent":
      return !exists;
    case "equals":
      return value !== undefined && sameJson(value, test.value);
    case "matches":
      return exists && test.value.test(textOf(value).slice(0, LONGEST_MATCHED));
    default:
      return false;
  }
}

const textOf = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** The body parsed as the type that a rule names; null if it is of another type. */
function readAs(type, body) {
  const readers = { json: [asJson], form: [asForm], any: [asJson, asForm] }[type] ?? [];
  for (const read of readers) {
    const value = read(body);
    if (value !== null) return value;
  }
  return null;
}

function asJson({ text }) {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function asForm({ text, form }) {
  if (form) return form;
  const fields = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) fields[name] ??= value;
  return fields;
}

function wholeText({ text, form }) {
  return text ?? new URLSearchParams(form).toString();
}

function valueAt(value, path) {
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    if (Array.isArray(value) && !/^[0-9]+$/.test(key)) return undefined;
    value = value[key];
  }
  return value;
}

const isNothing = (value) => value === undefined || value === null;

/** Whether a body passes a test in the form in which network files contain it. */
export function passesTest(test, body) {
  return holds(compileTest(test), body);
}

function sameJson(one, other) {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameJson(one[key], other[key]))
  );
}

/**
 * A webRequest `requestBody` in the form that `recogniseRequest` takes; null if it can't be read:
 * a file, bytes that are not UTF-8, or a body far larger than that of any interaction.
 */
export function readBody(requestBody) {
  if (!requestBody || requestBody.error) return null;
  if (requestBody.formData) return { form: firstValues(requestBody.formData) };
  const parts = (requestBody.raw ?? []).map((part) => part.bytes);
  if (parts.length === 0 || parts.includes(undefined)) return null;
  if (parts.reduce((sum, bytes) => sum + bytes.byteLength, 0) > LARGEST_BODY) return null;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    const texts = parts.map((bytes) => decoder.decode(bytes, { stream: true }));
    return { text: texts.join("") + decoder.decode() };
  } catch {
    return null;
  }
}

/** The first value of each field, without binary fields. */
function firstValues(fields) {
  const entries = Object.entries(fields).map(([name, values]) => [name, values[0]]);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === "string"));
}
