/** The health of the chain from browser to desktop. */
import { ask } from "./client.ts";
import { flag, list, object, oneOf, type Shaped, text } from "./schema.ts";

const link = object({
  name: text,
  status: oneOf("ok", "warn", "fail"),
  message: text,
  /** What to do; empty when all is well. */
  fix: text,
  /** Whether plnd can do it, without losing anything. */
  mends: flag,
});
export type Link = Shaped<typeof link>;

const doctor = object({ checks: list(link), mended: list(link) });
export type Doctor = Shaped<typeof doctor>;

export const getDoctor = () => ask(doctor, "doctor");
export const postMend = () => ask(doctor, "doctor/mend", { method: "POST" });
