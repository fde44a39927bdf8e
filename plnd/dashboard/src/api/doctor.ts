/** The health checks, from browser to desktop. */
import { request } from "./client.ts";
import { array, boolean, type Infer, object, oneOf, string } from "./schema.ts";

const check = object({
  name: string,
  status: oneOf("ok", "warn", "fail"),
  message: string,
  /** What the user can do; empty when all is well. */
  fix: string,
  /** Whether plnd can fix it itself without losing data. */
  mends: boolean,
});
export type Check = Infer<typeof check>;

const health = object({ checks: array(check), mended: array(check) });
export type Health = Infer<typeof health>;

export const getDoctor = () => request(health, "doctor");
export const postMend = () => request(health, "doctor/mend", { method: "POST" });
