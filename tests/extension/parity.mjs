// Answers questions with the extension's own recogniser, one JSON line for each on standard
// input: {"url"} or {"method", "request", "body": {"text"} | {"form"} | null}.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { makeCatalogue } from "../../extension/lib/recognise.js";

const folder = new URL("../../extension/catalogue/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
const catalogue = makeCatalogue(read("index").map(read));

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  const found =
    "url" in question
      ? catalogue.recognisePage(question.url)
      : catalogue.recogniseRequest(question.method, question.request, question.body);
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
