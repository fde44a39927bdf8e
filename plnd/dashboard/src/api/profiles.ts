/** The user's profiles: decisions, closing steps, feeds, suggestions; what a budget affords. */
import { request } from "./client.ts";
import { type FeedChange, feed } from "./feeds.ts";
import { array, boolean, type Infer, nullable, number, object, oneOf, string } from "./schema.ts";
import { pathSegment, queryString } from "./url.ts";

const choice = oneOf("revive", "reading", "close", "not_now", "active", "retired");
export type Choice = Infer<typeof choice>;

const profile = object({
  network: string,
  name: string,
  handle: string,
  url: nullable(string),
  mode: oneOf("active", "reading", "retired"),
  last_post_at: nullable(number),
  rough: boolean,
  days_silent: nullable(number),
  freshness: oneOf("fresh", "quiet", "ageing", "stale", "unknown"),
  usual_gap_days: nullable(number),
  out_of_rhythm: boolean,
  silence: nullable(oneOf("listening", "abandoned")),
  card: boolean,
  peace_until: nullable(number),
  compose_url: nullable(string),
  closing: array(
    object({ step: string, title: string, url: nullable(string), done_at: nullable(number) }),
  ),
  decisions: array(object({ choice, at: number })),
  feed: nullable(feed),
});
export type Profile = Infer<typeof profile>;
const answer = object({ profile });

const one = (network: string, handle: string) =>
  `profiles/${pathSegment(network)}/${pathSegment(handle)}`;

export const getProfiles = () => request(object({ profiles: array(profile) }), "profiles");
export const postProfile = (body: { network: string; handle: string }) =>
  request(answer, "profiles", { method: "POST", body });
export const putDecision = ({ network, handle }: Profile, choice: Choice) =>
  request(answer, `${one(network, handle)}/decision`, { method: "PUT", body: { choice } });
export const deleteDecision = ({ network, handle }: Profile) =>
  request(answer, `${one(network, handle)}/decision`, { method: "DELETE" });
export const putStep = ({ network, handle }: Profile, step: string, done: boolean) =>
  request(answer, `${one(network, handle)}/steps/${pathSegment(step)}`, {
    method: "PUT",
    body: { done },
  });
export const putFeed = (
  { network, handle }: { network: string; handle: string },
  body: FeedChange,
) => request(answer, `${one(network, handle)}/feed`, { method: "PUT", body });

const suggested = object({
  network: string,
  name: string,
  handle: nullable(string),
  sure: boolean,
  reason: string,
});
export type SuggestedProfile = Infer<typeof suggested>;

export const getSuggestedProfiles = () =>
  request(object({ suggestions: array(suggested) }), "suggestions/profiles");
export const deleteSuggestedProfile = ({ network, handle }: SuggestedProfile) =>
  request(
    object({ deleted: string }),
    `suggestions/profiles/${pathSegment(network)}${queryString({ handle: handle ?? undefined })}`,
    { method: "DELETE" },
  );

const affords = object({
  state: oneOf("ready", "learning", "no_budget"),
  weekly_budget_minutes: nullable(number),
  used_minutes: number,
  networks: array(
    object({
      network: string,
      name: string,
      hours: number,
      interactions: number,
      interactions_an_hour: nullable(number),
      weekly_minutes: nullable(number),
      state: oneOf("fits", "rest", "learning"),
    }),
  ),
  breadth_networks: nullable(number),
});
export type Affords = Infer<typeof affords>;

export const getAffords = () => request(affords, "affords");
