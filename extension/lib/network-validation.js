/**
 * PURE. Whether a network's file is as it must be: the checks of plnd/catalogue/rules.py, in the
 * same order. A test holds both to the same answer about the same file.
 */
import { costFault } from "./pattern-cost.js";
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

const ID = /^[a-z][a-z0-9]{0,31}$/;
// At least two words after a star: nobody can take a whole top-level domain.
const HOST = /^(\*\.[a-z0-9-]+|[a-z0-9-]+)(\.[a-z0-9-]+)+$/;

// What only one of Python and JavaScript understands in a pattern.
const ESCAPED_OR_CLASS = /\\.|\[(?:\\.|[^\]\\])*\]/gs;
const OWN_ESCAPE = /(?<!\\)(?:\\\\)*\\(?![bBdDfnrsStuvwWx])[A-Za-z]/;
const ONE_LANGUAGE = /\(\?[^:=!]|[*+?}]\+/;

class Fault extends Error {
  constructor(field) {
    super(field);
    this.field = field;
  }
}

/**
 * @param {unknown} file a parsed catalogue file
 * @param {string} id what it must be called
 * @returns {string | null} the field that is not as it must be ("/pages/3/path"; "" for the
 *   whole), null when all is well
 */
export function faultOf(file, id) {
  try {
    checkNetwork(new Part("", file), id);
    file.examples?.forEach((example, index) => {
      checkExample(file, example, `/examples/${index}`);
    });
    return null;
  } catch (error) {
    if (error instanceof Fault) return error.field;
    throw error;
  }
}

function checkNetwork(part, id) {
  part.knows(
    ...["id", "name", "group", "reason", "note", "hosts", "write_hosts", "profile_url", "reserved"],
    ...["handle_from_host", "own_hosts", "refused_as_200", "pages", "interactions", "examples"],
  );
  if (part.text("id") !== id || !ID.test(id)) part.bad("id");
  part.text("name");
  part.choice("group", GROUPS);
  checkReason(part);
  part.optionalText("note");
  part.hosts("hosts");
  part.hosts("write_hosts");
  part.text("profile_url");
  part.texts("reserved");
  part.pattern("handle_from_host", { groups: 1, optional: true });
  if (!isNothing(part.value("own_hosts"))) part.parts("own_hosts").forEach(checkLook);
  part.yes("refused_as_200");
  part.parts("pages").forEach(checkPage);
  part.parts("interactions").forEach(checkInteraction);
  if (!isNothing(part.value("examples"))) part.parts("examples");
}

function checkReason(part) {
  if (isNothing(part.value("reason"))) part.bad("reason");
  const reason = part.part("reason");
  reason.knows(...LANGUAGES);
  for (const language of LANGUAGES) reason.text(language);
}

function checkLook(look) {
  look.knows("path", "then", "test");
  if (!look.text("path").startsWith("/")) look.bad("path");
  look.optionalText("then");
  if (isNothing(look.value("test"))) look.bad("test");
  checkBody(look, "test");
}

function checkPage(rule) {
  rule.knows("page", "path", "handle", "tag", "host", "note");
  rule.choice("page", PAGES);
  const [handle, tag] = [rule.group("handle"), rule.group("tag")];
  rule.pattern("path", { groups: Math.max(handle ?? 0, tag ?? 0) });
  rule.pattern("host", { optional: true });
  rule.optionalText("note");
}

function checkInteraction(rule) {
  rule.knows(
    ...[
      "action",
      "of",
      "method",
      "url",
      "own_handle",
      "body",
      "once",
      "certainty",
      "as_of",
      "note",
    ],
  );
  const action = rule.choice("action", [...ACTIONS, "undo"]);
  const of = action === "undo" ? rule.texts("of") : [];
  if (action !== "undo" && !isNothing(rule.value("of"))) rule.bad("of");
  if (of.some((one) => !ACTIONS.includes(one))) rule.bad("of");
  rule.choice("method", METHODS);
  rule.pattern("url", { groups: rule.group("own_handle") ?? 0 });
  if (!isNothing(rule.value("body"))) checkBody(rule, "body");
  rule.yes("once");
  rule.choice("certainty", CERTAINTIES);
  rule.optionalText("as_of");
  rule.optionalText("note");
}

function checkBody(rule, name) {
  const part = rule.part(name);
  part.knows("type", "path", "test", "value");
  part.choice("type", BODY_TYPES);
  part.optionalText("path");
  if (part.choice("test", TESTS) === "matches") part.pattern("value");
}

function checkExample(file, example, where) {
  const kind = Object.hasOwn(example, "url") ? "url" : "request";
  const { [kind]: address, method = "POST", body = null } = example;
  if (typeof address !== "string" || typeof method !== "string")
    throw new Fault(`${where}/${kind}`);
  const sent = body === null ? null : { text: JSON.stringify(body), form: fieldsOf(body) };
  const made = makeCatalogue([file]).recognise(kind === "url" ? "GET" : method, address, sent);
  for (const field of kind === "url" ? ["page", "handle", "tag"] : ["action"]) {
    if (Object.hasOwn(example, field) && (made?.[field] ?? null) !== example[field])
      throw new Fault(`${where}/${field}`);
  }
}

/** The values of an object as a form would carry them. */
function fieldsOf(value) {
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  const there = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(
    there.map(([name, one]) => [name, typeof one === "string" ? one : JSON.stringify(one)]),
  );
}

const isNothing = (value) => value === undefined || value === null;

/** One object of a file, with where it stands for the sake of errors. */
class Part {
  #where;
  #value;

  constructor(where, value) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Fault(where);
    this.#where = where;
    this.#value = value;
  }

  knows(...names) {
    for (const name of Object.keys(this.#value)) if (!names.includes(name)) this.bad(name);
  }

  text(name) {
    const value = this.value(name);
    if (typeof value !== "string" || value === "") this.bad(name);
    return value;
  }

  choice(name, choices) {
    const value = this.text(name);
    if (!choices.includes(value)) this.bad(name);
    return value;
  }

  optionalText(name) {
    return isNothing(this.value(name)) ? null : this.text(name);
  }

  yes(name) {
    const value = this.value(name);
    if (value !== undefined && typeof value !== "boolean") this.bad(name);
  }

  group(name) {
    const value = this.value(name);
    if (!isNothing(value) && (!Number.isInteger(value) || value < 1)) this.bad(name);
    return value;
  }

  pattern(name, { groups = 0, optional = false } = {}) {
    const text = optional ? this.optionalText(name) : this.text(name);
    if (text === null) return;
    const plain = text.replace(ESCAPED_OR_CLASS, "x");
    if (OWN_ESCAPE.test(text) || ONE_LANGUAGE.test(plain) || costFault(text)) this.bad(name);
    if (groupsOf(text) < groups) this.bad(name);
  }

  texts(name) {
    const value = this.value(name);
    if (!Array.isArray(value) || value.some((one) => typeof one !== "string")) this.bad(name);
    return value;
  }

  hosts(name) {
    const value = this.texts(name);
    if (value.length === 0 || !value.every((one) => HOST.test(one))) this.bad(name);
  }

  parts(name) {
    const value = this.value(name);
    if (!Array.isArray(value)) this.bad(name);
    return value.map((one, index) => new Part(`${this.#where}/${name}/${index}`, one));
  }

  part(name) {
    return new Part(`${this.#where}/${name}`, this.value(name));
  }

  value(name) {
    return Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
  }

  bad(name) {
    throw new Fault(`${this.#where}/${name}`);
  }
}

/** The number of a pattern's groups; below zero when it is none. */
function groupsOf(text) {
  try {
    return new RegExp(`${text}|`).exec("").length - 1;
  } catch {
    return -1;
  }
}
