/** What was told, and holding it back. */
import { ask } from "./client.ts";
import { flag, list, number, object, orNull, type Shaped, text } from "./schema.ts";

const notice = object({
  cause: text,
  kind: text,
  at: number,
  title: text,
  body: text,
  shown: orNull(flag),
  error: orNull(text),
});
export type Notice = Shaped<typeof notice>;

export const getNotices = () =>
  ask(object({ notices: list(notice), snoozed_until: orNull(number) }), "notices");
export const putSnooze = (until: number | null) =>
  ask(object({ snoozed_until: orNull(number) }), "notices/snooze", {
    method: "PUT",
    body: { until },
  });
export const postTestNotice = () =>
  ask(object({ shown: flag, error: orNull(text) }), "notices/test", { method: "POST" });
