/** Profiles: kept, decided upon; what left this machine for them; what an hour affords. */
import { ask } from "./client.ts";
import { type FeedChange, feed } from "./feeds.ts";
import { flag, list, number, object, oneOf, orNull, type Shaped, text } from "./schema.ts";
import { part, query } from "./url.ts";

const choice = oneOf("revive", "reading", "close", "not_now", "active", "retired");
export type Choice = Shaped<typeof choice>;

const profile = object({
  network: text,
  name: text,
  handle: text,
  url: orNull(text),
  mode: oneOf("active", "reading", "retired"),
  last_post_at: orNull(number),
  rough: flag,
  days_silent: orNull(number),
  freshness: oneOf("fresh", "quiet", "ageing", "stale", "unknown"),
  usual_gap_days: orNull(number),
  out_of_rhythm: flag,
  silence: orNull(oneOf("listening", "abandoned")),
  card: flag,
  peace_until: orNull(number),
  compose_url: orNull(text),
  closing: list(object({ step: text, title: text, url: orNull(text), done_at: orNull(number) })),
  decisions: list(object({ choice, at: number })),
  feed: orNull(feed),
});
export type Profile = Shaped<typeof profile>;
const answer = object({ profile });

const one = (network: string, handle: string) => `profiles/${part(network)}/${part(handle)}`;

export const getProfiles = () => ask(object({ profiles: list(profile) }), "profiles");
export const postProfile = (body: { network: string; handle: string }) =>
  ask(answer, "profiles", { method: "POST", body });
export const putDecision = ({ network, handle }: Profile, choice: Choice) =>
  ask(answer, `${one(network, handle)}/decision`, { method: "PUT", body: { choice } });
export const deleteDecision = ({ network, handle }: Profile) =>
  ask(answer, `${one(network, handle)}/decision`, { method: "DELETE" });
export const putStep = ({ network, handle }: Profile, step: string, done: boolean) =>
  ask(answer, `${one(network, handle)}/steps/${part(step)}`, { method: "PUT", body: { done } });
export const putFeed = (
  { network, handle }: { network: string; handle: string },
  body: FeedChange,
) => ask(answer, `${one(network, handle)}/feed`, { method: "PUT", body });

const suggested = object({
  network: text,
  name: text,
  handle: orNull(text),
  sure: flag,
  reason: text,
});
export type SuggestedProfile = Shaped<typeof suggested>;

export const getSuggestedProfiles = () =>
  ask(object({ suggestions: list(suggested) }), "suggestions/profiles");
export const deleteSuggestedProfile = ({ network, handle }: SuggestedProfile) =>
  ask(
    object({ deleted: text }),
    `suggestions/profiles/${part(network)}${query({ handle: handle ?? undefined })}`,
    { method: "DELETE" },
  );

const affords = object({
  state: oneOf("ready", "learning", "no_budget"),
  weekly_budget_minutes: orNull(number),
  used_minutes: number,
  networks: list(
    object({
      network: text,
      name: text,
      hours: number,
      interactions: number,
      interactions_an_hour: orNull(number),
      weekly_minutes: orNull(number),
      state: oneOf("fits", "rest", "learning"),
    }),
  ),
  breadth_networks: orNull(number),
});
export type Affords = Shaped<typeof affords>;

export const getAffords = () => ask(affords, "affords");
