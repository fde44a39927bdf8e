/**
 * PURE. Validates a network's file, with the checks of plnd/catalogue/rules.py in the same order. A
 * test holds that both give the same answer about the same file.
 */
import { patternFault } from "./pattern-cost.js";
import { makeCatalogue } from "./recognise.js";

const TESTS = ["exists", "absent", "equals", "matches"];
const BODY_TYPES = ["json", "form", "any"];
const GROUPS = ["talk", "forum", "writing", "media"];
const CERTAINTIES = ["high", "medium", "low"];
const LANGUAGES = ["en", "de"];
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const ACTIONS = ["post", "reply", "share", "react", "follow", "message", "save"];
const PAGES = [
  ...["feed", "profile", "post", "group", "tag", "search", "messages", "notifications"],
  ...["compose", "article", "settings", "other"],
];
const NETWORK_FIELDS = [
  ...["id", "name", "group", "reason", "note", "hosts", "write_hosts", "profile_url", "reserved"],
  ...["handle_from_host", "own_hosts", "refused_as_200", "pages", "interactions", "examples"],
];
const INTERACTION_FIELDS = [
  ...["action", "of", "method", "url", "own_handle", "body", "once", "certainty", "as_of", "note"],
];

const ID = /^[a-z][a-z0-9]{0,31}$/;
// At least two labels after a star: no file can claim a whole top-level domain.
const HOST = /^(\*\.[a-z0-9-]+|[a-z0-9-]+)(\.[a-z0-9-]+)+$/;

// What only one of Python and JavaScript accepts in a pattern.
const ESCAPE_OR_CLASS = /\\.|\[(?:\\.|[^\]\\])*\]/gs;
const UNSHARED_ESCAPE = /(?<!\\)(?:\\\\)*\\(?![bBdDfnrsStuvwWx])[A-Za-z]/;
const UNSHARED_SYNTAX = /\(\?[^:=!]|[*+?}]\+/;

class InvalidField extends Error {
  constructor(field) {
    super(field);
    this.field = field;
  }
}

/**
 * @param {unknown} file a parsed network file
 * @param {string} id the id that it must have
 * @returns {string | null} the first invalid field ("/pages/3/path"; "" for the whole file), null
 *   if the file is valid
 */
export function findInvalidField(file, id) {
  try {
    checkNetwork(new FieldReader("", file), id);
    file.examples?.forEach((example, index) => {
      checkExample(file, example, `/examples/${index}`);
    });
    return null;
  } catch (error) {
    if (error instanceof InvalidField) return error.field;
    throw error;
  }
}

function checkNetwork(network, id) {
  network.allowOnly(...NETWORK_FIELDS);
  if (network.text("id") !== id || !ID.test(id)) network.fail("id");
  network.text("name");
  network.choice("group", GROUPS);
  checkReason(network);
  network.optionalText("note");
  network.hosts("hosts");
  network.hosts("write_hosts");
  network.text("profile_url");
  network.texts("reserved");
  network.pattern("handle_from_host", { groups: 1, optional: true });
  if (!isNothing(network.value("own_hosts"))) network.objects("own_hosts").forEach(checkOwnHost);
  network.optionalBoolean("refused_as_200");
  network.objects("pages").forEach(checkPage);
  network.objects("interactions").forEach(checkInteraction);
  if (!isNothing(network.value("examples"))) network.objects("examples");
}

function checkReason(network) {
  if (isNothing(network.value("reason"))) network.fail("reason");
  const reason = network.object("reason");
  reason.allowOnly(...LANGUAGES);
  for (const language of LANGUAGES) reason.text(language);
}

function checkOwnHost(check) {
  check.allowOnly("path", "then", "test");
  if (!check.text("path").startsWith("/")) check.fail("path");
  check.optionalText("then");
  if (isNothing(check.value("test"))) check.fail("test");
  checkBody(check, "test");
}

function checkPage(rule) {
  rule.allowOnly("page", "path", "handle", "tag", "host", "note");
  rule.choice("page", PAGES);
  const [handle, tag] = [rule.optionalGroup("handle"), rule.optionalGroup("tag")];
  rule.pattern("path", { groups: Math.max(handle ?? 0, tag ?? 0) });
  rule.pattern("host", { optional: true });
  rule.optionalText("note");
}

function checkInteraction(rule) {
  rule.allowOnly(...INTERACTION_FIELDS);
  const action = rule.choice("action", [...ACTIONS, "undo"]);
  const of = action === "undo" ? rule.texts("of") : [];
  if (action !== "undo" && !isNothing(rule.value("of"))) rule.fail("of");
  if (of.some((one) => !ACTIONS.includes(one))) rule.fail("of");
  rule.choice("method", METHODS);
  rule.pattern("url", { groups: rule.optionalGroup("own_handle") ?? 0 });
  if (!isNothing(rule.value("body"))) checkBody(rule, "body");
  rule.optionalBoolean("once");
  rule.choice("certainty", CERTAINTIES);
  rule.optionalText("as_of");
  rule.optionalText("note");
}

function checkBody(rule, name) {
  const body = rule.object(name);
  body.allowOnly("type", "path", "test", "value");
  body.choice("type", BODY_TYPES);
  body.optionalText("path");
  if (body.choice("test", TESTS) === "matches") body.pattern("value");
}

/** Checks that the file's own rules recognise an example as it says. */
function checkExample(file, example, pointer) {
  const kind = Object.hasOwn(example, "url") ? "url" : "request";
  const { [kind]: address, method = "POST", body = null } = example;
  if (typeof address !== "string" || typeof method !== "string")
    throw new InvalidField(`${pointer}/${kind}`);
  const sent = body === null ? null : { text: JSON.stringify(body), form: formOf(body) };
  const result = makeCatalogue([file]).recognise(kind === "url" ? "GET" : method, address, sent);
  for (const field of kind === "url" ? ["page", "handle", "tag"] : ["action"]) {
    if (Object.hasOwn(example, field) && (result?.[field] ?? null) !== example[field])
      throw new InvalidField(`${pointer}/${field}`);
  }
}

/** The values of an object as a form would contain them; undefined for other values. */
function formOf(value) {
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  const fields = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(
    fields.map(([name, one]) => [name, typeof one === "string" ? one : JSON.stringify(one)]),
  );
}

const isNothing = (value) => value === undefined || value === null;

/** Reads the fields of one object in a file; throws InvalidField with the field's JSON pointer. */
class FieldReader {
  #pointer;
  #object;

  constructor(pointer, object) {
    if (typeof object !== "object" || object === null || Array.isArray(object))
      throw new InvalidField(pointer);
    this.#pointer = pointer;
    this.#object = object;
  }

  allowOnly(...names) {
    for (const name of Object.keys(this.#object)) if (!names.includes(name)) this.fail(name);
  }

  text(name) {
    const value = this.value(name);
    if (typeof value !== "string" || value === "") this.fail(name);
    return value;
  }

  choice(name, choices) {
    const value = this.text(name);
    if (!choices.includes(value)) this.fail(name);
    return value;
  }

  optionalText(name) {
    return isNothing(this.value(name)) ? null : this.text(name);
  }

  optionalBoolean(name) {
    const value = this.value(name);
    if (value !== undefined && typeof value !== "boolean") this.fail(name);
  }

  /** The number of a group in a pattern. */
  optionalGroup(name) {
    const value = this.value(name);
    if (!isNothing(value) && (!Number.isInteger(value) || value < 1)) this.fail(name);
    return value;
  }

  pattern(name, { groups = 0, optional = false } = {}) {
    const text = optional ? this.optionalText(name) : this.text(name);
    if (text === null) return;
    const plain = text.replace(ESCAPE_OR_CLASS, "x");
    if (UNSHARED_ESCAPE.test(text) || UNSHARED_SYNTAX.test(plain) || patternFault(text))
      this.fail(name);
    if (groupCount(text) < groups) this.fail(name);
  }

  texts(name) {
    const value = this.value(name);
    if (!Array.isArray(value) || value.some((one) => typeof one !== "string")) this.fail(name);
    return value;
  }

  hosts(name) {
    const value = this.texts(name);
    if (value.length === 0 || !value.every((one) => HOST.test(one))) this.fail(name);
  }

  objects(name) {
    const value = this.value(name);
    if (!Array.isArray(value)) this.fail(name);
    return value.map((one, index) => new FieldReader(`${this.#pointer}/${name}/${index}`, one));
  }

  object(name) {
    return new FieldReader(`${this.#pointer}/${name}`, this.value(name));
  }

  value(name) {
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
  }

  fail(name) {
    throw new InvalidField(`${this.#pointer}/${name}`);
  }
}

/** The number of groups in a pattern; -1 if it is invalid. */
function groupCount(text) {
  try {
    return new RegExp(`${text}|`).exec("").length - 1;
  } catch {
    return -1;
  }
}
