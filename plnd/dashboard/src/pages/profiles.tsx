import {
  type Affords,
  type Choice,
  deleteDecision,
  deleteSuggestedProfile,
  getAffords,
  getProfiles,
  getSuggestedProfiles,
  type Profile,
  postProfile,
  putDecision,
  putFeed,
  putStep,
} from "../api/profiles.ts";
import { type Mutation, useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { ExternalLink } from "../parts/external-link.tsx";
import { FeedSwitch } from "../parts/feed-switch.tsx";
import { Field } from "../parts/field.tsx";
import { Form } from "../parts/form.tsx";
import { InputField } from "../parts/input-field.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { NetworkSelect } from "../parts/network-select.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { Switch } from "../parts/switch.tsx";
import { ago, duration, formatNumber } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";

export default function ProfilesPage() {
  const profiles = useQuery(getProfiles);
  return (
    <>
      <h1>{t("page_profiles")}</h1>
      <QueryResult query={profiles}>
        {({ profiles }) =>
          profiles.length === 0 ? (
            <p class="empty soft">{t("profiles_nothing")}</p>
          ) : (
            <div class="columns">
              {profiles.map((one) => (
                <ProfileCard key={`${one.network} ${one.handle}`} profile={one} />
              ))}
            </div>
          )
        }
      </QueryResult>
      <div class="cards">
        <AddProfile />
        <AffordsCard />
      </div>
    </>
  );
}

const TONES = {
  fresh: "good",
  quiet: "plain",
  ageing: "middling",
  stale: "bad",
  unknown: "plain",
} as const;

function ProfileCard({ profile }: { profile: Profile }) {
  const mutation = useMutation();
  const decide = (choice: Choice) => mutation.run(() => putDecision(profile, choice));
  const active = profile.mode === "active";
  const closing = active && profile.decisions.at(-1)?.choice === "close";
  return (
    <Card title={`${profile.name} · @${profile.handle}`}>
      <ProfileState profile={profile} />
      {closing && <ClosingSteps profile={profile} mutation={mutation} />}
      {profile.card && !closing && (
        <div class="callout">
          <p>{t("decide")}</p>
          <DecisionButtons decide={decide} />
        </div>
      )}
      <ProfileActions profile={profile} mutation={mutation} decide={decide} />
      {active && !profile.card && (
        <details class="more">
          <summary>{t("decide_any_time")}</summary>
          <DecisionButtons decide={decide} />
        </details>
      )}
      <ProfileFeed profile={profile} />
      <MutationStatus mutation={mutation} />
    </Card>
  );
}

function ProfileState({ profile }: { profile: Profile }) {
  return (
    <>
      <p>
        {profile.mode === "active" ? (
          <Chip tone={TONES[profile.freshness]}>{t(`fresh_${profile.freshness}`)}</Chip>
        ) : (
          <Chip tone="plain">{t(`mode_${profile.mode}`)}</Chip>
        )}{" "}
        {lastPostText(profile)}
      </p>
      <p class="soft">
        {[
          profile.usual_gap_days !== null &&
            counted("rhythm", Math.max(1, Math.round(profile.usual_gap_days))),
          profile.out_of_rhythm && t("out_of_rhythm"),
          profile.silence && t(`silence_${profile.silence}`),
        ]
          .filter(Boolean)
          .join(" ")}
      </p>
    </>
  );
}

/** Links to write or look, and buttons to reactivate the profile or undo the last decision. */
function ProfileActions({
  profile,
  mutation,
  decide,
}: {
  profile: Profile;
  mutation: Mutation;
  decide: (choice: Choice) => unknown;
}) {
  const active = profile.mode === "active";
  return (
    <div class="actions">
      {active && profile.compose_url && (
        <ExternalLink href={profile.compose_url}>{t("write_post")}</ExternalLink>
      )}
      {profile.url && <ExternalLink href={profile.url}>{t("look_at_profile")}</ExternalLink>}
      {!active && (
        <button type="button" onClick={() => decide("active")}>
          {t("choice_active")}
        </button>
      )}
      {profile.decisions.length > 0 && (
        <button
          type="button"
          class="plain"
          onClick={() => mutation.run(() => deleteDecision(profile))}
        >
          {t("undo_decision")}
        </button>
      )}
    </div>
  );
}

const lastPostText = ({ last_post_at: at, days_silent: days, rough }: Profile): string =>
  at === null || days === null
    ? t("last_post_unknown")
    : t(rough ? "last_post_rough" : "last_post", { ago: ago(days, at) });

function DecisionButtons({ decide }: { decide: (choice: Choice) => unknown }) {
  return (
    <>
      <div class="choices" role="group" aria-label={t("decide_any_time")}>
        {(["revive", "reading", "close", "not_now"] as const).map((choice) => (
          <button key={choice} type="button" onClick={() => decide(choice)}>
            {t(`choice_${choice}`)}
          </button>
        ))}
      </div>
      <p class="soft">{t("decide_hint")}</p>
    </>
  );
}

function ClosingSteps({ profile, mutation }: { profile: Profile; mutation: Mutation }) {
  return (
    <div class="callout">
      <p>{t("closing_lead")}</p>
      <ul class="plain">
        {profile.closing.map(({ step, title, url, done_at: doneAt }) => (
          <li key={step}>
            <Switch
              on={doneAt !== null}
              onChange={(done) => mutation.run(() => putStep(profile, step, done))}
            >
              {title}
            </Switch>
            {url && <ExternalLink href={url}>{t("to_the_page")}</ExternalLink>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function ProfileFeed({ profile }: { profile: Profile }) {
  return (
    <details class="more">
      <summary>{t("feed")}</summary>
      <FeedSwitch feed={profile.feed} save={(change) => putFeed(profile, change)}>
        {t("feed_ask")}
      </FeedSwitch>
      <p class="soft">{t("feed_hint")}</p>
    </details>
  );
}

function AddProfile() {
  const mutation = useMutation();
  return (
    <Card title={t("profile_add")} lead={t("profile_add_lead")}>
      <SuggestedProfiles mutation={mutation} />
      <Form
        mutation={mutation}
        submit={t("add")}
        clears
        save={(form) =>
          postProfile({
            network: String(form.get("network")),
            handle: String(form.get("handle")).trim(),
          })
        }
      >
        <Field label={t("network")} field="network">
          {(props) => <NetworkSelect {...props} name="network" required />}
        </Field>
        <InputField label={t("handle_or_address")} field="handle" required autoComplete="off" />
      </Form>
    </Card>
  );
}

function SuggestedProfiles({ mutation }: { mutation: Mutation }) {
  const suggestions = useQuery(getSuggestedProfiles).data?.suggestions ?? [];
  if (suggestions.length === 0) return null;
  return (
    <ul class="rows">
      {suggestions.map((one) => (
        <li key={`${one.network} ${one.handle}`}>
          <span>
            <strong>{one.handle ? `${one.name} · @${one.handle}` : one.name}</strong>
            <br />
            <span class="soft">{one.reason}</span>
          </span>
          <span class="actions">
            {one.handle !== null && (
              <button
                type="button"
                onClick={() =>
                  mutation.run(() =>
                    postProfile({ network: one.network, handle: one.handle ?? "" }),
                  )
                }
              >
                {t("mine")}
              </button>
            )}
            <button type="button" onClick={() => mutation.run(() => deleteSuggestedProfile(one))}>
              {t("not_mine")}
            </button>
          </span>
        </li>
      ))}
    </ul>
  );
}

function AffordsCard() {
  const affords = useQuery(getAffords);
  return (
    <Card title={t("affords_title")} lead={t("affords_lead")}>
      <QueryResult query={affords}>
        {(affords) => (
          <>
            <p>{affordsText(affords)}</p>
            {affords.networks.length > 0 && (
              <section class="table-frame" aria-label={t("affords_title")} tabIndex={0}>
                <AffordsTable affords={affords} />
              </section>
            )}
          </>
        )}
      </QueryResult>
    </Card>
  );
}

function affordsText({
  state,
  weekly_budget_minutes: budget,
  used_minutes: used,
}: Affords): string {
  if (state !== "ready" || budget === null)
    return t(state === "no_budget" ? "affords_no_budget" : "affords_learning");
  return t("affords_ready", { used: duration(used * 60), budget: duration(budget * 60) });
}

function AffordsTable({ affords }: { affords: Affords }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("network")}</th>
          <th scope="col">{t("upkeep")}</th>
          <th scope="col">{t("an_hour")}</th>
          <th scope="col">
            <span class="visually-hidden">{t("state")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {affords.networks.map((one) => (
          <tr key={one.network}>
            <th scope="row">{one.name}</th>
            <td>{one.weekly_minutes === null ? "–" : duration(one.weekly_minutes * 60)}</td>
            <td>
              {one.interactions_an_hour === null ? "–" : formatNumber(one.interactions_an_hour)}
            </td>
            <td>
              <Chip tone={one.state === "fits" ? "good" : "plain"}>
                {t(one.state === "learning" ? "learning" : `affords_${one.state}`)}
              </Chip>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
