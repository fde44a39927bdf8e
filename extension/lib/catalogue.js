/** The catalogue as it lies in the extension. */
import { readOwnFile } from "./browser.js";
import { makeCatalogue } from "./recognise.js";

export async function loadCatalogue() {
  const ids = await readOwnFile("catalogue/index.json");
  return makeCatalogue(await Promise.all(ids.map((id) => readOwnFile(`catalogue/${id}.json`))));
}
