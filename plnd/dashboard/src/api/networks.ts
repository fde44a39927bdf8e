/** The networks that plnd knows. */
import { ask } from "./ask.ts";
import { list, object, text } from "./shape.ts";

export const getNetworks = () =>
  ask(object({ networks: list(object({ id: text, name: text })) }), "networks");
