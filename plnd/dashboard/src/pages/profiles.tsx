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
import { type Doing, useDoing, useResource, wrongWith } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { Out } from "../parts/external-link.tsx";
import { FeedSwitch } from "../parts/feed-switch.tsx";
import { Field } from "../parts/field.tsx";
import { Form } from "../parts/form.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { NetworkSelect } from "../parts/network-select.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { Switch } from "../parts/switch.tsx";
import { ago, duration, number } from "../words/format.ts";
import { counted, t } from "../words/text.ts";

export default function ProfilesPage() {
  const profiles = useResource(getProfiles);
  return (
    <>
      <h1>{t("page_profiles")}</h1>
      <Resourceful of={profiles}>
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
      </Resourceful>
      <div class="cards">
        <Adding />
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
  const doing = useDoing();
  const decide = (choice: Choice) => doing.run(() => putDecision(profile, choice));
  const active = profile.mode === "active";
  const closing = active && profile.decisions.at(-1)?.choice === "close";
  return (
    <Card title={`${profile.name} · @${profile.handle}`}>
      <p>
        {active ? (
          <Chip tone={TONES[profile.freshness]}>{t(`fresh_${profile.freshness}`)}</Chip>
        ) : (
          <Chip tone="plain">{t(`mode_${profile.mode}`)}</Chip>
        )}{" "}
        {lastPost(profile)}
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
      {closing && <Closing profile={profile} doing={doing} />}
      {profile.card && !closing && (
        <div class="ask">
          <p>{t("decide")}</p>
          <Decision decide={decide} />
        </div>
      )}
      <div class="actions">
        {active && profile.compose_url && <Out to={profile.compose_url}>{t("write_post")}</Out>}
        {profile.url && <Out to={profile.url}>{t("look_at_profile")}</Out>}
        {!active && (
          <button type="button" onClick={() => decide("active")}>
            {t("choice_active")}
          </button>
        )}
        {profile.decisions.length > 0 && (
          <button
            type="button"
            class="plain"
            onClick={() => doing.run(() => deleteDecision(profile))}
          >
            {t("undo_decision")}
          </button>
        )}
      </div>
      {active && !profile.card && (
        <details class="more">
          <summary>{t("decide_any_time")}</summary>
          <Decision decide={decide} />
        </details>
      )}
      <ProfileFeed profile={profile} />
      <Done of={doing} />
    </Card>
  );
}

const lastPost = ({ last_post_at: at, days_silent: days, rough }: Profile): string =>
  at === null || days === null
    ? t("last_post_unknown")
    : t(rough ? "last_post_rough" : "last_post", { ago: ago(days, at) });

function Decision({ decide }: { decide: (choice: Choice) => unknown }) {
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

function Closing({ profile, doing }: { profile: Profile; doing: Doing }) {
  return (
    <div class="ask">
      <p>{t("closing_lead")}</p>
      <ul class="plain">
        {profile.closing.map(({ step, title, url, done_at: doneAt }) => (
          <li key={step}>
            <Switch
              on={doneAt !== null}
              change={(done) => doing.run(() => putStep(profile, step, done))}
            >
              {title}
            </Switch>
            {url && <Out to={url}>{t("to_the_page")}</Out>}
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
      <FeedSwitch feed={profile.feed} turn={(change) => putFeed(profile, change)}>
        {t("feed_ask")}
      </FeedSwitch>
      <p class="soft">{t("feed_hint")}</p>
    </details>
  );
}

function Adding() {
  const doing = useDoing();
  const suggested = useResource(getSuggestedProfiles);
  return (
    <Card title={t("profile_add")} lead={t("profile_add_lead")}>
      {suggested.value && suggested.value.suggestions.length > 0 && (
        <ul class="rows">
          {suggested.value.suggestions.map((one) => (
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
                      doing.run(() =>
                        postProfile({ network: one.network, handle: one.handle ?? "" }),
                      )
                    }
                  >
                    {t("mine")}
                  </button>
                )}
                <button type="button" onClick={() => doing.run(() => deleteSuggestedProfile(one))}>
                  {t("not_mine")}
                </button>
              </span>
            </li>
          ))}
        </ul>
      )}
      <Form
        doing={doing}
        submit={t("add")}
        clears
        change={(form) =>
          postProfile({
            network: String(form.get("network")),
            handle: String(form.get("handle")).trim(),
          })
        }
      >
        <Field label={t("network")} wrong={wrongWith(doing, "network")}>
          {(of) => <NetworkSelect {...of} name="network" required />}
        </Field>
        <Field label={t("handle_or_address")} wrong={wrongWith(doing, "handle")}>
          {(of) => <input {...of} name="handle" required autoComplete="off" />}
        </Field>
      </Form>
    </Card>
  );
}

function AffordsCard() {
  const affords = useResource(getAffords);
  return (
    <Card title={t("affords_title")} lead={t("affords_lead")}>
      <Resourceful of={affords}>
        {(affords) => (
          <>
            <p>{affordsWords(affords)}</p>
            {affords.networks.length > 0 && (
              <section class="table-frame" aria-label={t("affords_title")} tabIndex={0}>
                <AffordsTable affords={affords} />
              </section>
            )}
          </>
        )}
      </Resourceful>
    </Card>
  );
}

function affordsWords({
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
            <span class="unseen">{t("state")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {affords.networks.map((one) => (
          <tr key={one.network}>
            <th scope="row">{one.name}</th>
            <td>{one.weekly_minutes === null ? "–" : duration(one.weekly_minutes * 60)}</td>
            <td>{one.interactions_an_hour === null ? "–" : number(one.interactions_an_hour)}</td>
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
