// Answers questions with the extension's own recogniser, one JSON line for each on standard
// input: {"url"}, {"method", "request", "body": {"text"} | {"form"} | null}, or {"file", "id"}, which
// asks for the field of the file that is not as it must be; {"pattern"} asks what of it is refused.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { findInvalidField } from "../../extension/lib/network-validation.js";
import { patternFault } from "../../extension/lib/pattern-cost.js";
import { makeCatalogue } from "../../extension/lib/recognise.js";

const folder = new URL("../../extension/catalogue/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
const catalogue = makeCatalogue(read("index").map(read));

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(answerTo(question))}\n`);
}

function answerTo({ url, method, request, body, file, id, pattern }) {
  if (pattern !== undefined) return patternFault(pattern);
  if (id !== undefined) return findInvalidField(file, id);
  if (url !== undefined) return catalogue.recognisePage(url);
  return catalogue.recogniseRequest(method, request, body);
}
