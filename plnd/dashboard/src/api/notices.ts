/** Desktop notices: those shown, the snooze, a test notice. */
import { request } from "./client.ts";
import { array, boolean, type Infer, nullable, number, object, string } from "./schema.ts";

const notice = object({
  cause: string,
  kind: string,
  at: number,
  title: string,
  body: string,
  shown: nullable(boolean),
  error: nullable(string),
});
export type Notice = Infer<typeof notice>;

export const getNotices = () =>
  request(object({ notices: array(notice), snoozed_until: nullable(number) }), "notices");
export const putSnooze = (until: number | null) =>
  request(object({ snoozed_until: nullable(number) }), "notices/snooze", {
    method: "PUT",
    body: { until },
  });
export const postTestNotice = () =>
  request(object({ shown: boolean, error: nullable(string) }), "notices/test", { method: "POST" });
